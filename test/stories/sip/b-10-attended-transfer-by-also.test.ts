// B-10: the first party does not know REFER (501): BYE with Also to it, BYE to the one that was asked.
import { expect } from "vitest";
import { ladder, rawHeader } from "./site.ts";

ladder(
  "FLW-010 B-10: transfer with consultation, failover to BYE with Also",
  ["B", "C"],
  {},
  async (site) => {
    const [gateway, b, c] = [site.gateway(), site.phone("B"), site.phone("C")];
    gateway.invite(b);
    await site.pickUp(b);
    await b.softkey("Trnsfer");
    await site.wait(50);
    gateway.peer.answer(gateway.peer.last("INVITE"), 200, { sdp: gateway.sdp });
    await b.press(c.number);
    await c.call("ring-in");
    await c.lift();
    await c.call("connected");
    site.conversation.clear();
    await b.softkey("Trnsfer");
    await site.wait(100);
    gateway.peer.answer(gateway.peer.last("REFER"), 501);
    await site.wait(100);
    const bye = gateway.peer.last("BYE");
    expect(rawHeader(bye, "Also")).toContain(c.number);
    gateway.peer.answer(bye, 200);
    await c.reads("Call Ended");
    await c.hangUp();
    gateway.invite(c, {
      lines: ["Requested-By: <sip:1002@10.77.110.1>", "Contact: <sip:peer@10.77.110.30:5060>"],
    });
    await site.pickUp(c);
    gateway.play();
    expect(await site.sound()).toEqual(["C hears gateway"]);
    await b.noCalls();
    expect(site.ladder()).toEqual([
      "B → C INVITE",
      "C → B 200",
      "B → gateway REFER",
      "B → C ACK",
      "gateway → B 501",
      "B → gateway BYE",
      "B → C BYE",
      "C → B 200",
      "gateway → B 200",
      "gateway → C INVITE",
      "C → gateway 180",
      "C → gateway 200",
      "gateway → C ACK",
    ]);
  },
);
