// No RTP comes any more: the phone does nothing about it, the person hangs up.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder(
  "FLW-037 two minutes without a packet: the call stays until the person hangs up",
  ["B"],
  {},
  async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    gateway.invite(b);
    await site.pickUp(b);
    site.conversation.clear();
    await site.wait(120_000);
    await b.call("connected");
    expect(site.ladder()).toEqual([]);
    await b.hangUp();
    await site.wait(50);
    expect(site.ladder()).toEqual(["B → gateway BYE"]);
  },
);
