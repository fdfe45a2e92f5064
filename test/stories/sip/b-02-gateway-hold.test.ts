// B-2: the phone puts a call from the telephone network on hold, in both forms of the description.
import { expect } from "vitest";
import { ladder } from "./site.ts";

for (const [form, config, held] of [
  ["a=sendonly", [], /c=IN IP4 10\.77\.110\.\d+[\s\S]*a=sendonly/],
  ["c=0.0.0.0", ['rfc_2543_hold: "1"'], /c=IN IP4 0\.0\.0\.0/],
] as const) {
  ladder(`FLW-002 B-2: gateway to phone, set-up and hold by ${form}`, ["B"], { config }, async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    gateway.invite(b);
    await site.pickUp(b);
    gateway.play();
    expect(await site.sound()).toEqual(["B hears gateway"]);
    await b.softkey("Hold");
    await site.wait(50);
    const hold = gateway.peer.last("INVITE");
    expect(new TextDecoder().decode(hold.body)).toMatch(held);
    gateway.peer.answer(hold, 200, { sdp: gateway.sdp.replace("peer 1 1", "peer 1 2") });
    await b.call("hold");
    const before = gateway.media.received;
    expect(await site.sound()).toEqual([]);
    expect(gateway.media.received).toBe(before);
    await b.softkey("Resume");
    await site.wait(50);
    gateway.peer.answer(gateway.peer.last("INVITE"), 200, {
      sdp: gateway.sdp.replace("peer 1 1", "peer 1 3"),
    });
    await b.call("connected");
    expect(await site.sound()).toEqual(["B hears gateway"]);
    expect(site.ladder()).toEqual([
      "gateway → B INVITE",
      "B → gateway 180",
      "B → gateway 200",
      "gateway → B ACK",
      "B → gateway INVITE",
      "gateway → B 200",
      "B → gateway ACK",
      "B → gateway INVITE",
      "gateway → B 200",
      "B → gateway ACK",
    ]);
  });
}
