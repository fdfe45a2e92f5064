// B-3: a number with Route="Emergency" goes to the emergency proxy, here a gateway, and nothing to the primary.
import { expect } from "vitest";
import { gatewayAddress } from "./gateway.ts";
import { ladder, rawHeader } from "./site.ts";

const dialPlan = `<DIALTEMPLATE>
<TEMPLATE MATCH="911" Timeout="0" Route="Emergency"/>
<TEMPLATE MATCH="*" Timeout="5"/>
</DIALTEMPLATE>
`;

ladder(
  "FLW-003 B-3: phone to gateway as emergency proxy",
  ["A"],
  { config: [`proxy_emergency: "${gatewayAddress}"`], dialPlan },
  async (site) => {
    const [gateway, a] = [site.gateway(), site.phone("A")];
    gateway.face(a);
    await a.dial("911");
    await site.wait(50);
    const invite = gateway.peer.last("INVITE");
    expect(invite.uri).toContain("911@");
    expect(rawHeader(invite, "Priority")).toBe("emergency");
    for (const status of [100, 180]) gateway.peer.answer(invite, status);
    await a.call("ring-out");
    gateway.peer.answer(invite, 200, { sdp: gateway.sdp });
    await a.call("connected");
    gateway.play();
    expect(await site.sound()).toEqual(["A hears gateway"]);
    await a.hangUp();
    await site.wait(50);
    gateway.peer.answer(gateway.peer.last("BYE"), 200);
    await a.noCalls();
    expect(site.ladder()).toEqual([
      "A → gateway INVITE",
      "gateway → A 100",
      "gateway → A 180",
      "gateway → A 200",
      "A → gateway ACK",
      "A → gateway BYE",
      "gateway → A 200",
    ]);
  },
);
