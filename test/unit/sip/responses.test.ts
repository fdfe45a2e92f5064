// What a phone does with each final response to its INVITE, and what it asks for again (RFC 3261 §8.1.3, §21, §22).
import { beforeAll, describe, expect, test } from "vitest";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, has, linesOf, soleOf, valuesOf } from "#firmware/sip/message/message.ts";
import { scene } from "./call-scene.ts";
import { Peer, peerAddress, peerSdp } from "./peer.ts";
import { line, server } from "./phone.ts";

beforeAll(() => loadSipJs());

describe("refusals", () => {
  test.each([
    [400, "RSP-013"],
    [402, "RSP-015"],
    [403, "RSP-016"],
    [404, "RSP-017"],
    [405, "RSP-018"],
    [406, "RSP-019"],
    [408, "RSP-021"],
    [409, "RSP-022"],
    [410, "RSP-023"],
    [411, "RSP-024"],
    [413, "RSP-025"],
    [414, "RSP-026"],
    [415, "RSP-027"],
    [480, "RSP-030"],
    [481, "RSP-031"],
    [482, "RSP-032"],
    [483, "RSP-033"],
    [484, "RSP-034"],
    [485, "RSP-035"],
    [486, "RSP-036"],
    [488, "RSP-038"],
    [500, "RSP-040"],
    [501, "RSP-040"],
    [502, "RSP-040"],
    [504, "RSP-040"],
    [505, "RSP-040"],
    [600, "RSP-041"],
    [603, "RSP-041"],
    [604, "RSP-041"],
    [606, "RSP-041"],
  ])("%i is acknowledged and reported with its reason, once (%s)", async (status) => {
    const s = scene();
    s.place();
    await s.wait();
    for (let i = 0; i < 2; i++) s.peer.answer(s.peer.last("INVITE"), status, { reason: "Because it is so" });
    await s.wait();
    expect(s.peer.requests("ACK")).toHaveLength(2);
    expect(s.of("ended")).toEqual([
      { kind: "ended", call: "a", by: "peer", status, reason: "Because it is so" },
    ]);
  });

  test("an odd reason phrase reaches the person as UTF-8", async () => {
    const s = scene();
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 486, {
      reason: Buffer.from("besetzt – später", "utf8").toString("latin1"),
    });
    await s.wait();
    expect(s.of("ended")[0]?.reason).toBe("besetzt – später");
  });
});

describe("trying again", () => {
  test("UAC-035 RSP-028 after 420 once without what is not supported, CSeq one up", async () => {
    const s = scene();
    s.place();
    await s.wait();
    expect(valuesOf(s.peer.last("INVITE"), headers.supported)).toContain("replaces");
    s.peer.answer(s.peer.last("INVITE"), 420, { lines: ["Unsupported: replaces"] });
    await s.wait();
    const again = s.peer.last("INVITE");
    expect(valuesOf(again, headers.supported)).not.toContain("replaces");
    expect(soleOf(again, headers.cseq).number).toBe(102);
    s.peer.answer(again, 420, { lines: ["Unsupported: timer"] });
    await s.wait();
    expect(s.peer.requests("INVITE")).toHaveLength(2);
    expect(s.of("ended")).toMatchObject([{ status: 420 }]);
  });

  test("FLW-023 RSP-020 RSP-014 407 of one proxy, 401 of the next: both are answered, CSeq up, same Call-ID and From tag", async () => {
    const s = scene();
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 407, {
      lines: ['Proxy-Authenticate: Digest realm="one", nonce="n1", qop="auth"'],
    });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 401, {
      lines: ['WWW-Authenticate: Digest realm="two", nonce="n2"'],
    });
    await s.wait();
    const invites = s.peer.requests("INVITE");
    expect(
      invites.map((invite) => [has(invite, headers.proxyAuthorization), has(invite, headers.authorization)]),
    ).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
    expect(invites.map((invite) => soleOf(invite, headers.cseq).number)).toEqual([101, 102, 103]);
    expect(new Set(invites.map((invite) => linesOf(invite, headers.from)[0]?.value)).size).toBe(1);
    expect(new Set(invites.map((invite) => soleOf(invite, headers.callId))).size).toBe(1);
    expect(
      new Set(invites.map((invite) => firstOf(invite, headers.via)?.parameters.get("branch"))).size,
    ).toBe(3);
  });

  test("FLW-029 UAC-030 a second 407 of the same realm ends the call", async () => {
    const s = scene();
    s.place();
    await s.wait();
    for (let i = 0; i < 2; i++) {
      s.peer.answer(s.peer.last("INVITE"), 407, {
        lines: [`Proxy-Authenticate: Digest realm="one", nonce="n${i}"`],
      });
      await s.wait();
    }
    expect(s.peer.requests("INVITE")).toHaveLength(2);
    expect(s.of("ended")).toMatchObject([{ by: "peer", status: 407 }]);
  });

  test("UAC-031 credentials also in ACK, re-INVITE and BYE; the next call starts without", async () => {
    const s = scene();
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 407, {
      lines: ['Proxy-Authenticate: Digest realm="one", nonce="n", qop="auth"'],
    });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp() });
    await s.wait();
    const invite = s.peer.last("INVITE");
    expect(linesOf(s.peer.last("ACK"), headers.proxyAuthorization)).toEqual(
      linesOf(invite, headers.proxyAuthorization),
    );
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait();
    expect(has(s.peer.last("INVITE"), headers.proxyAuthorization)).toBe(true);
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait();
    expect(has(s.peer.last("BYE"), headers.proxyAuthorization)).toBe(true);
    s.place(undefined, "b");
    await s.wait();
    expect(has(s.peer.last("INVITE"), headers.proxyAuthorization)).toBe(false);
  });

  test("UAC-031 a re-INVITE that is challenged is sent again, one CSeq higher, and the dialog counts on from there", async () => {
    const s = scene();
    await s.up();
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 407, {
      lines: ['Proxy-Authenticate: Digest realm="one", nonce="n"'],
    });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp() });
    await s.wait();
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait();
    s.peer.answer(s.peer.last("BYE"), 407, {
      lines: ['Proxy-Authenticate: Digest realm="one", nonce="m", stale=true'],
    });
    await s.wait();
    const numbers = s.peer.got.flatMap(({ message }) =>
      message.kind === "request" ? [soleOf(message, headers.cseq).number] : [],
    );
    expect(numbers).toEqual([101, 101, 102, 102, 103, 103, 104, 105]);
  });
});

describe("redirection", () => {
  test.each([
    [300, "RSP-008"],
    [301, "RSP-009"],
    [302, "RSP-010"],
    [380, "RSP-012"],
  ])(
    "%i: the Contacts by falling q, each once; same To, From tag and Call-ID (%s, UAC-029)",
    async (status) => {
      const s = scene();
      const targets = ["192.0.2.41", "192.0.2.42"].map((address) => new Peer(s.hub, s.clock, address));
      s.place();
      await s.wait();
      const contact =
        "<sip:two@192.0.2.42;method=INVITE?Subject=x>;q=0.2, <sip:one@192.0.2.41>;q=0.9, <sip:one@192.0.2.41>";
      s.peer.answer(s.peer.last("INVITE"), status, { contact });
      await s.wait();
      const [one, two] = targets as [Peer, Peer];
      expect(one.last("INVITE").uri).toBe("sip:one@192.0.2.41");
      one.answer(one.last("INVITE"), 404);
      await s.wait();
      expect(two.last("INVITE").uri).toBe("sip:two@192.0.2.42");
      for (const type of [headers.to, headers.from, headers.callId])
        expect(linesOf(two.last("INVITE"), type)).toEqual(linesOf(s.peer.last("INVITE"), type));
      two.answer(two.last("INVITE"), 603);
      await s.wait();
      expect(s.of("ended")).toMatchObject([{ status: 603 }]);
      expect(one.requests("INVITE")).toHaveLength(1);
    },
  );

  test("RSP-011 305 sends this one request through the Contact", async () => {
    const s = scene();
    const proxy = new Peer(s.hub, s.clock, "192.0.2.41");
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 305, { contact: "<sip:192.0.2.41>" });
    await s.wait();
    expect(proxy.last("INVITE").uri).toBe(`sip:200@${peerAddress}`);
  });

  test("UAC-029 two servers redirecting to each other: ends after each URI once", async () => {
    const s = scene();
    const other = new Peer(s.hub, s.clock, "192.0.2.41");
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 302, { contact: "<sip:200@192.0.2.41>" });
    await s.wait();
    other.answer(other.last("INVITE"), 302, { contact: `<sip:200@${peerAddress}>` });
    await s.wait();
    expect([s.peer, other].map((peer) => peer.requests("INVITE").length)).toEqual([1, 1]);
    expect(s.of("ended")).toMatchObject([{ status: 302 }]);
  });
});

describe("other servers", () => {
  const primary = "192.0.2.10";
  const spare = "192.0.2.11";
  const proxied = { isRegistering: false, lines: [line({ proxies: [server(primary)] })] };

  test("REG-011 FLW-015 TMR-003 seven INVITEs to the primary, then the backup in a new transaction, and the person is told", async () => {
    const s = scene({ ...proxied, backupProxy: server(spare) });
    const first = new Peer(s.hub, s.clock, primary);
    const backup = new Peer(s.hub, s.clock, spare);
    s.place("300");
    await s.wait(31_900);
    expect(first.requests("INVITE")).toHaveLength(7);
    expect(s.of("trying-backup")).toEqual([]);
    await s.wait(200);
    expect(s.of("trying-backup")).toEqual([{ kind: "trying-backup", call: "a" }]);
    const again = backup.last("INVITE");
    expect(firstOf(again, headers.via)?.parameters.get("branch")).not.toBe(
      firstOf(first.last("INVITE"), headers.via)?.parameters.get("branch"),
    );
    backup.answer(again, 200, { sdp: peerSdp() });
    await s.wait();
    expect(s.of("answered")).toHaveLength(1);
  });

  test("REG-012 the next call starts with the primary again", async () => {
    const s = scene({ ...proxied, backupProxy: server(spare) });
    const backup = new Peer(s.hub, s.clock, spare);
    s.hub.host(primary);
    s.place("300");
    await s.wait();
    expect(backup.requests("INVITE")).toHaveLength(1);
    const first = new Peer(s.hub, s.clock, primary);
    s.place("300", "b");
    await s.wait();
    expect(first.requests("INVITE")).toHaveLength(1);
  });

  test("TMR-008 UAC-003 ICMP from the first server leads to the next at once, with another branch", async () => {
    const s = scene({ isRegistering: false, lines: [line({ proxies: [server(primary), server(spare)] })] });
    s.hub.host(primary);
    const second = new Peer(s.hub, s.clock, spare);
    s.place("300");
    await s.wait();
    expect(second.requests("INVITE")).toHaveLength(1);
  });

  test("UAC-036 503 with Retry-After: the next server takes over, and the first hears nothing for so long", async () => {
    const s = scene({ isRegistering: false, lines: [line({ proxies: [server(primary), server(spare)] })] });
    const first = new Peer(s.hub, s.clock, primary);
    const second = new Peer(s.hub, s.clock, spare);
    s.place("300");
    await s.wait();
    first.answer(first.last("INVITE"), 503, { lines: ["Retry-After: 30 (down)"] });
    await s.wait();
    expect(second.requests("INVITE")).toHaveLength(1);
    second.answer(second.last("INVITE"), 486);
    s.place("300", "b");
    await s.wait();
    expect(first.requests("INVITE")).toHaveLength(1);
    await s.wait(30_000);
    s.place("300", "c");
    await s.wait();
    expect(first.requests("INVITE")).toHaveLength(2);
  });

  test("FLW-003 FLW-017 REG-014 an emergency call goes to the emergency proxy alone, with Priority", async () => {
    const s = scene({ ...proxied, emergencyProxy: server(spare), outboundProxy: server("192.0.2.12") });
    const first = new Peer(s.hub, s.clock, primary);
    const emergency = new Peer(s.hub, s.clock, spare);
    const outbound = new Peer(s.hub, s.clock, "192.0.2.12");
    const local = { portsId: 1, rtpPort: 16_384 };
    s.phone.perform({
      kind: "place",
      call: "a",
      line: 1,
      target: "911",
      route: "emergency",
      local,
      isAnonymous: false,
    });
    await s.wait();
    expect(emergency.last("INVITE").uri).toBe(`sip:911@${primary};user=phone`);
    expect(emergency.last("INVITE").headers.find(({ id }) => id === "priority")?.value).toBe("emergency");
    expect([first.kinds, outbound.kinds]).toEqual([[], []]);
  });

  test("REG-017 SIP-007 the outbound proxy gets the call, the URIs keep the line's proxy", async () => {
    const s = scene({ ...proxied, outboundProxy: server(spare) });
    const outbound = new Peer(s.hub, s.clock, spare);
    s.place("300");
    await s.wait();
    expect(outbound.last("INVITE").uri).toBe(`sip:300@${primary};user=phone`);
    expect(soleOf(outbound.last("INVITE"), headers.to).uri.text).toBe(`sip:300@${primary};user=phone`);
  });

  test("REG-018 SIP-036 a URL is dialled through DNS where no proxy applies", async () => {
    const s = scene();
    s.zone.records.set("srv _sip._udp.example.com", [
      { priority: 0, weight: 0, port: 5070, target: "sip.example.com" },
    ]);
    s.zone.records.set("a sip.example.com", ["192.0.2.41"]);
    const host = new Peer(s.hub, s.clock, "192.0.2.41", 5070);
    s.place("alice@example.com");
    await s.wait();
    expect(host.last("INVITE").uri).toBe("sip:alice@example.com");
  });
});

describe("who is calling", () => {
  const local = { portsId: 1, rtpPort: 16_384 };

  test("FEA-002 HDR-019 a blocked caller is Anonymous everywhere, and asks for privacy", async () => {
    const s = scene({ isRemotePartyIdUsed: true });
    s.phone.perform({
      kind: "place",
      call: "a",
      line: 1,
      target: `200@${peerAddress}`,
      route: "url",
      local,
      isAnonymous: true,
    });
    await s.wait();
    const invite = s.peer.last("INVITE");
    expect(linesOf(invite, headers.from)[0]?.value).toMatch(
      /^"Anonymous" <sip:anonymous@anonymous\.invalid>;tag=/,
    );
    expect(linesOf(invite, headers.remotePartyId)[0]?.value).toContain("privacy=full");
    expect(firstOf(invite, headers.privacy)).toBe("id");
    s.peer.answer(invite, 200, { sdp: peerSdp() });
    await s.wait();
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait();
    expect(linesOf(s.peer.last("BYE"), headers.from)[0]?.value).not.toContain("100");
  });

  test("FEA-003 Remote-Party-ID as the guide has it", async () => {
    const s = scene({ isRemotePartyIdUsed: true });
    s.place();
    await s.wait();
    expect(linesOf(s.peer.last("INVITE"), headers.remotePartyId)[0]?.value).toBe(
      '"Phone 100" <sip:100@192.0.2.1>;party=calling;id-type=subscriber;privacy=off;screen=no',
    );
  });

  test.each([
    [false, [], { name: "Peer", number: "200", isAnonymous: false }],
    [
      true,
      ['Remote-Party-ID: "Real" <sip:555@x>;party=calling;privacy=off'],
      { name: "Real", number: "555", isAnonymous: false },
    ],
    [true, ['Remote-Party-ID: "Real" <sip:555@x>;party=calling;privacy=full'], { isAnonymous: true }],
    [true, ['P-Asserted-Identity: "Boss" <sip:556@x>'], { name: "Boss", number: "556" }],
    [false, ['Remote-Party-ID: "Real" <sip:555@x>'], { name: "Peer" }],
  ])("FEA-001 the caller, Remote-Party-ID used: %s, with %j", async (isRemotePartyIdUsed, more, expected) => {
    const s = scene({ isRemotePartyIdUsed });
    s.peer.ask("INVITE", { sdp: peerSdp(), lines: [`Contact: <sip:peer@${peerAddress}>`, ...more] });
    await s.wait();
    expect(s.of("incoming")[0]?.from).toMatchObject(expected);
  });

  test("an anonymous caller is known as one", async () => {
    const s = scene();
    s.peer.ask("INVITE", { sdp: peerSdp(), from: '"Anonymous" <sip:anonymous@anonymous.invalid>' });
    await s.wait();
    expect(s.of("incoming")[0]?.from.isAnonymous).toBe(true);
  });
});
