// Who is calling: Remote-Party-ID where it is believed, Diversion, and nobody where the caller hides.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder(
  "FEA-001 HDR-007 FEA-017 the caller as the network vouches for it, and who the call was for",
  ["B"],
  { config: ['remote_party_id: "1"'] },
  async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    gateway.invite(b, {
      lines: [
        "Contact: <sip:peer@10.77.110.30:5060>",
        'Remote-Party-ID: "Front desk" <sip:2222@10.77.110.30>;party=calling;screen=yes;privacy=off',
        'CC-Diversion: "Sales" <sip:3333@10.77.110.30>;reason=no-answer',
      ],
    });
    await b.reads("Front desk", "2222");
    const [call] = b.desk.phone.view().calls;
    expect(call?.divertedBy).toMatchObject({ number: "3333" });
  },
);

ladder(
  "FEA-002 with callerid_blocking the other phone reads nothing of the caller",
  ["A", "B"],
  { configOf: { A: ['callerid_blocking: "1"'] } },
  async (site) => {
    const [a, b] = [site.phone("A"), site.phone("B")];
    await a.dial(b.number);
    const { number, name } = await b.call("ring-in");
    expect(`${number} ${name}`).not.toMatch(/1001|Phone A/);
    const [invite = ""] = site.conversation.texts("A", "INVITE");
    expect(/\r\nFrom: [^\r]*/.exec(invite)?.[0]).toContain('"Anonymous" <sip:anonymous@anonymous.invalid>');
  },
);
