// RTCP of a call: what we report, what the peer reports of us, and the end.
import { describe, expect, test } from "vitest";
import { roundTripMs } from "#firmware/media/reports.ts";
import { type ReportBlock, type RtcpPacket, rtcpCompound } from "#firmware/media/rtcp.ts";
import { decode, encode } from "#firmware/wire/field.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { vector } from "#test/vectors/load.ts";
import { call, EngineRig, Peer, peer, sine } from "./engine-rig.ts";

const block = (more: Partial<ReportBlock>): ReportBlock => ({
  ssrc: 0,
  fractionLost: 0,
  cumulativeLost: 0,
  highestSequence: 0,
  jitterUnits: 0,
  lastSenderReport: 0,
  delaySinceSenderReportMs: 0,
  ...more,
});

describe("our reports", () => {
  test("COD-008 sender reports come every 5 s or so, at the RTCP port, with CNAME, and count what was sent", () => {
    const rig = new EngineRig();
    rig.connect();
    rig.ticks(3000, (i) => sine(440, 8000, 160, i * 160));
    const control = rig.sent.filter(({ isRtcp }) => isRtcp);
    expect(control.length).toBeGreaterThan(8);
    expect(control.length).toBeLessThan(25);
    expect(control.every((packet) => packet.peer.port === peer.port + 1)).toBe(true);
    const spans = control.slice(1).map(({ at }, i) => at - (control[i]?.at ?? 0));
    expect(Math.min(...spans)).toBeGreaterThanOrEqual(2500 / 1.21829);
    expect(Math.max(...spans)).toBeLessThanOrEqual(7500 / 1.21828 + 20);
    const [report, description] = rig.rtcp()[0] ?? [];
    if (report?.kind !== "senderReport" || description?.kind !== "description")
      throw new Error("SR and SDES");
    const first = rig.rtp()[0];
    const seconds = (control[0]?.at ?? 0) / 1000;
    expect(report.ssrc).toBe(first?.ssrc);
    expect(report.sender.packets).toBe(Math.round(seconds * 50) + 1);
    expect(report.sender.octets).toBe(report.sender.packets * 160);
    expect(report.sender.ntpSeconds + report.sender.ntpFraction / 2 ** 32).toBeCloseTo(seconds, 3);
    // The timestamp that belongs to that moment, on the line of the sound's timestamps.
    expect((report.sender.rtpTimestamp - (first?.timestamp ?? 0)) >>> 0).toBe(report.sender.packets * 160);
    expect(description.chunks[0]?.items).toEqual([
      { type: 1, text: expect.stringMatching(/^[0-9a-f]{24}$/) },
    ]);
  });

  test("who only listens sends receiver reports", () => {
    const rig = new EngineRig();
    rig.connect({ direction: "recvonly" });
    rig.ticks(500);
    expect(rig.rtcp().length).toBeGreaterThan(0);
    expect(rig.rtcp().every(([first]) => first?.kind === "receiverReport")).toBe(true);
  });

  test("the block about the peer holds its losses, its highest number and its last sender report", () => {
    const rig = new EngineRig();
    rig.connect();
    const remote = new Peer({ sequence: 65_530 });
    const senderReport: RtcpPacket = {
      kind: "senderReport",
      ssrc: remote.ssrc,
      sender: { ntpSeconds: 0x1111_2222, ntpFraction: 0x3333_4444, rtpTimestamp: 1, packets: 1, octets: 160 },
      reports: [],
      extension: new Uint8Array(0),
    };
    rig.receive(encode(rtcpCompound, [senderReport]), { isRtcp: true, at: later(rig.now, 0) });
    for (let i = 0; i < 500; i++) {
      const bytes = remote.sound(new Int16Array(160));
      if (i % 4 !== 3) rig.receive(bytes);
      rig.tick();
    }
    const at = rig.sent.find(({ isRtcp }) => isRtcp)?.at ?? 0;
    const [first] = rig.rtcp()[0] ?? [];
    if (first?.kind !== "senderReport") throw new Error("a sender report");
    expect(first.reports).toHaveLength(1);
    const seen = first.reports[0] as ReportBlock; // just counted
    const arrived = at / 20 + 1; // packets the peer had sent by then
    expect(seen.ssrc).toBe(remote.ssrc);
    expect(seen.lastSenderReport).toBe(0x2222_3333);
    expect(seen.delaySinceSenderReportMs).toBeCloseTo(at, 0);
    expect(seen.highestSequence).toBeGreaterThanOrEqual(65_530 + arrived - 2);
    expect(seen.cumulativeLost).toBe(Math.floor((seen.highestSequence - 65_530 + 1) / 4));
    expect(seen.fractionLost).toBeCloseTo(0.25, 1);
  });

  test("a stream that ends says BYE; one that never sent anything does not", () => {
    const rig = new EngineRig();
    rig.connect();
    rig.ticks(5);
    rig.command({ kind: "end-stream", id: "call" });
    rig.tick();
    const last = rig
      .rtcp()
      .at(-1)
      ?.map(({ kind }) => kind);
    expect(last).toEqual(["senderReport", "description", "bye"]);

    const mute = new EngineRig();
    mute.connect({ direction: "recvonly" });
    mute.ticks(5);
    mute.command({ kind: "end-stream", id: "call" });
    mute.tick();
    expect(mute.sent).toEqual([]);
  });

  test("RTCP goes where the description says, or nowhere", () => {
    const elsewhere = { address: "192.0.2.77", port: 9001 };
    const rig = new EngineRig();
    rig.connect({ remoteRtcp: elsewhere });
    rig.ticks(300);
    expect(rig.sent.filter(({ isRtcp }) => isRtcp).every((packet) => packet.peer === elsewhere)).toBe(true);
    const nowhere = new EngineRig();
    nowhere.connect({ remote: undefined });
    nowhere.ticks(300);
    expect(nowhere.sent).toEqual([]);
  });
});

describe("the peer's reports", () => {
  test("its losses and the round trip", () => {
    const rig = new EngineRig();
    rig.connect();
    rig.ticks(500, () => sine(440, 8000, 160));
    const [ours] = rig.rtcp()[0] ?? [];
    if (ours?.kind !== "senderReport") throw new Error("a sender report");
    const sentAt = rig.sent.find(({ isRtcp }) => isRtcp)?.at ?? 0;
    const middle = ((ours.sender.ntpSeconds & 0xffff) * 65536 + (ours.sender.ntpFraction >>> 16)) >>> 0;
    const reports = [
      block({ ssrc: 1, cumulativeLost: 99 }),
      block({ ssrc: ours.ssrc, cumulativeLost: 7, lastSenderReport: middle, delaySinceSenderReportMs: 1000 }),
    ];
    const answer: RtcpPacket = { kind: "receiverReport", ssrc: 5, reports, extension: new Uint8Array(0) };
    rig.receive(encode(rtcpCompound, [answer]), { isRtcp: true, at: (sentAt + 1034) as MonoMs }); // on the rig's clock
    rig.ticks(60);
    expect(rig.statistics().remoteLostPackets).toBe(7);
    expect(rig.statistics().roundTripMs).toBeCloseTo(34, 1);
  });

  test("the round trip of two real packets: sent by baresip, answered by Asterisk 6.255 ms later", () => {
    const [sent] = decode("rtcp", rtcpCompound, vector("rtp/control", "baresip-sender-report").bytes);
    const [answer] = decode("rtcp", rtcpCompound, vector("rtp/control", "asterisk-sender-report").bytes);
    if (sent?.kind !== "senderReport" || answer?.kind !== "senderReport") throw new Error("two reports");
    const { ntpSeconds, ntpFraction } = sent.sender;
    const arrivalMs = (ntpSeconds + ntpFraction / 2 ** 32) * 1000 + 6.255;
    // DLSR 0x189 is 5.997 ms.
    expect(roundTripMs(arrivalMs as MonoMs, answer.reports[0] ?? block({}))).toBeCloseTo(0.26, 1); // as if on its clock
  });

  test("reports count as a sign of life", () => {
    const rig = new EngineRig();
    rig.connect();
    const alive: RtcpPacket = { kind: "receiverReport", ssrc: 5, reports: [], extension: new Uint8Array(0) };
    for (let i = 0; i < 500; i++) {
      if (i % 100 === 0) rig.receive(encode(rtcpCompound, [alive]), { isRtcp: true });
      rig.tick();
    }
    expect(rig.reports.filter(({ kind }) => kind === "silent")).toEqual([]);
    expect(call.remoteRtcp).toBeUndefined();
  });
});
