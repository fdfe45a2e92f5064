// B-20: what the phone answers where it cannot take the call at all.
import { expect } from "vitest";
import { ladder } from "./site.ts";
import { hasSound } from "./voices.ts";

for (const [status, what, more] of [
  [404, "a user the phone does not have", { uri: "sip:4711@10.77.110.20:5060" }],
  [
    488,
    "no codec in common",
    {
      sdp: "v=0\r\no=- 1 1 IN IP4 10.77.110.30\r\ns=-\r\nc=IN IP4 10.77.110.30\r\nt=0 0\r\nm=audio 4000 RTP/AVP 4\r\n",
    },
  ],
  [
    420,
    "an extension it must know and does not",
    { lines: ["Require: gin", "Contact: <sip:peer@10.77.110.30>"] },
  ],
] as const) {
  ladder(`FLW-020 FLW-026 B-20: gateway to phone, ${status}: ${what}`, ["B"], {}, async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    gateway.invite(b, more);
    await site.wait(50);
    gateway.ack();
    await site.wait(1000);
    expect(hasSound([...b.rung, ...b.heard])).toBe(false);
    expect(gateway.media.received).toBe(0);
    expect(site.ladder()).toEqual(["gateway → B INVITE", `B → gateway ${status}`, "gateway → B ACK"]);
    expect((await b.show("calls")).calls.filter(({ direction }) => direction === "in")).toEqual([]);
  });
}
