// What main and the media worker say to each other. Everything here can be cloned between threads.
import type { MediaCommand, MediaReport } from "#hal/contract/media.ts";

export type MediaOrder =
  /** Two bound sockets; the worker owns them from now on. */
  | { readonly kind: "add"; readonly id: number; readonly rtpFd: number; readonly rtcpFd: number }
  /** Closes a pair, after the commands given before. */
  | { readonly kind: "remove"; readonly id: number }
  | { readonly kind: "command"; readonly command: MediaCommand }
  /** Closes everything and ends the thread. */
  | { readonly kind: "stop" };

/** How the worker runs, for `show hal` and the bench. */
export interface MediaStatus {
  /** `fifo`: real-time priority was granted. */
  readonly scheduling: "fifo" | "normal";
  /** The sound card in use, or why there is none. */
  readonly card: string;
  readonly isCardWorking: boolean;
}

export type MediaNews =
  | { readonly kind: "reports"; readonly reports: readonly MediaReport[] }
  /** Sound began or ended to flow. */
  | { readonly kind: "running"; readonly isRunning: boolean }
  | { readonly kind: "status"; readonly status: MediaStatus };

/** Which sound card: none (paced by a timer, sound in rings), or ALSA devices by name. */
export type SoundCardSpec =
  | { readonly kind: "simulated" }
  | { readonly kind: "alsa"; readonly capture: string; readonly playback: string };

/** Rings of a simulated card: microphone towards the worker, the other two back. */
export interface SoundRings {
  readonly microphone: SharedArrayBuffer;
  readonly speaker: SharedArrayBuffer;
  readonly ringer: SharedArrayBuffer;
}

export interface MediaWorkerData {
  /** CLOCK_MONOTONIC in nanoseconds at which the process began. */
  readonly originNs: bigint;
  readonly eventFd: number;
  readonly card: SoundCardSpec;
  readonly rings: SoundRings;
  readonly sampleRateHz: number;
}

/** The step of the media loop. */
export const tickMs = 20;

/** The longest wait inside a native call. A crashed process must end within half a second. */
export const pollMs = 200;
