// Calls and other requests from there, against a scripted peer: RFC 3261 §8.2, §9.2, §12, §13.3.
import { beforeAll, describe, expect, test } from "vitest";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, has, linesOf, soleOf, tagOf, valuesOf } from "#firmware/sip/message/message.ts";
import { local, scene } from "./call-scene.ts";
import { Peer, peerAddress, peerSdp } from "./peer.ts";
import { line } from "./phone.ts";

beforeAll(() => loadSipJs());

describe("a call in", () => {
  test("FLW-004 SIP-020 RSP-002 INVITE, 180, 200, ACK, and BYE from here", async () => {
    const s = scene();
    s.peer.ask("INVITE", { sdp: peerSdp() });
    await s.wait();
    const call = s.of("incoming")[0]?.call ?? "";
    expect(s.of("incoming")[0]).toMatchObject({
      line: 1,
      from: { name: "Peer", number: "200" },
      isAutoAnswer: false,
    });
    s.phone.perform({ kind: "ring", call });
    await s.wait();
    s.phone.perform({ kind: "answer", call, local });
    await s.wait();
    expect(s.peer.kinds).toEqual([180, 200]);
    const ok = s.peer.responses(200)[0] ?? fail();
    expect(valuesOf(ok, headers.contact)).toHaveLength(1);
    expect(firstOf(ok, headers.contact)?.uri.text).toBe("sip:100@192.0.2.1:5060;transport=udp");
    expect(valuesOf(ok, headers.allow)).toContain("INVITE");
    s.peer.ask("ACK", { toTag: s.ourTag(), lines: [] });
    await s.wait();
    s.phone.perform({ kind: "hang-up", call });
    await s.wait();
    expect(s.peer.kinds).toEqual([180, 200, "BYE"]);
    expect(soleOf(s.peer.last("BYE"), headers.cseq)).toEqual({ number: 101, method: "BYE" });
  });

  test("UAC-020 one To tag in 180 and 200, another in the next call, none of them the caller's", async () => {
    const s = scene();
    await s.upFromThere();
    await s.upFromThere({ callId: "second@peer", fromTag: "peer-2" });
    const tags = s.peer.got.flatMap(({ message }) =>
      message.kind === "response" ? [tagOf(message, headers.to)] : [],
    );
    expect(tags[0]).toBe(tags[1]);
    expect(new Set(tags).size).toBe(2);
    expect(tags).not.toContain("peer-tag");
  });

  test("RSP-002 180 is repeated every minute while it rings", async () => {
    const s = scene();
    s.peer.ask("INVITE", { sdp: peerSdp() });
    await s.wait();
    s.phone.perform({ kind: "ring", call: s.of("incoming")[0]?.call ?? "" });
    await s.wait(121_000);
    expect(s.peer.kinds).toEqual([180, 180, 180]);
  });

  test("SIP-017 an INVITE without SDP is answered with our offer, the ACK brings the answer", async () => {
    const s = scene();
    s.peer.ask("INVITE");
    await s.wait();
    const call = s.of("incoming")[0]?.call ?? "";
    s.phone.perform({ kind: "answer", call, local });
    await s.wait();
    expect(s.of("media")).toEqual([]);
    expect(new TextDecoder().decode(s.peer.responses(200)[0]?.body)).toContain(
      "m=audio 16384 RTP/AVP 0 8 101",
    );
    s.peer.ask("ACK", { toTag: s.ourTag(), lines: [], sdp: peerSdp({ formats: "8" }) });
    await s.wait();
    expect(s.of("media")[0]?.media.send?.encoding).toBe("PCMA");
  });

  test("an ACK without usable answer ends the call", async () => {
    const s = scene();
    s.peer.ask("INVITE");
    await s.wait();
    s.phone.perform({ kind: "answer", call: s.of("incoming")[0]?.call ?? "", local });
    await s.wait();
    s.peer.ask("ACK", { toTag: s.ourTag(), lines: [] });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe("BYE");
    expect(s.of("ended")).toMatchObject([{ by: "network", status: 488 }]);
  });

  test("TMR-009 a 200 without ACK repeats at T1 doubling to T2 for 64·T1, then BYE", async () => {
    const s = scene();
    s.peer.ask("INVITE", { sdp: peerSdp() });
    await s.wait();
    s.phone.perform({ kind: "answer", call: s.of("incoming")[0]?.call ?? "", local });
    await s.wait(40_000);
    const oks = s.peer.got.filter(({ message }) => message.kind === "response" && message.status === 200);
    const first = oks[0]?.atMs ?? 0;
    expect(oks.map(({ atMs }) => (atMs - first) / 1000)).toEqual([
      0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5,
    ]);
    expect(s.peer.kinds).toContain("BYE");
    expect(s.of("ended")).toMatchObject([{ by: "network", status: 408 }]);
  });

  test("UAC-008 hung up before the ACK came: BYE waits for it", async () => {
    const s = scene();
    s.peer.ask("INVITE", { sdp: peerSdp() });
    await s.wait();
    const call = s.of("incoming")[0]?.call ?? "";
    s.phone.perform({ kind: "answer", call, local });
    await s.wait(100);
    s.phone.perform({ kind: "hang-up", call });
    expect(s.of("ended")).toMatchObject([{ by: "us" }]);
    await s.wait(3000);
    expect(s.peer.requests("BYE")).toEqual([]);
    s.peer.ask("ACK", { toTag: s.ourTag(), lines: [] });
    await s.wait();
    expect(s.peer.requests("BYE")).toHaveLength(1);
  });

  test("hold pressed before the ACK came begins with it", async () => {
    const s = scene();
    s.peer.ask("INVITE", { sdp: peerSdp() });
    await s.wait();
    const call = s.of("incoming")[0]?.call ?? "";
    s.phone.perform({ kind: "answer", call, local });
    await s.wait(100);
    s.phone.perform({ kind: "hold", call });
    await s.wait(3000);
    expect(s.peer.requests("INVITE")).toEqual([]);
    s.peer.ask("ACK", { toTag: s.ourTag(), lines: [] });
    await s.wait();
    expect(new TextDecoder().decode(s.peer.last("INVITE").body)).toContain("a=sendonly");
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp({ lines: ["a=recvonly"], version: 2 }) });
    await s.wait();
    expect(s.of("hold-done")).toEqual([{ kind: "hold-done", call, isHeld: true }]);
  });

  test("hold pressed and taken back before the ACK came sends nothing", async () => {
    const s = scene();
    s.peer.ask("INVITE", { sdp: peerSdp() });
    await s.wait();
    const call = s.of("incoming")[0]?.call ?? "";
    s.phone.perform({ kind: "answer", call, local });
    await s.wait(100);
    s.phone.perform({ kind: "hold", call });
    s.phone.perform({ kind: "resume", call });
    s.peer.ask("ACK", { toTag: s.ourTag(), lines: [] });
    await s.wait();
    expect(s.peer.requests("INVITE")).toEqual([]);
    expect(s.of("hold-done")).toEqual([{ kind: "hold-done", call, isHeld: false }]);
  });

  test.each([
    ["busy", 486],
    ["declined", 603],
    ["do-not-disturb", 486],
    ["anonymous", 486],
  ] as const)("RSP-036 FEA-008 refused as %s: %i", async (reason, status) => {
    const s = scene();
    s.peer.ask("INVITE", { sdp: peerSdp() });
    await s.wait();
    s.phone.perform({ kind: "refuse", call: s.of("incoming")[0]?.call ?? "", reason });
    await s.wait();
    expect(s.peer.kinds).toEqual([status]);
  });

  test("FLW-024 RSP-036 a 486 whose ACK is late repeats by Timer G until the ACK is there", async () => {
    const s = scene();
    s.peer.ask("INVITE", { sdp: peerSdp(), branch: "z9hG4bKlate" });
    await s.wait();
    s.phone.perform({ kind: "refuse", call: s.of("incoming")[0]?.call ?? "", reason: "busy" });
    await s.wait(4000);
    expect(s.peer.kinds).toEqual([486, 486, 486, 486]);
    s.peer.ask("ACK", { branch: "z9hG4bKlate", toTag: s.ourTag(), lines: [] });
    await s.wait(30_000);
    expect(s.peer.kinds).toHaveLength(4);
  });

  test("RSP-010 FEA-009 deflected: 302 with the target as Contact", async () => {
    const s = scene({ lines: [line({ proxies: [], domain: "192.0.2.10" })] });
    s.peer.ask("INVITE", { sdp: peerSdp() });
    await s.wait();
    s.phone.perform({ kind: "deflect", call: s.of("incoming")[0]?.call ?? "", target: "300" });
    await s.wait();
    expect(firstOf(s.peer.responses(302)[0] ?? fail(), headers.contact)?.uri.text).toBe(
      "sip:300@192.0.2.10;user=phone",
    );
    expect(firstOf(s.peer.responses(302)[0] ?? fail(), headers.diversion)?.uri.text).toContain("sip:100@");
  });

  test("TMR-010 RSP-037 an invitation that expires is answered 487", async () => {
    const s = scene();
    s.peer.ask("INVITE", { sdp: peerSdp(), lines: ["Contact: <sip:peer@192.0.2.9>", "Expires: 20"] });
    await s.wait();
    s.phone.perform({ kind: "ring", call: s.of("incoming")[0]?.call ?? "" });
    await s.wait(20_000);
    expect(s.peer.kinds.slice(0, 2)).toEqual([180, 487]);
    expect(s.of("ended")).toMatchObject([{ by: "network", status: 487 }]);
  });

  test.each([
    [peerSdp({ formats: "3" }), "305"],
    [peerSdp({ address: "2001:db8::1" }).replaceAll("IN IP4 2001", "IN IP6 2001"), "305"],
    ["this is no SDP", "305"],
  ])(
    "RSP-038 COD-004 an offer we cannot answer gets 488 with Warning, and nobody is disturbed (%#)",
    async (sdp) => {
      const s = scene();
      s.peer.ask("INVITE", { sdp });
      await s.wait();
      expect(s.peer.kinds).toEqual([488]);
      expect(has(s.peer.responses(488)[0] ?? fail(), headers.warning)).toBe(true);
      expect(s.of("incoming")).toEqual([]);
    },
  );

  test("RSP-028 SIP-029 Require with an unknown option gets 420 with Unsupported", async () => {
    const s = scene();
    s.peer.ask("INVITE", {
      sdp: peerSdp(),
      lines: ["Contact: <sip:peer@192.0.2.9>", "Require: replaces, newfangled"],
    });
    await s.wait();
    expect(s.peer.kinds).toEqual([420]);
    expect(valuesOf(s.peer.responses(420)[0] ?? fail(), headers.unsupported)).toEqual(["newfangled"]);
  });

  test("FEA-031 FEA-030 Alert-Info and answer-after are passed on", async () => {
    const s = scene();
    const lines = [
      "Contact: <sip:peer@192.0.2.9>",
      "Alert-Info: <file://Bellcore-dr3/>",
      "Call-Info: <sip:x>;answer-after=0",
    ];
    s.peer.ask("INVITE", { sdp: peerSdp(), lines });
    await s.wait();
    expect(s.of("incoming")[0]).toMatchObject({ alertInfo: "<file://Bellcore-dr3/>", isAutoAnswer: true });
  });
});

describe("CANCEL", () => {
  test("UAC-011 FLW-025 RSP-037 200 with the To tag of the 487, and the phone stops ringing", async () => {
    const s = scene();
    s.peer.ask("INVITE", { sdp: peerSdp(), branch: "z9hG4bKc" });
    await s.wait();
    s.phone.perform({ kind: "ring", call: s.of("incoming")[0]?.call ?? "" });
    await s.wait();
    s.peer.ask("CANCEL", { branch: "z9hG4bKc", lines: [] });
    await s.wait();
    expect(s.peer.kinds.slice(0, 3)).toEqual([180, 200, 487]);
    const [ringing, ok, terminated] = s.peer.got.map(({ message }) => tagOf(message, headers.to));
    expect(new Set([ringing, ok, terminated]).size).toBe(1);
    expect(s.of("ended")).toMatchObject([{ by: "peer", status: 487 }]);
  });

  test("UAC-011 after the 200 a CANCEL is answered and changes nothing", async () => {
    const s = scene();
    await s.upFromThere({ branch: "z9hG4bKc" });
    s.peer.ask("CANCEL", { branch: "z9hG4bKc", lines: [] });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(200);
    expect(s.of("ended")).toEqual([]);
  });

  test("UAC-011 RSP-031 without its INVITE: 481; Require in it is not looked at", async () => {
    const s = scene();
    s.peer.ask("CANCEL", { lines: ["Require: newfangled"] });
    await s.wait();
    expect(s.peer.kinds).toEqual([481]);
  });
});

describe("what does not belong", () => {
  test.each(["BYE", "INFO", "UPDATE", "REFER", "NOTIFY", "PRACK", "INVITE"])(
    "UAC-024 %s with a To tag nobody knows: 481",
    async (method) => {
      const s = scene();
      s.peer.ask(method, { toTag: "unknown", sdp: "" });
      await s.wait();
      expect(s.peer.kinds).toEqual([481]);
    },
  );

  test("UAC-024 a stray ACK is met with silence", async () => {
    const s = scene();
    s.peer.ask("ACK", { toTag: "unknown" });
    s.peer.ask("ACK", {});
    await s.wait(1000);
    expect(s.peer.kinds).toEqual([]);
  });

  test("UAC-023 in a dialog a CSeq below the last one gets 500, a gap is fine", async () => {
    const s = scene();
    await s.upFromThere({ cseq: 20 });
    s.peer.ask("INFO", { cseq: 19, toTag: s.ourTag(), lines: [] });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(500);
    s.peer.ask("INFO", { cseq: 27, toTag: s.ourTag(), lines: [] });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(200);
  });

  test("UAC-015 RSP-032 the same INVITE over two proxies, also to two lines: one rings, one gets 482", async () => {
    const s = scene({ lines: [line({ proxies: [] }), line({ line: 2, name: "101", proxies: [] })] });
    s.peer.ask("INVITE", { sdp: peerSdp(), branch: "z9hG4bKone" });
    s.peer.ask("INVITE", { sdp: peerSdp(), branch: "z9hG4bKtwo", uri: "sip:101@192.0.2.1" });
    await s.wait();
    expect(s.of("incoming")).toHaveLength(1);
    expect(s.peer.kinds).toEqual([482]);
  });

  test("UAC-004 an INVITE repeated after the 200 rings nobody, and gets no 100", async () => {
    const s = scene();
    await s.upFromThere({ branch: "z9hG4bKsame" });
    const before = s.peer.kinds.length;
    s.peer.ask("INVITE", { sdp: peerSdp(), branch: "z9hG4bKsame" });
    await s.wait(1000);
    expect(s.of("incoming")).toHaveLength(1);
    expect(s.peer.kinds).toHaveLength(before);
  });

  test("UAC-016 Max-Forwards 0 is the end phone's business", async () => {
    const s = scene();
    const text = [
      "INVITE sip:100@192.0.2.1 SIP/2.0",
      `Via: SIP/2.0/UDP ${peerAddress};branch=z9hG4bKz`,
      "Max-Forwards: 0",
    ];
    s.peer.send(
      [
        ...text,
        "From: <sip:2@x>;tag=1",
        "To: <sip:100@x>",
        "Call-ID: z",
        "CSeq: 1 INVITE",
        `Contact: <sip:2@${peerAddress}>`,
        "",
        "",
      ].join("\r\n"),
    );
    await s.wait();
    expect(s.of("incoming")).toHaveLength(1);
  });

  test("UAC-040 a thousand keep-alives get no answer and no log line, and the next INVITE rings", async () => {
    const s = scene();
    const lines = s.lines.length;
    for (let i = 0; i < 1000; i++)
      s.peer.send(["\r\n\r\n", "", "\0", "\0\x01\0\0\x21\x12\xa4\x42123456789012"][i % 4] ?? "");
    await s.wait();
    expect(s.peer.kinds).toEqual([]);
    expect(s.lines).toHaveLength(lines);
    s.peer.ask("INVITE", { sdp: peerSdp() });
    await s.wait();
    expect(s.of("incoming")).toHaveLength(1);
  });
});

describe("order of refusal and answers", () => {
  const lines = (more: readonly string[]) => [`Contact: <sip:peer@${peerAddress}>`, ...more];

  test.each([
    ["405 with Allow for a method it knows", "MESSAGE", {}, 405, "Allow"],
    ["405 for REGISTER", "REGISTER", {}, 405, "Allow"],
    ["501 for one it does not", "FROBNICATE", {}, 501, "Allow"],
    ["416 for another scheme", "INVITE", { uri: "tel:+1" }, 416, ""],
    ["404 for a user that is not here", "INVITE", { uri: "sip:999@192.0.2.1" }, 404, ""],
    [
      "420 before 415",
      "INVITE",
      { lines: lines(["Require: nothing", "Content-Type: text/plain"]), sdp: "x" },
      420,
      "Unsupported",
    ],
    ["404 before 420", "INVITE", { uri: "sip:999@192.0.2.1", lines: lines(["Require: nothing"]) }, 404, ""],
    ["405 before 416", "MESSAGE", { uri: "tel:+1" }, 405, "Allow"],
    [
      "415 for a coding it cannot undo",
      "INVITE",
      { lines: lines(["Content-Encoding: gzip"]), sdp: peerSdp() },
      415,
      "Accept",
    ],
    [
      "406 where SDP is not wanted",
      "INVITE",
      { lines: lines(["Accept: text/plain"]), sdp: peerSdp() },
      406,
      "Warning",
    ],
    ["400 without Contact", "INVITE", { lines: [] }, 400, ""],
    ["489 for an event package nobody knows", "NOTIFY", { lines: lines(["Event: presence"]) }, 489, ""],
  ] as const)("UAC-034 RSP-018 RSP-027 %s", async (_, method, parts, status, header) => {
    const s = scene();
    s.peer.ask(method, parts);
    await s.wait();
    expect(s.peer.kinds).toEqual([status]);
    if (header !== "") expect(s.peer.got[0]?.text).toMatch(new RegExp(`^${header}: `, "m"));
  });

  test("SIP-023 FLW-035 HDR-001 OPTIONS gets what an INVITE would get, with everything the phone can and SDP of port 0", async () => {
    const s = scene();
    s.peer.ask("OPTIONS", { lines: [] });
    await s.wait();
    const ok = s.peer.responses(200)[0] ?? fail();
    for (const type of [headers.allow, headers.accept, headers.acceptEncoding, headers.supported])
      expect(has(ok, type)).toBe(true);
    expect(new TextDecoder().decode(ok.body)).toContain("m=audio 0 RTP/AVP");
    expect(tagOf(ok, headers.to)).toBeDefined();
  });

  test("a Request-URI without user, or with sips, is ours too; separators of numbers do not count", async () => {
    const s = scene({ lines: [line({ name: "+1-555-0100", proxies: [] })] });
    for (const uri of [
      "sip:192.0.2.1",
      "sips:+15550100@192.0.2.1",
      "sip:+1(555)0100;phone-context=x@192.0.2.1",
    ])
      s.peer.ask("OPTIONS", { uri, callId: uri, lines: [] });
    await s.wait();
    expect(s.peer.kinds).toEqual([200, 200, 200]);
  });
});

describe("where responses go", () => {
  test("UAC-014 SIP-006 with rport to the source port, without it to the port of the Via; received is filled in", async () => {
    const s = scene();
    const behind = new Peer(s.hub, s.clock, "192.0.2.50", 40_000);
    const named = new Peer(s.hub, s.clock, "192.0.2.50", 5070);
    behind.ask("OPTIONS", { via: "SIP/2.0/UDP 10.0.0.5:5070;branch=z9hG4bKa;rport", lines: [] });
    behind.ask("OPTIONS", { via: "SIP/2.0/UDP phone.example.com:5070;branch=z9hG4bKb", lines: [], cseq: 2 });
    await s.wait();
    expect(linesOf(behind.responses(200)[0] ?? fail(), headers.via)[0]?.value).toBe(
      "SIP/2.0/UDP 10.0.0.5:5070;branch=z9hG4bKa;rport=40000;received=192.0.2.50",
    );
    expect(linesOf(named.responses(200)[0] ?? fail(), headers.via)[0]?.value).toBe(
      "SIP/2.0/UDP phone.example.com:5070;branch=z9hG4bKb;received=192.0.2.50",
    );
  });

  test("SIP-006 without a port in the Via to 5060, and maddr goes first", async () => {
    const s = scene();
    const behind = new Peer(s.hub, s.clock, "192.0.2.50", 40_000);
    const usual = new Peer(s.hub, s.clock, "192.0.2.50");
    const maddr = new Peer(s.hub, s.clock, "192.0.2.51");
    behind.ask("OPTIONS", { via: "SIP/2.0/UDP 192.0.2.50;branch=z9hG4bKa", lines: [] });
    behind.ask("OPTIONS", {
      via: "SIP/2.0/UDP 192.0.2.50;branch=z9hG4bKb;maddr=192.0.2.51",
      lines: [],
      cseq: 2,
    });
    await s.wait();
    expect([usual.kinds, maddr.kinds, behind.kinds]).toEqual([[200], [200], []]);
  });

  test("UAC-022 Record-Route is copied unchanged into 180 and 200, and is the route of our BYE in its order", async () => {
    const s = scene();
    const first = new Peer(s.hub, s.clock, "192.0.2.61");
    const recordRoute = "Record-Route: <sip:192.0.2.61;lr;x=y>,  <sip:192.0.2.62;lr>";
    const call = await s.upFromThere({ lines: [`Contact: <sip:peer@${peerAddress}>`, recordRoute] });
    for (const status of [180, 200])
      expect(
        linesOf(s.peer.responses(status)[0] ?? fail(), headers.recordRoute).map(
          ({ name, value }) => `${name}: ${value}`,
        ),
      ).toEqual([recordRoute]);
    s.phone.perform({ kind: "hang-up", call });
    await s.wait();
    expect(valuesOf(first.last("BYE"), headers.route).map(({ uri }) => uri.text)).toEqual([
      "sip:192.0.2.61;lr;x=y",
      "sip:192.0.2.62;lr",
    ]);
    expect(first.last("BYE").uri).toBe(`sip:peer@${peerAddress}`);
  });
});

function fail(): never {
  throw new Error("it was sent");
}
