// The receiving half of a stream: RTP packets in any order in, sound, digits and statistics out. One source counts at
// a time; another one takes over when it has shown itself (RFC 3550 A.1), so that neither a stray packet nor a peer
// that starts anew costs any sound.
import { decode } from "#firmware/wire/field.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { PayloadFormat } from "#hal/contract/media.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { type Meaning, meaningOf } from "./codec.ts";
import { comfortNoise, comfortNoiseType, oldComfortNoiseType } from "./comfort-noise.ts";
import { DigitReceiver, type ReceivedEvent } from "./digit-receiver.ts";
import { JitterEstimate } from "./jitter.ts";
import { Playout } from "./playout.ts";
import type { RtpPacket } from "./rtp.ts";
import { SequenceTracker, Unwrapper } from "./sequence.ts";
import { telephoneEvents } from "./telephone-event.ts";

const noise: Meaning = { kind: "noise", clockRateHz: 8000 };

/** A packet, where it came from, when. */
interface Arrival {
  readonly packet: RtpPacket;
  readonly from: Endpoint;
  readonly at: MonoMs;
}

/** The source that counts. */
interface Source {
  readonly ssrc: number;
  readonly from: Endpoint;
  readonly sequence: SequenceTracker;
  readonly timestamps: Unwrapper;
}

/** Figures since the stream began, over all its sources. */
export interface ReceptionFigures {
  readonly packets: number;
  readonly octets: number;
  readonly lost: number;
  readonly late: number;
  readonly jitterUnits: number;
  readonly beganAt: MonoMs | undefined;
  readonly lastAt: MonoMs | undefined;
  readonly encoding: string | undefined;
  /** Not RTP, unknown payload types, packets of sources that do not count. */
  readonly discarded: number;
}

export class Receiver {
  readonly #sampleRateHz: number;
  readonly #playout: Playout;
  readonly #digits = new DigitReceiver(8000);
  readonly #jitter = new JitterEstimate();
  #meanings: ReadonlyMap<number, Meaning> = new Map();
  #decoders = new Map<number, (payload: Uint8Array) => Int16Array>();
  #expected: Endpoint | undefined;
  #source: Source | undefined;
  /** The first packet of a source that may take over. */
  #candidate: Arrival | undefined;
  #packets = 0;
  #octets = 0;
  #late = 0;
  #lostBefore = 0;
  #discarded = 0;
  #beganAt: MonoMs | undefined;
  #lastAt: MonoMs | undefined;
  #encoding: string | undefined;

  constructor(options: { readonly sampleRateHz: number; readonly random: Random }) {
    this.#sampleRateHz = options.sampleRateHz;
    this.#playout = new Playout(options);
  }

  /** The source that is heard now. */
  get source(): { readonly ssrc: number; readonly sequence: SequenceTracker } | undefined {
    return this.#source;
  }

  get jitterUnits(): number {
    return this.#jitter.units;
  }

  get queuedMs(): number {
    return this.#playout.queuedMs;
  }

  figures(): ReceptionFigures {
    return {
      packets: this.#packets,
      octets: this.#octets,
      lost: this.#lostBefore + (this.#source?.sequence.missing ?? 0),
      late: this.#late,
      jitterUnits: this.#jitter.units,
      beganAt: this.#beganAt,
      lastAt: this.#lastAt,
      encoding: this.#encoding,
      discarded: this.#discarded,
    };
  }

  /** What may arrive, and from whom it is expected (anybody else is heard too, while that one is not). */
  configure(formats: readonly PayloadFormat[], expected: Endpoint | undefined): void {
    const meanings = new Map<number, Meaning>([
      [comfortNoiseType, noise],
      [oldComfortNoiseType, noise],
    ]);
    for (const format of formats) {
      const meaning = meaningOf(format, this.#sampleRateHz);
      if (meaning !== undefined) meanings.set(format.payloadType, meaning);
    }
    this.#meanings = meanings;
    this.#decoders = new Map();
    this.#expected = expected;
  }

  /** Nothing is wanted for a while: what comes then will be a new beginning, not a loss. */
  pause(): void {
    this.#forgetSource();
  }

  /** One RTP packet. Returns digits that ended. */
  accept(arrival: Arrival): readonly ReceivedEvent[] {
    const meaning = this.#meanings.get(arrival.packet.payloadType);
    if (meaning === undefined) {
      this.#discarded++;
      return [];
    }
    const source = this.#source;
    if (source === undefined) return this.#begin([arrival]);
    if (source.ssrc === arrival.packet.ssrc) {
      this.#candidate = undefined;
      return this.#count(source, arrival, meaning);
    }
    return this.#consider(source, arrival);
  }

  /** The next `count` samples of the peer's sound. */
  take(count: number, at: MonoMs): Int16Array {
    return this.#playout.take(count, at);
  }

  /** Ends a digit whose end got lost. */
  tick(now: MonoMs): readonly ReceivedEvent[] {
    return this.#digits.tick(now);
  }

  /** Another source than the present one sent something. */
  #consider(source: Source, arrival: Arrival): readonly ReceivedEvent[] {
    const before = this.#candidate;
    const isSecond =
      before !== undefined &&
      before.packet.ssrc === arrival.packet.ssrc &&
      ((before.packet.sequence + 1) & 0xffff) === arrival.packet.sequence;
    const isExpected =
      this.#expected !== undefined &&
      isSame(arrival.from, this.#expected) &&
      !isSame(source.from, this.#expected);
    if (before !== undefined && isSecond) return this.#begin([before, arrival]);
    if (isExpected) return this.#begin([arrival]);
    this.#candidate = arrival;
    this.#discarded++;
    return [];
  }

  #begin(arrivals: readonly Arrival[]): readonly ReceivedEvent[] {
    const first = arrivals[0];
    if (first === undefined) return [];
    if (arrivals.length > 1) this.#discarded--; // the first one was kept, and counts now
    const ended = [...this.#forgetSource()];
    const source: Source = {
      ssrc: first.packet.ssrc,
      from: first.from,
      sequence: new SequenceTracker(first.packet.sequence),
      timestamps: new Unwrapper(),
    };
    this.#source = source;
    for (const arrival of arrivals) {
      const meaning = this.#meanings.get(arrival.packet.payloadType);
      if (meaning !== undefined) ended.push(...this.#count(source, arrival, meaning));
    }
    return ended;
  }

  #forgetSource(): readonly ReceivedEvent[] {
    this.#lostBefore += this.#source?.sequence.missing ?? 0;
    this.#source = undefined;
    this.#candidate = undefined;
    this.#jitter.restart();
    this.#playout.restart();
    return this.#digits.restart();
  }

  #count(source: Source, { packet, at }: Arrival, meaning: Meaning): readonly ReceivedEvent[] {
    const lostBefore = source.sequence.missing;
    const verdict = source.sequence.update(packet.sequence);
    if (verdict.kind === "jump") {
      this.#discarded++;
      return [];
    }
    this.#packets++;
    this.#octets += packet.payload.length;
    this.#beganAt ??= at;
    this.#lastAt = at;
    if (verdict.kind === "duplicate") return [];
    if (verdict.isRestart) {
      this.#lostBefore += lostBefore;
      this.#jitter.restart();
      this.#playout.restart();
    }
    this.#jitter.add((at * meaning.clockRateHz) / 1000, packet.timestamp);
    try {
      return this.#use(source, packet, meaning, at);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#discarded++;
      return [];
    }
  }

  #use(source: Source, packet: RtpPacket, meaning: Meaning, at: MonoMs): readonly ReceivedEvent[] {
    const { payload, payloadType, timestamp, marker } = packet;
    const position = source.timestamps.next(timestamp) * (this.#sampleRateHz / meaning.clockRateHz);
    switch (meaning.kind) {
      case "digits": {
        const events = decode("event", telephoneEvents, payload);
        this.#playout.put({ position, marker: false, content: { kind: "silence" } }, at);
        return this.#digits.add(timestamp, events, at);
      }
      case "noise": {
        const content = { kind: "noise", noise: decode("noise", comfortNoise, payload) } as const;
        this.#playout.put({ position, marker, content }, at);
        return [];
      }
      case "sound": {
        const { codec } = meaning;
        this.#encoding = codec.encoding;
        const decoder = this.#decoders.get(payloadType) ?? codec.decoder();
        this.#decoders.set(payloadType, decoder);
        const samples = codec.samplesIn(payload);
        const content = { kind: "sound", samples, decode: () => decoder(payload) } as const;
        if (this.#playout.put({ position, marker, content }, at) === "late") this.#late++;
        return [];
      }
    }
  }
}

const isSame = (a: Endpoint, b: Endpoint): boolean => a.address === b.address && a.port === b.port;
