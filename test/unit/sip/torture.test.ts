// RFC 4475 against the whole phone, over UDP: every message ends as the RFC demands, and the phone stays registered.
import { beforeAll, describe, expect, test } from "vitest";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import { torture, tortureNames } from "#test/vectors/sip/load.ts";
import { Peer, peerAddress } from "./peer.ts";
import { lastState, line, rig, serverAddress } from "./phone.ts";
import { asAnswer, latin1, tortures } from "./torture-table.ts";

beforeAll(() => loadSipJs());

async function scene(user = "user") {
  const r = rig();
  const server = r.server();
  server.behaviour.isOpen = true;
  const phone = r.phone({ lines: [line({ name: user, authName: user })] });
  const peer = new Peer(r.hub, r.clock);
  await r.clock.advance(100);
  return { ...r, phone, peer };
}

test("the table has all 49 messages", () => {
  expect(tortures.map(({ name }) => name).sort()).toEqual([...tortureNames]);
});

describe("over UDP", () => {
  test.each(tortures.map((entry) => [entry.section, entry.name, entry] as const))(
    "SIP-018 RSP-043 %s %s",
    async (_, name, entry) => {
      const { expected, user } = entry;
      const s = await scene(user);
      const states = s.states().length;
      if (expected.kind === "taken" || (expected.kind === "dropped" && name !== "bcast")) {
        s.hub.setSilent(serverAddress, true);
        s.phone.perform({
          kind: "place",
          call: "a",
          line: 1,
          target: `sip:200@${peerAddress}`,
          route: "default",
          local: { portsId: 1, rtpPort: 16_384 },
          isAnonymous: false,
        });
        await s.clock.advance(50);
        const sent = s.hub.seen.filter(({ text }) => text.startsWith("INVITE")).at(-1);
        s.peer.send(asAnswer(torture(name), sent?.text ?? "", name === "scalarlg" ? ["cseq"] : []));
      } else {
        s.peer.send(latin1(torture(name)));
      }
      await s.clock.advance(300);
      const statuses = s.hub.seen
        .filter(({ from, text }) => from.startsWith("192.0.2.1:") && text.startsWith("SIP/2.0"))
        .map(({ text }) => Number(text.slice(8, 11)));
      const rang = s.notices.filter(({ kind }) => kind === "incoming").length;
      switch (expected.kind) {
        case "answered":
          expect(statuses).toEqual([expected.status]);
          expect(rang).toBe(0);
          break;
        case "rings":
          expect(rang).toBe(1);
          expect(statuses).toEqual([100]);
          break;
        case "taken":
          expect(s.lines.join("\n")).toMatch(
            expected.status === 100 ? /proceeding \(100\)/ : /calling -> (confirmed|ended)/,
          );
          break;
        case "dropped":
          expect(s.lines.join("\n")).not.toMatch(/calling -> /);
          expect(statuses).toEqual([]);
          break;
      }
      if (expected.kind === "answered" && expected.header !== undefined) {
        const answer = s.hub.seen.at(-1)?.text ?? "";
        expect(answer.toLowerCase()).toContain(`\r\n${expected.header}: `);
      }
      expect(lastState(s.notices)?.kind).toBe("registered");
      expect(s.states()).toHaveLength(states);
      expect(s.failures).toEqual([]);
      s.hub.setSilent(serverAddress, false);
      // Still alive: the next call rings.
      s.peer.ask("INVITE", {
        callId: "after@peer",
        uri: `sip:${encodeURIComponent(user ?? "user")}@192.0.2.1`,
        sdp: "",
      });
      await s.clock.advance(300);
      expect(s.notices.filter(({ kind }) => kind === "incoming")).toHaveLength(rang + 1);
    },
  );
});
