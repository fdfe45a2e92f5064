// Sound: the paths a handset has, its volumes, and the ends of a sound card that is simulated.
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
