// OPTIONS: the answer an INVITE would get now, with what the phone can.
import { expect } from "vitest";
import { ladder, rawHeader } from "./site.ts";

ladder(
  "FLW-035 SIP-023 SIP-015 OPTIONS tells what the phone can, and whether it is busy",
  ["B"],
  { config: ['call_waiting: "0"'] },
  async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    gateway.face(b);
    const to = `sip:${b.number}@${b.address}:5060`;
    gateway.peer.ask("OPTIONS", { uri: to, to });
    await site.wait(50);
    const [idle] = gateway.peer.responses(200);
    if (idle === undefined) throw new Error("no 200");
    for (const method of ["ACK", "BYE", "CANCEL", "INVITE", "NOTIFY", "OPTIONS", "REFER", "UPDATE"])
      expect(rawHeader(idle, "Allow").split(/, */)).toContain(method);
    expect(rawHeader(idle, "Accept")).toContain("application/sdp");
    expect(new TextDecoder().decode(idle.body)).toContain("m=audio 0 ");
    await b.lift();
    gateway.peer.ask("OPTIONS", { uri: to, to, callId: "busy", cseq: 2 });
    await site.wait(50);
    expect(gateway.peer.responses(486)).toHaveLength(1);
  },
);
