// B-8: the other party does not know REFER (501): BYE with Also sends it to C.
import { expect } from "vitest";
import { ladder, rawHeader } from "./site.ts";

ladder(
  "FLW-008 B-8: transfer without consultation, failover to BYE with Also",
  ["B", "C"],
  {},
  async (site) => {
    const [gateway, b, c] = [site.gateway(), site.phone("B"), site.phone("C")];
    gateway.invite(b);
    await site.pickUp(b);
    site.conversation.clear();
    await b.softkey("BlndXfr");
    await site.wait(50);
    gateway.peer.answer(gateway.peer.last("INVITE"), 200, { sdp: gateway.sdp });
    await b.press(c.number);
    await site.wait(100);
    gateway.peer.answer(gateway.peer.last("REFER"), 501);
    await site.wait(100);
    const bye = gateway.peer.last("BYE");
    expect(rawHeader(bye, "Also")).toContain(`sip:${c.number}@`);
    gateway.peer.answer(bye, 200);
    gateway.invite(c, {
      lines: ["Requested-By: <sip:1002@10.77.110.1>", "Contact: <sip:peer@10.77.110.30:5060>"],
    });
    await site.pickUp(c);
    gateway.play();
    expect(await site.sound()).toEqual(["C hears gateway"]);
    await b.noCalls();
    expect(site.ladder()).toEqual([
      "B → gateway INVITE",
      "gateway → B 200",
      "B → gateway ACK",
      "B → gateway REFER",
      "gateway → B 501",
      "B → gateway BYE",
      "gateway → B 200",
      "gateway → C INVITE",
      "C → gateway 180",
      "C → gateway 200",
      "gateway → C ACK",
    ]);
  },
);
