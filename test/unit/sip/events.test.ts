// NOTIFYs, UPDATE, session timers, statistics: what a call or a line is told beside its session.
import { beforeAll, describe, expect, test } from "vitest";
import { answeredTimer, armed, noTimerAsked } from "#firmware/sip/call/session-timer.ts";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import { messageSummary } from "#firmware/sip/events.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, has, linesOf, type SipRequest } from "#firmware/sip/message/message.ts";
import { defaultSettings } from "#firmware/sip/settings.ts";
import { startSip } from "#firmware/sip/start.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { digests } from "#hal/linux/digests.ts";
import { local, type Scene, scene } from "./call-scene.ts";
import { Peer, peerAddress, peerSdp } from "./peer.ts";
import { line, phoneAddress, rig, serverAddress } from "./phone.ts";

beforeAll(() => loadSipJs());

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("waiting messages", () => {
  test.each([
    [
      "Messages-Waiting: yes\r\nMessage-Account: sip:a@b\r\nVoice-Message: 4/8 (1/2)\r\n",
      { isWaiting: true, newCount: 4, oldCount: 8 },
    ],
    ["messages-waiting:NO\r\n", { isWaiting: false, newCount: undefined, oldCount: undefined }],
    [
      "Messages-Waiting: yes\nvoice-message: 2/0\n\nSubject: x",
      { isWaiting: true, newCount: 2, oldCount: 0 },
    ],
  ])("FEA-016 RFC 3842: %j", (body, expected) => {
    expect(messageSummary(bytes(body))).toEqual(expected);
  });

  test("a body without its first line means nothing", () => {
    expect(messageSummary(bytes("Voice-Message: 1/1"))).toBeUndefined();
  });

  test("FLW-033 SIP-026 SIP-027 an unsolicited NOTIFY is taken: 200, and the line's lamp", async () => {
    const s = scene({ lines: [line({ proxies: [] }), line({ line: 2, name: "101", proxies: [] })] });
    s.peer.send(
      notify("sip:101@192.0.2.1", "message-summary", "Messages-Waiting: yes\r\nVoice-Message: 3/1\r\n"),
    );
    await s.wait();
    expect(s.peer.kinds).toEqual([200]);
    expect(s.of("messages-waiting")).toEqual([
      { kind: "messages-waiting", line: 2, isWaiting: true, newCount: 3, oldCount: 1 },
    ]);
  });
});

function notify(uri: string, event: string, body = "", more: readonly string[] = []): string {
  return [
    `NOTIFY ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${peerAddress};branch=z9hG4bK${event}${body.length}`,
    `From: <sip:server@${peerAddress}>;tag=1`,
    `To: <${uri}>`,
    `Call-ID: ${event}@x`,
    "CSeq: 1 NOTIFY",
    `Contact: <sip:server@${peerAddress}>`,
    `Event: ${event}`,
    ...more,
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
}

describe("remote orders", () => {
  test("SYN-001 SYN-009 FLW-034 check-sync from a known server: 200 and a look for new configuration; from anybody else 403", async () => {
    const s = scene({
      isRegistering: false,
      lines: [line({ proxies: [{ host: serverAddress, port: undefined, transport: undefined }] })],
    });
    const server = new Peer(s.hub, s.clock, serverAddress);
    s.peer.send(notify("sip:100@192.0.2.1", "check-sync"));
    await s.wait();
    expect(s.peer.kinds).toEqual([403]);
    expect(s.of("check-sync")).toEqual([]);
    server.send(
      notify("sip:100@192.0.2.1", "check-sync")
        .replaceAll(peerAddress, serverAddress)
        .replace("Call-ID: ", "Call-ID: again-"),
    );
    await s.wait();
    expect(server.kinds).toEqual([200]);
    expect(s.of("check-sync")).toHaveLength(1);
  });

  test("talk and hold inside a call name it", async () => {
    const s = scene();
    const invite = await s.up();
    s.inDialog("NOTIFY", invite, { cseq: 2, lines: ["Event: hold", "Subscription-State: active"] });
    s.inDialog("NOTIFY", invite, { cseq: 3, lines: ["Event: talk", "Subscription-State: active"] });
    await s.wait();
    expect(s.peer.kinds.slice(-2)).toEqual([200, 200]);
    expect(s.of("remote-control")).toEqual([
      { kind: "remote-control", call: "a", action: "hold" },
      { kind: "remote-control", call: "a", action: "talk" },
    ]);
  });

  test("SIP-026 HDR-012 an unknown package gets 489 with what is known", async () => {
    const s = scene();
    s.peer.send(notify("sip:100@192.0.2.1", "presence"));
    await s.wait();
    expect(s.peer.kinds).toEqual([489]);
    expect(has(s.peer.responses(489)[0] ?? fail(), headers.allowEvents)).toBe(true);
  });
});

describe("UPDATE", () => {
  const update = (
    s: Scene,
    invite: SipRequest,
    cseq: number,
    sdp?: string,
    lines?: readonly string[],
  ): void =>
    s.inDialog("UPDATE", invite, {
      cseq,
      ...(sdp === undefined ? {} : { sdp }),
      ...(lines === undefined ? {} : { lines }),
    });

  test("SIP-028 UPDATE without SDP tells who is there now", async () => {
    const s = scene({ isRemotePartyIdUsed: true });
    const invite = await s.up();
    update(s, invite, 2, undefined, [
      `Contact: <sip:peer@${peerAddress}>`,
      'P-Asserted-Identity: "Carol" <sip:300@x>',
    ]);
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(200);
    expect(s.of("party")).toMatchObject([{ call: "a", peer: { name: "Carol", number: "300" } }]);
  });

  test("UPDATE with an offer changes the media, without ACK", async () => {
    const s = scene();
    const invite = await s.up();
    update(s, invite, 2, peerSdp({ version: 2, port: 4242, lines: ["a=sendonly"] }));
    await s.wait();
    const ok = s.peer.responses(200).at(-1) ?? fail();
    expect(new TextDecoder().decode(ok.body)).toContain("a=recvonly");
    expect(firstOf(ok, headers.contact)?.uri.text).toContain("sip:100@192.0.2.1:5060");
    expect(s.of("media").at(-1)?.media.remote?.port).toBe(4242);
    expect(s.of("held-by-peer").at(-1)?.isHeld).toBe(true);
  });

  test("UAC-038 crossing offers: 491; one in work: 500 with Retry-After; an old CSeq: 500", async () => {
    const s = scene();
    const invite = await s.up();
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait();
    update(s, invite, 2, peerSdp({ version: 2 }));
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(491);
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp({ lines: ["a=recvonly"] }) });
    await s.wait();
    s.inDialog("INVITE", invite, { cseq: 3, sdp: peerSdp({ version: 3 }) });
    await s.wait();
    update(s, invite, 4, peerSdp({ version: 4 }));
    await s.wait();
    const busy = s.peer.responses(500)[0] ?? fail();
    expect(firstOf(busy, headers.retryAfter)?.seconds).toBeLessThanOrEqual(10);
    update(s, invite, 4, undefined);
    await s.wait();
    expect(s.peer.responses(500)).toHaveLength(2);
  });
});

describe("reliable provisional responses", () => {
  test("UAC-038 SIP-029 a reliable 183 is acknowledged by PRACK in order of RSeq: none for a gap, none for a repeat", async () => {
    const s = scene();
    s.place();
    await s.wait();
    const invite = s.peer.last("INVITE");
    const send = (rseq: number): void =>
      s.peer.answer(invite, 183, { lines: ["Require: 100rel", `RSeq: ${rseq}`] });
    for (const rseq of [7, 7, 9, 8]) {
      send(rseq);
      await s.wait();
    }
    expect(s.peer.requests("PRACK").map((prack) => firstOf(prack, headers.rack))).toMatchObject([
      { responseNumber: 7, sequence: { method: "INVITE", number: 101 } },
      { responseNumber: 8, sequence: { method: "INVITE", number: 101 } },
    ]);
  });

  test("UAC-038 a caller that requires it gets a reliable 180, repeated at T1 doubling until PRACK", async () => {
    const s = scene();
    s.peer.ask("INVITE", {
      sdp: peerSdp(),
      lines: [`Contact: <sip:peer@${peerAddress}>`, "Require: 100rel"],
    });
    await s.wait();
    s.phone.perform({ kind: "ring", call: "sip-1" });
    await s.wait(4000);
    expect(s.peer.kinds).toEqual([180, 180, 180, 180]);
    const ringing = s.peer.responses(180)[0] ?? fail();
    const rseq = firstOf(ringing, headers.responseNumber) ?? 0;
    expect(linesOf(ringing, headers.require)[0]?.value).toBe("100rel");
    s.peer.ask("PRACK", { cseq: 2, toTag: s.ourTag(), lines: [`RAck: ${rseq + 1} 1 INVITE`] });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(481);
    s.peer.ask("PRACK", { cseq: 3, toTag: s.ourTag(), lines: [`RAck: ${rseq} 1 INVITE`] });
    await s.wait(10_000);
    expect(s.peer.kinds.slice(4)).toEqual([481, 200]);
    s.phone.perform({ kind: "answer", call: "sip-1", local });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(200);
  });

  test("UAC-038 without PRACK the call is refused after 64·T1", async () => {
    const s = scene();
    s.peer.ask("INVITE", {
      sdp: peerSdp(),
      lines: [`Contact: <sip:peer@${peerAddress}>`, "Require: 100rel"],
    });
    await s.wait();
    s.phone.perform({ kind: "ring", call: "sip-1" });
    await s.wait(33_000);
    expect(s.peer.kinds).toContain(504);
    expect(s.of("ended")).toMatchObject([{ by: "network", status: 504 }]);
  });
});

describe("session timers (RFC 4028)", () => {
  const now = 0 as MonoMs;

  test("UAC-039 the refresher refreshes at half, the other ends min(32 s, a third) before the end", () => {
    expect(armed(1800, true, now)).toMatchObject({ due: "refresh", at: 900_000 });
    expect(armed(1800, false, now)).toMatchObject({ due: "bye", at: 1_768_000 });
    expect(armed(90, false, now)).toMatchObject({ due: "bye", at: 60_000 });
  });

  test.each([
    ["nothing asked, nothing wanted", noTimerAsked, 0, undefined],
    [
      "asked, refresher left open",
      { ...noTimerAsked, intervalSec: 600, isSupported: true },
      0,
      { intervalSec: 600, refresher: "uac" },
    ],
    [
      "the caller's choice stands",
      { ...noTimerAsked, intervalSec: 600, refresher: "uas" as const, isSupported: true },
      0,
      { intervalSec: 600, refresher: "uas" },
    ],
    ["wanted here, not known there", noTimerAsked, 900, { intervalSec: 900, refresher: "uas" }],
    [
      "never less than Min-SE",
      { ...noTimerAsked, intervalSec: 100, leastSec: 300, isSupported: true },
      0,
      { intervalSec: 300, refresher: "uac" },
    ],
  ])("UAC-039 %s", (_, asked, wanted, expected) => {
    expect(answeredTimer(asked, wanted)).toEqual(expected);
  });

  test("UAC-039 as caller: refreshed at half with the same o= version; a lost refresh ends in BYE in time", async () => {
    const s = scene({ sessionExpiresSec: 120 });
    s.place();
    await s.wait();
    expect(firstOf(s.peer.last("INVITE"), headers.sessionExpires)?.seconds).toBe(120);
    s.peer.answer(s.peer.last("INVITE"), 200, {
      sdp: peerSdp(),
      lines: ["Session-Expires: 120;refresher=uac"],
    });
    await s.wait();
    const first = new TextDecoder().decode(s.peer.last("INVITE").body);
    await s.wait(60_000);
    const refresh = s.peer.last("INVITE");
    expect(new TextDecoder().decode(refresh.body)).toBe(first);
    expect(linesOf(refresh, headers.sessionExpires)[0]?.value).toBe("120;refresher=uac");
    s.peer.answer(refresh, 200, { sdp: peerSdp(), lines: ["Session-Expires: 120;refresher=uac"] });
    await s.wait(60_000);
    const before = s.clock.now();
    await s.wait(40_000);
    expect(s.peer.kinds).toContain("BYE");
    expect(s.of("ended")).toMatchObject([{ by: "network", status: 408 }]);
    expect(s.clock.now() - before).toBe(40_000);
  });

  test("UAC-039 as callee without refresh from there: BYE in time; the 200 says who refreshes", async () => {
    const s = scene();
    await s.upFromThere({
      lines: [`Contact: <sip:peer@${peerAddress}>`, "Supported: timer", "Session-Expires: 90;refresher=uac"],
    });
    const ok = s.peer.responses(200)[0] ?? fail();
    expect(linesOf(ok, headers.sessionExpires)[0]?.value).toBe("90;refresher=uac");
    expect(linesOf(ok, headers.require)[0]?.value).toBe("timer");
    await s.wait(59_000);
    expect(s.peer.kinds).not.toContain("BYE");
    await s.wait(1500);
    expect(s.peer.kinds).toContain("BYE");
  });

  test("UAC-039 422: an interval below 90 s is refused with Min-SE, and one refused there is asked for longer", async () => {
    const s = scene({ sessionExpiresSec: 100 });
    s.peer.ask("INVITE", {
      sdp: peerSdp(),
      lines: [`Contact: <sip:peer@${peerAddress}>`, "Supported: timer", "Session-Expires: 60"],
    });
    await s.wait();
    expect(s.peer.kinds).toEqual([422]);
    expect(firstOf(s.peer.responses(422)[0] ?? fail(), headers.minSessionExpires)?.seconds).toBe(90);
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 422, { lines: ["Min-SE: 300"] });
    await s.wait();
    expect(firstOf(s.peer.last("INVITE"), headers.sessionExpires)?.seconds).toBe(300);
    expect(firstOf(s.peer.last("INVITE"), headers.minSessionExpires)?.seconds).toBe(300);
  });
});

describe("call statistics", () => {
  const figures = {
    id: "x",
    sentPackets: 100,
    sentOctets: 16_000,
    receivedPackets: 98,
    receivedOctets: 15_680,
    lostPackets: 1,
    latePackets: 1,
    discardedPackets: 0,
    playoutDelayMs: 0,
    jitterUnits: 3.6,
    sendingMs: 2049,
    receivingMs: 1999,
    remoteLostPackets: undefined,
    roundTripMs: undefined,
    receivedEncoding: "PCMU",
    sentEncoding: "PCMU",
  };

  test.each([true, false])(
    "STA-001 STA-002 STA-007 in BYE and in the 200 to a BYE, only where wanted: %s",
    async (hasCallStatistics) => {
      const r = rig();
      const peer = new Peer(r.hub, r.clock);
      const phone = startSip({
        runtime: r.runtime,
        sockets: r.hub.host(phoneAddress),
        resolver: r.zone,
        digests,
        settings: {
          ...defaultSettings,
          mac: "00005E005301",
          lines: [line({ proxies: [] })],
          hasCallStatistics,
        },
        signal: r.ended.signal,
        localAddress: () => phoneAddress,
        notify: (notice) => r.notices.push(notice),
        statistics: () => figures,
      });
      const place = (call: string): void =>
        phone.perform({
          kind: "place",
          call,
          line: 1,
          target: `sip:200@${peerAddress}`,
          route: "default",
          local,
          isAnonymous: false,
        });
      place("a");
      await r.clock.advance(50);
      peer.answer(peer.last("INVITE"), 200, { sdp: peerSdp() });
      await r.clock.advance(50);
      phone.perform({ kind: "hang-up", call: "a" });
      await r.clock.advance(50);
      const expected = hasCallStatistics
        ? ["Dur=2,Pkt=98,Oct=15680,LatePkt=1,LostPkt=1,AvgJit=4", "Dur=2,Pkt=100,Oct=16000"]
        : [];
      const found = (message: SipRequest) =>
        [headers.rtpRxStat, headers.rtpTxStat].flatMap((type) =>
          linesOf(message, type).map(({ value }) => value),
        );
      expect(found(peer.last("BYE"))).toEqual(expected);
    },
  );
});

function fail(): never {
  throw new Error("it was sent");
}
