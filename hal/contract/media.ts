// The media host: where the media engine runs (inline in virtual time, a worker thread on a device), and the
// values that cross. Everything here can be cloned between threads.
import type { Endpoint, Marking } from "./sockets.ts";
import type { Stream } from "./stream.ts";
import type { MonoMs } from "./time.ts";

/** A bound pair of RTP and RTCP sockets. */
export interface RtpPorts {
  readonly id: number;
  /** Even; RTCP is the next one (RFC 3550 §11). */
  readonly rtpPort: number;
}

export interface PortRange {
  /** First and last port that may be taken. */
  readonly first: number;
  readonly last: number;
  readonly marking: Marking;
}

/** One payload format as negotiated. */
export interface PayloadFormat {
  /** 0–127. */
  readonly payloadType: number;
  /** Encoding name as in SDP (RFC 3551 §6): `PCMU`, `PCMA`, `G722`, `telephone-event`, `CN` … */
  readonly encoding: string;
  readonly clockRateHz: number;
}

export type MediaDirection = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** SRTP keys of one direction (RFC 3711, RFC 4568). Never logged. */
export interface SrtpKey {
  readonly suite: string;
  /** Master key and salt. */
  readonly key: Uint8Array;
}

/** How one stream is sent and received; a newer description of the same id replaces the older. */
export interface StreamSpec {
  /** Chosen by the call control; unique while the stream lives. */
  readonly id: string;
  readonly portsId: number;
  /** Where to send; undefined: nowhere yet. */
  readonly remote: Endpoint | undefined;
  /** Where its RTCP goes; undefined: to the port after `remote`'s (RFC 3550 §11). */
  readonly remoteRtcp: Endpoint | undefined;
  readonly direction: MediaDirection;
  /** Format to send in; undefined: none agreed yet. */
  readonly send: PayloadFormat | undefined;
  /** Formats that may arrive. */
  readonly receive: readonly PayloadFormat[];
  /** Payload type for digits to send (RFC 4733); undefined: not agreed. */
  readonly telephoneEvent: PayloadFormat | undefined;
  /** Level of each frequency of a digit put into the sound where telephoneEvent was not agreed; absent: never. */
  readonly inBandDigitDbfs?: number;
  /** Packet time to send, ms. */
  readonly packetMs: number;
  /** Comfort noise instead of silence (RFC 3389). */
  readonly hasSilenceSuppression: boolean;
  readonly sendKey?: SrtpKey;
  readonly receiveKey?: SrtpKey;
}

/** A part of a tone cadence: these frequencies for so long, then silence. */
export interface ToneSegment {
  readonly frequenciesHz: readonly number[];
  /** Level of each frequency, dB relative to full scale (0 dBm0 is about −3.17 dBFS). */
  readonly levelDbfs: number;
  /** 0: without end. */
  readonly onMs: number;
  readonly offMs: number;
}

/** A tone or ring cadence as data; the tables are in ui/tones. */
export interface ToneSpec {
  readonly name: string;
  readonly segments: readonly ToneSegment[];
  /** How often the whole list is played; 0: until stopped. */
  readonly repeats: number;
  /** Segment at which each repeat begins (what stands before it is heard once); 0 unless told. */
  readonly repeatFrom?: number;
  /** Sound to repeat, at the engine's rate, in place of the frequencies while a segment is on: rings from a file. */
  readonly recording?: Int16Array;
}

/** What the call control tells the engine. */
export type MediaCommand =
  | { readonly kind: "stream"; readonly spec: StreamSpec }
  | { readonly kind: "end-stream"; readonly id: string }
  /** A digit to the peer, behind those that are still being sent; without a duration it lasts until `end-digit`. */
  | {
      readonly kind: "send-digit";
      readonly id: string;
      readonly digit: string;
      readonly durationMs: number | undefined;
    }
  | { readonly kind: "end-digit"; readonly id: string }
  /** A tone towards the ear; undefined stops it. */
  | { readonly kind: "tone"; readonly tone: ToneSpec | undefined }
  /** A tone on the ringer output; undefined stops it. */
  | { readonly kind: "ring"; readonly ring: ToneSpec | undefined }
  /** Streams heard and fed by this person; two or more together are a conference mixed here. */
  | { readonly kind: "listen"; readonly ids: readonly string[] }
  | { readonly kind: "mute"; readonly isMuted: boolean };

/** Figures of one stream since it began (RFC 3550 §6.4.1, A.3, A.8). */
export interface StreamStatistics {
  readonly id: string;
  readonly sentPackets: number;
  readonly sentOctets: number;
  readonly receivedPackets: number;
  readonly receivedOctets: number;
  /** Never arrived. */
  readonly lostPackets: number;
  /** Arrived after their time. */
  readonly latePackets: number;
  /** Malformed, of an unknown payload type, or of a source that does not count. */
  readonly discardedPackets: number;
  /** Interarrival jitter in timestamp units. */
  readonly jitterUnits: number;
  readonly sendingMs: number;
  readonly receivingMs: number;
  /** Seen in receiver reports of the peer; undefined without one. */
  readonly remoteLostPackets: number | undefined;
  readonly roundTripMs: number | undefined;
  /** Sound that waits in the jitter buffer now: what this end adds to the delay. */
  readonly playoutDelayMs: number;
  readonly receivedEncoding: string | undefined;
  readonly sentEncoding: string | undefined;
}

/** What the engine tells the call control. */
export type MediaReport =
  | { readonly kind: "first-packet"; readonly id: string }
  | { readonly kind: "digit"; readonly id: string; readonly digit: string; readonly durationMs: number }
  /** Nothing came for so long although it should. */
  | { readonly kind: "silent"; readonly id: string; readonly silentMs: number }
  /** An ICMP error for the stream's packets. */
  | { readonly kind: "refused"; readonly id: string }
  | { readonly kind: "statistics"; readonly statistics: StreamStatistics; readonly isFinal: boolean }
  | { readonly kind: "tone-ended"; readonly name: string };

export interface MediaPacket {
  readonly portsId: number;
  readonly isRtcp: boolean;
  /** Source on receiving, destination on sending. */
  readonly peer: Endpoint;
  readonly bytes: Uint8Array;
  /** Arrival time; for a packet to send, when it should leave. */
  readonly at: MonoMs;
}

export interface MediaInput {
  readonly now: MonoMs;
  readonly commands: readonly MediaCommand[];
  readonly packets: readonly MediaPacket[];
  /** Pairs of ports for whose RTP an ICMP error came, or which the kernel would not send. */
  readonly refusedPorts: readonly number[];
  /**
   * Microphone samples at 8 or 16 kHz, as the engine was made for, of any number; they are the engine's clock: what is
   * sent and played advances by as many. Undefined where no audio runs: then only commands and packets are taken in.
   */
  readonly captured: Int16Array | undefined;
}

export interface MediaOutput {
  readonly packets: readonly MediaPacket[];
  /** As many samples as were captured. */
  readonly played: Int16Array | undefined;
  /** The ringer's samples, likewise; undefined while nothing rings. */
  readonly ringer: Int16Array | undefined;
  readonly reports: readonly MediaReport[];
  /** True while samples must flow; when false the host may stop the audio device. */
  readonly needsAudio: boolean;
}

/** Deterministic: no I/O, no clock of its own. firmware/media implements it. */
export interface MediaEngine {
  step(input: MediaInput): MediaOutput;
}

/** Runs an engine beside sockets and a PCM device. */
export interface MediaHost {
  /** Binds the next free pair. HalError `busy` when the range is used up. */
  reserve(range: PortRange): Promise<RtpPorts>;
  release(id: number): void;
  command(command: MediaCommand): void;
  readonly reports: Stream<MediaReport>;
}
