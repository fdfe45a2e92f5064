// anonymous_call_block: a caller without a name hears busy, the phone does not ring, the call is listed as missed.
import { expect } from "vitest";
import { ladder } from "./site.ts";

const anonymous = '"Anonymous" <sip:anonymous@anonymous.invalid>';

ladder(
  "FEA-004 an anonymous caller is refused at once",
  ["B"],
  { config: ['anonymous_call_block: "1"'] },
  async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    gateway.invite(b, { from: anonymous });
    await site.wait(300);
    gateway.ack();
    await site.wait(20);
    expect(site.ladder()).toEqual(["gateway → B INVITE", "B → gateway 486", "gateway → B ACK"]);
    expect((await b.show("calls")).calls).toEqual([]);
    await b.reads("1 missed call");
    gateway.invite(b);
    await b.call("ring-in");
  },
);
