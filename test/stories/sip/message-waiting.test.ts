// A NOTIFY about messages, without any subscription: lamp, envelope, stutter tone; and all gone with the next.
import { expect } from "vitest";
import { ladder } from "./site.ts";
import { isHeard } from "./voices.ts";

const notify = { lines: ["Event: message-summary"], bodyType: "application/simple-message-summary" };

ladder(
  "FLW-033 FEA-016 messages wait, and do not any more",
  ["B"],
  { config: ['stutter_msg_waiting: "1"'] },
  async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    const to = `sip:${b.number}@${b.address}:5060`;
    gateway.face(b);
    gateway.peer.ask("NOTIFY", {
      ...notify,
      uri: to,
      to,
      sdp: "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n",
    });
    await site.wait(50);
    expect((await b.show("lcd")).lamps["message"]).not.toBe("off");
    b.heard.length = 0;
    await b.lift();
    await site.wait(800);
    const first = b.heard.slice();
    expect(isHeard(first, 350)).toBe(true);
    const pieces = first.map((piece) => isHeard([piece], 350));
    expect(pieces.filter((isOn, at) => isOn && pieces[at - 1] === false).length).toBeGreaterThan(1);
    await b.hangUp();
    gateway.peer.ask("NOTIFY", {
      ...notify,
      cseq: 2,
      callId: "again",
      uri: to,
      to,
      sdp: "Messages-Waiting: no\r\n",
    });
    await site.wait(50);
    expect((await b.show("lcd")).lamps["message"]).toBe("off");
    expect(gateway.peer.responses(200)).toHaveLength(2);
  },
);
