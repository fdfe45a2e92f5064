// An engine on a bench: ticks of 20 ms, packets in and out as values, and a peer whose packets a test writes.
import { createMediaEngine } from "#firmware/media/engine.ts";
import { aLaw, muLaw } from "#firmware/media/g711.ts";
import { type RtcpPacket, rtcpCompound } from "#firmware/media/rtcp.ts";
import { type RtpPacket, rtpPacket } from "#firmware/media/rtp.ts";
import { decode, encode } from "#firmware/wire/field.ts";
import type {
  MediaCommand,
  MediaEngine,
  MediaOutput,
  MediaPacket,
  MediaReport,
  StreamSpec,
  StreamStatistics,
} from "#hal/contract/media.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

export const pcmu = { payloadType: 0, encoding: "PCMU", clockRateHz: 8000 };
export const pcma = { payloadType: 8, encoding: "PCMA", clockRateHz: 8000 };
export const events = { payloadType: 101, encoding: "telephone-event", clockRateHz: 8000 };

export const peer: Endpoint = { address: "192.0.2.20", port: 4000 };

/** A call in G.711 µ-law with digits as events, both ways. */
export const call: StreamSpec = {
  id: "call",
  portsId: 1,
  remote: peer,
  remoteRtcp: undefined,
  direction: "sendrecv",
  send: pcmu,
  receive: [pcmu, pcma, events],
  telephoneEvent: events,
  packetMs: 20,
  hasSilenceSuppression: false,
};

/** A sine, as a microphone would give it; goes on where the sample count stands. */
export function sine(hz: number, amplitude: number, count: number, from = 0): Int16Array {
  return Int16Array.from({ length: count }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * (from + i)) / 8000)),
  );
}

export class EngineRig {
  readonly engine: MediaEngine;
  /** Time of the next tick. */
  now = 0 as MonoMs; // the bench's own clock
  readonly reports: MediaReport[] = [];
  readonly sent: MediaPacket[] = [];
  readonly played: Int16Array[] = [];
  #commands: MediaCommand[] = [];
  #packets: MediaPacket[] = [];
  #ticks = 0;

  constructor(seed = 1) {
    this.engine = createMediaEngine({ sampleRateHz: 8000, random: createSeededRandom(seed) });
  }

  command(...commands: MediaCommand[]): void {
    this.#commands.push(...commands);
  }

  /** A call that is listened to. */
  connect(more: Partial<StreamSpec> = {}): void {
    this.command(
      { kind: "stream", spec: { ...call, ...more } },
      { kind: "listen", ids: [more.id ?? call.id] },
    );
  }

  /** Something arrives before the next tick. */
  receive(bytes: Uint8Array, more: Partial<MediaPacket> = {}): void {
    this.#packets.push({ portsId: 1, isRtcp: false, peer, bytes, at: later(this.now, -3), ...more });
  }

  /** One step with 20 ms of sound, silence unless told. */
  tick(captured: Int16Array | undefined = new Int16Array(160)): MediaOutput {
    const output = this.engine.step({
      now: this.now,
      commands: this.#commands,
      packets: this.#packets,
      refusedPorts: [],
      captured,
    });
    this.#commands = [];
    this.#packets = [];
    this.reports.push(...output.reports);
    this.sent.push(...output.packets);
    if (output.played !== undefined) this.played.push(output.played);
    this.#ticks++;
    this.now = later(0 as MonoMs, this.#ticks * 20); // the bench's own clock
    return output;
  }

  ticks(count: number, microphone?: (tick: number) => Int16Array): void {
    for (let i = 0; i < count; i++) this.tick(microphone?.(i));
  }

  /** RTP sent so far, decoded. */
  rtp(): readonly RtpPacket[] {
    return this.sent.filter((packet) => !packet.isRtcp).map(({ bytes }) => decode("rtp", rtpPacket, bytes));
  }

  rtcp(): readonly (readonly RtcpPacket[])[] {
    return this.sent
      .filter((packet) => packet.isRtcp)
      .map(({ bytes }) => decode("rtcp", rtcpCompound, bytes));
  }

  /** Everything played, in one piece. */
  heard(fromTick = 0): Int16Array {
    return joined(this.played.slice(fromTick));
  }

  /** The newest statistics of a stream. */
  statistics(id = call.id): StreamStatistics {
    const newest = this.reports.findLast(
      (report) => report.kind === "statistics" && report.statistics.id === id,
    );
    if (newest?.kind !== "statistics") throw new Error(`no statistics of ${id} yet`);
    return newest.statistics;
  }
}

export function joined(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A peer that sends: sequence, timestamp and source as a test wants them. */
export class Peer {
  sequence: number;
  timestamp: number;
  ssrc: number;

  constructor(options: { sequence?: number; timestamp?: number; ssrc?: number } = {}) {
    this.sequence = options.sequence ?? 100;
    this.timestamp = options.timestamp ?? 5000;
    this.ssrc = options.ssrc ?? 0xabcd0001;
  }

  /** The next packet; `samples` as µ-law (or A-law for payload type 8). */
  sound(samples: Int16Array, more: Partial<RtpPacket> = {}): Uint8Array {
    const payload = (more.payloadType === 8 ? aLaw : muLaw).encode(samples);
    const bytes = this.packet(payload, more);
    this.timestamp = (this.timestamp + samples.length) >>> 0;
    return bytes;
  }

  /** The next packet with any payload; the timestamp stays. */
  packet(payload: Uint8Array, more: Partial<RtpPacket> = {}): Uint8Array {
    const bytes = encode(rtpPacket, {
      marker: false,
      payloadType: 0,
      sequence: this.sequence,
      timestamp: this.timestamp,
      ssrc: this.ssrc,
      csrcs: [],
      extension: undefined,
      payload,
      ...more,
    });
    this.sequence = (this.sequence + 1) & 0xffff;
    return bytes;
  }
}
