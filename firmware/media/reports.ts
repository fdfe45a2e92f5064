// The RTCP half of a stream: sends reports and BYE, keeps what the peer reports (RFC 3550 §6). Two parties only, so
// without timer reconsideration ("MAY omit", §6.3), but with its randomised interval.
import { decode, encode } from "#firmware/wire/field.ts";
import type { Random } from "#hal/contract/random.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { Receiver } from "./receiver.ts";
import { type ReportBlock, type RtcpPacket, rtcpCompound, type SenderInfo, sdesItems } from "./rtcp.ts";
import { averageWith, headerOctets, reportIntervalMs, telephoneBandwidth } from "./rtcp-interval.ts";
import type { Sender } from "./sender.ts";

/** A report with one block and a CNAME: "the probable size of the first RTCP packet". */
const firstOctets = 84 + headerOctets;

/** The monotonic clock as an NTP time: "it may use its time since joining the session" (§6.4.1). */
function ntpOf(at: MonoMs): Pick<SenderInfo, "ntpSeconds" | "ntpFraction"> {
  const seconds = Math.floor(at / 1000);
  return {
    ntpSeconds: seconds % 0x1_0000_0000,
    ntpFraction: Math.floor((at / 1000 - seconds) * 0x1_0000_0000),
  };
}

/** "the middle 32 bits out of 64 in the NTP timestamp" */
function middleOf(ntp: Pick<SenderInfo, "ntpSeconds" | "ntpFraction">): number {
  return (ntp.ntpSeconds % 0x1_0000) * 0x1_0000 + Math.floor(ntp.ntpFraction / 0x1_0000);
}

/** Round trip by §6.4.1: "(A - LSR - DLSR)", all modulo 2³² in units of 1/65536 s. */
export function roundTripMs(
  at: MonoMs,
  block: Pick<ReportBlock, "lastSenderReport" | "delaySinceSenderReportMs">,
): number {
  const arrival = middleOf(ntpOf(at));
  const delay = Math.round((block.delaySinceSenderReportMs * 65536) / 1000);
  const units = (arrival - block.lastSenderReport - delay) | 0;
  // Clocks are read with a finite step: a round trip just below zero is none.
  return Math.max(0, (units * 1000) / 65536);
}

export class Reports {
  readonly #random: Random;
  readonly #cname: string;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  #averageOctets = firstOctets;
  #hasSent = false;
  #dueAt: MonoMs;
  #peerReport: { readonly middle: number; readonly at: MonoMs } | undefined;
  #remoteLost: number | undefined;
  #roundTripMs: number | undefined;
  #heardAt: MonoMs | undefined;

  constructor(options: {
    readonly random: Random;
    readonly cname: string;
    readonly sender: Sender;
    readonly receiver: Receiver;
    readonly now: MonoMs;
  }) {
    this.#random = options.random;
    this.#cname = options.cname;
    this.#sender = options.sender;
    this.#receiver = options.receiver;
    this.#dueAt = this.#next(options.now);
  }

  /** Packets the peer has not got, as its newest report says; undefined without one. */
  get remoteLost(): number | undefined {
    return this.#remoteLost;
  }

  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** When the peer's newest RTCP packet came. */
  get heardAt(): MonoMs | undefined {
    return this.#heardAt;
  }

  /** One datagram of the RTCP port. Throws WireError. */
  accept(bytes: Uint8Array, at: MonoMs): void {
    const packets = decode("rtcp", rtcpCompound, bytes);
    this.#heardAt = at;
    this.#averageOctets = averageWith(this.#averageOctets, bytes.length);
    for (const packet of packets) this.#take(packet, at);
  }

  /** The report that is due by `now`, or undefined. */
  due(now: MonoMs): Uint8Array | undefined {
    if (now < this.#dueAt) return undefined;
    const bytes = encode(rtcpCompound, this.#compound(now));
    this.#averageOctets = averageWith(this.#averageOctets, bytes.length);
    this.#hasSent = true;
    this.#sender.reported();
    this.#dueAt = this.#next(now);
    return bytes;
  }

  /** The last packet; undefined when nothing was ever sent: then "MUST NOT send a BYE packet when they leave" (§6.3.7). */
  bye(now: MonoMs): Uint8Array | undefined {
    if (!this.#hasSent && this.#sender.sentPackets === 0) return undefined;
    return encode(rtcpCompound, [
      ...this.#compound(now),
      { kind: "bye", ssrcs: [this.#sender.ssrc], reason: undefined },
    ]);
  }

  #next(now: MonoMs): MonoMs {
    const hasSent = this.#sender.hasSentLately();
    const isPeerThere = this.#receiver.source !== undefined;
    const session = {
      members: isPeerThere ? 2 : 1,
      senders: (hasSent ? 1 : 0) + (isPeerThere ? 1 : 0),
      bandwidth: telephoneBandwidth,
      hasSent,
      averageOctets: this.#averageOctets,
      isInitial: !this.#hasSent,
    };
    return later(now, reportIntervalMs(session, this.#random));
  }

  #compound(now: MonoMs): RtcpPacket[] {
    const { ssrc } = this.#sender;
    const common = { ssrc, reports: this.#blocks(now), extension: new Uint8Array(0) };
    const sender: SenderInfo = {
      ...ntpOf(now),
      rtpTimestamp: this.#sender.timestampNow,
      packets: this.#sender.sentPackets % 0x1_0000_0000,
      octets: this.#sender.sentOctets % 0x1_0000_0000,
    };
    return [
      this.#sender.hasSentLately()
        ? { kind: "senderReport", sender, ...common }
        : { kind: "receiverReport", ...common },
      { kind: "description", chunks: [{ ssrc, items: [{ type: sdesItems.cname, text: this.#cname }] }] },
    ];
  }

  #blocks(now: MonoMs): readonly ReportBlock[] {
    const source = this.#receiver.source;
    if (source === undefined) return [];
    const { sequence } = source;
    const lost = sequence.expected - sequence.received;
    const peer = this.#peerReport;
    return [
      {
        ssrc: source.ssrc,
        fractionLost: sequence.takeFractionLost(),
        // "clamped at 0x7fffff for positive loss or 0x800000 for negative loss rather than wrapping around"
        cumulativeLost: Math.max(-0x80_0000, Math.min(0x7f_ffff, lost)),
        highestSequence: sequence.highest % 0x1_0000_0000,
        jitterUnits: this.#receiver.jitterUnits,
        lastSenderReport: peer?.middle ?? 0,
        delaySinceSenderReportMs: peer === undefined ? 0 : now - peer.at,
      },
    ];
  }

  #take(packet: RtcpPacket, at: MonoMs): void {
    switch (packet.kind) {
      case "senderReport":
      case "receiverReport":
        if (packet.kind === "senderReport") this.#peerReport = { middle: middleOf(packet.sender), at };
        for (const block of packet.reports) {
          if (block.ssrc !== this.#sender.ssrc) continue;
          this.#remoteLost = block.cumulativeLost;
          if (block.lastSenderReport !== 0) this.#roundTripMs = roundTripMs(at, block);
        }
        return;
      case "bye": // the call control hears of the end from the signalling
      case "description":
      case "app":
      case "unknown":
        return;
    }
  }
}
