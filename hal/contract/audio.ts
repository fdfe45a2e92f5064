// Sound: the paths a handset has, its volumes, and the PCM device the media loop reads and writes.
import type { Stream } from "./stream.ts";

export type AudioPath = "handset" | "headset" | "speaker";

/** Volumes and routes. Percentages are of the device's useful range; the gain tables are in hal/drivers. */
export interface AudioMixer {
  /** Where call sound goes to and comes from; undefined closes all paths. */
  setPath(path: AudioPath | undefined): void;
  setVolume(output: AudioPath | "ringer", percent: number): void;
  /** Cuts the microphone of the present path at the codec where it can. */
  setMicrophoneMuted(muted: boolean): void;
}

export interface HeadsetJack {
  isPlugged(): boolean;
  readonly events: Stream<{ readonly isPlugged: boolean }>;
}

/** A non-blocking PCM device, mono, 16 bit. Only the media loop touches it. */
export interface PcmDevice {
  readonly sampleRateHz: number;
  /** Samples the microphone has ready, at most `most`; empty when none. Undefined: the device was lost. */
  capture(most: number): Int16Array | undefined;
  /** Queues samples; returns how many were taken. Undefined: the device was lost. */
  play(samples: Int16Array): number | undefined;
  /** Samples queued and not yet heard. */
  queuedSamples(): number;
  close(): void;
}

/** The next `count` samples of a microphone; always as many. */
export type SampleSource = (count: number) => Int16Array;

/** Takes what would be heard. */
export type SampleSink = (samples: Int16Array) => void;

/** The ends of a sound card that is not there: what the microphone hears, where speaker and ringer go. */
export interface SimulatedSound {
  readonly microphone: SampleSource;
  readonly speaker: SampleSink;
  readonly ringer: SampleSink;
}
