// One stream as negotiated: its sending and receiving halves, its RTCP, and what it has to report.
import { decode } from "#firmware/wire/field.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type {
  MediaDirection,
  MediaPacket,
  MediaReport,
  StreamSpec,
  StreamStatistics,
} from "#hal/contract/media.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { ReceivedEvent } from "./digit-receiver.ts";
import { Receiver } from "./receiver.ts";
import { Reports } from "./reports.ts";
import { rtpPacket } from "./rtp.ts";
import { Sender } from "./sender.ts";
import { digitOfEvent } from "./telephone-event.ts";

/** Silence of the peer is reported after so long, and again after every further such time. */
const silentEveryMs = 5000;
/** Errors of the network are told this often at most. */
const refusedEveryMs = 1000;
/** Statistics of a running stream are reported so often. */
const statisticsEveryMs = 1000;

const receives = (direction: MediaDirection): boolean => direction === "sendrecv" || direction === "recvonly";

export class MediaStream {
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #reports: Reports;
  #spec: StreamSpec;
  #statisticsAt: MonoMs;
  /** Since when sound is expected: the beginning, the last packet, or the last time it was reported missing. */
  #expectedSince: MonoMs;
  #silentSince: MonoMs;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #hasFirst = false;
  #malformed = 0;

  constructor(options: {
    readonly spec: StreamSpec;
    readonly sampleRateHz: number;
    readonly random: Random;
    readonly cname: string;
    readonly now: MonoMs;
  }) {
    const { spec, now } = options;
    this.#spec = spec;
    this.#sender = new Sender(options);
    this.#receiver = new Receiver(options);
    this.#receiver.configure(spec.receive, spec.remote);
    this.#reports = new Reports({ ...options, sender: this.#sender, receiver: this.#receiver });
    this.#statisticsAt = later(now, statisticsEveryMs);
    this.#expectedSince = now;
    this.#silentSince = now;
  }

  get spec(): StreamSpec {
    return this.#spec;
  }

  /** Takes over a newer description of the same stream. */
  configure(spec: StreamSpec, now: MonoMs): void {
    const didReceive = receives(this.#spec.direction);
    this.#spec = spec;
    this.#sender.configure(spec);
    this.#receiver.configure(spec.receive, spec.remote);
    if (receives(spec.direction) === didReceive) return;
    this.#receiver.pause();
    this.#expectedSince = now;
    this.#silentSince = now;
  }

  press(digit: string, durationMs: number | undefined): void {
    this.#sender.press(digit, durationMs);
  }

  release(): void {
    this.#sender.release();
  }

  /** One datagram of the stream's ports. */
  accept(packet: MediaPacket): readonly MediaReport[] {
    try {
      if (packet.isRtcp) {
        this.#reports.accept(packet.bytes, packet.at);
        return [];
      }
      // "RTP can go on arriving at the closed receive port … discard it silently" (reference sccp 5.11).
      if (!receives(this.#spec.direction)) return [];
      return this.#sound(packet);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#malformed++;
      return [];
    }
  }

  /** The network would not carry this stream's packets. */
  refused(now: MonoMs): readonly MediaReport[] {
    if (now - this.#refusedAt < refusedEveryMs) return [];
    this.#refusedAt = now;
    return [{ kind: "refused", id: this.#spec.id }];
  }

  #sound(packet: MediaPacket): readonly MediaReport[] {
    const before = this.#receiver.figures().packets;
    const arrival = { packet: decode("rtp", rtpPacket, packet.bytes), from: packet.peer, at: packet.at };
    const reports = this.#digits(this.#receiver.accept(arrival));
    if (this.#receiver.figures().packets > before) {
      this.#expectedSince = packet.at;
      this.#silentSince = packet.at;
      if (!this.#hasFirst) reports.unshift({ kind: "first-packet", id: this.#spec.id });
      this.#hasFirst = true;
    }
    return reports;
  }

  /** The next samples of the peer. Nothing comes where the direction does not let it. */
  take(count: number, now: MonoMs): Int16Array {
    return this.#receiver.take(count, now);
  }

  /** Samples for the peer; `isHeard` is false while this stream is not the one that is listened to. */
  push(samples: Int16Array, isHeard: boolean, now: MonoMs): readonly MediaPacket[] {
    const datagrams = this.#sender.push(samples, isHeard, now);
    const peer = this.#spec.remote;
    if (peer === undefined) return [];
    return datagrams.map((bytes) => ({ portsId: this.#spec.portsId, isRtcp: false, peer, bytes, at: now }));
  }

  /** What is due by the clock: RTCP, lost ends of digits, silence, statistics. */
  tick(now: MonoMs): { readonly packets: readonly MediaPacket[]; readonly reports: readonly MediaReport[] } {
    const reports = this.#digits(this.#receiver.tick(now));
    if (receives(this.#spec.direction) && now - this.#expectedSince >= silentEveryMs) {
      this.#expectedSince = now;
      const heardAt = this.#reports.heardAt ?? this.#silentSince;
      const silentMs = now - Math.max(heardAt, this.#silentSince);
      if (silentMs >= silentEveryMs) reports.push({ kind: "silent", id: this.#spec.id, silentMs });
    }
    if (now >= this.#statisticsAt) {
      this.#statisticsAt = later(now, statisticsEveryMs);
      reports.push({ kind: "statistics", statistics: this.statistics(now), isFinal: false });
    }
    return { packets: this.#toRtcp(this.#reports.due(now), now), reports };
  }

  /** The stream is over: the last RTCP packet and the final figures. */
  end(now: MonoMs): { readonly packets: readonly MediaPacket[]; readonly reports: readonly MediaReport[] } {
    return {
      packets: this.#toRtcp(this.#reports.bye(now), now),
      reports: [{ kind: "statistics", statistics: this.statistics(now), isFinal: true }],
    };
  }

  statistics(now: MonoMs): StreamStatistics {
    const received = this.#receiver.figures();
    const sender = this.#sender;
    const since = (began: number | undefined): number => (began === undefined ? 0 : now - began);
    return {
      id: this.#spec.id,
      sentPackets: sender.sentPackets,
      sentOctets: sender.sentOctets,
      receivedPackets: received.packets,
      receivedOctets: received.octets,
      lostPackets: received.lost,
      latePackets: received.late,
      discardedPackets: received.discarded + this.#malformed,
      jitterUnits: received.jitterUnits,
      sendingMs: since(sender.beganAt),
      receivingMs: since(received.beganAt),
      remoteLostPackets: this.#reports.remoteLost,
      roundTripMs: this.#reports.roundTripMs,
      playoutDelayMs: this.#receiver.queuedMs,
      receivedEncoding: received.encoding,
      sentEncoding: sender.encoding,
    };
  }

  #digits(events: readonly ReceivedEvent[]): MediaReport[] {
    const reports: MediaReport[] = [];
    for (const { event, durationMs } of events) {
      const digit = digitOfEvent(event);
      if (digit !== undefined) reports.push({ kind: "digit", id: this.#spec.id, digit, durationMs });
    }
    return reports;
  }

  #toRtcp(bytes: Uint8Array | undefined, now: MonoMs): readonly MediaPacket[] {
    const peer = rtcpPeer(this.#spec);
    if (bytes === undefined || peer === undefined) return [];
    return [{ portsId: this.#spec.portsId, isRtcp: true, peer, bytes, at: now }];
  }
}

/** Where RTCP goes; undefined while nothing is to be sent at all. */
function rtcpPeer(spec: StreamSpec): Endpoint | undefined {
  if (spec.remoteRtcp !== undefined) return spec.remoteRtcp;
  if (spec.remote === undefined || spec.remote.port === 0) return undefined;
  return { address: spec.remote.address, port: spec.remote.port + 1 };
}
