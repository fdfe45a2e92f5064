// Handset, speaker and headset: which path sound takes, whatever the protocol. A path opens, moves or closes; the
// call control decides what that means. Rules of sccp.md 5.10 (speaker key) hold for SIP as well.
import type { AudioPath } from "#hal/contract/audio.ts";

export type Volumes = Readonly<Record<AudioPath | "ringer", number>>;

export interface AudioState {
  readonly isHandsetUp: boolean;
  /** Where call sound goes; undefined: on hook. `handset` only while it is up. */
  readonly path: AudioPath | undefined;
  /** What is used when the handset is down: the key pressed last. */
  readonly handsfree: "speaker" | "headset";
  readonly isMuted: boolean;
  /** 0–100 of each output. */
  readonly volumes: Volumes;
}

export const defaultVolumes: Volumes = { handset: 60, headset: 60, speaker: 60, ringer: 60 };

export const idleAudio: AudioState = {
  isHandsetUp: false,
  path: undefined,
  handsfree: "speaker",
  isMuted: false,
  volumes: defaultVolumes,
};

/** What happened to the path. `moved`: still off hook, elsewhere. */
export type PathChange = "opened" | "moved" | "closed" | "none";

export interface AudioStep {
  readonly audio: AudioState;
  readonly change: PathChange;
}

/** One press of the volume key, in per cent. */
const volumeStepPct = 5;

/** Goes to `path`, or closes; leaving the last path ends mute. */
function take(audio: AudioState, path: AudioPath | undefined): AudioStep {
  if (path === audio.path) return { audio, change: "none" };
  if (path === undefined) return { audio: { ...audio, path, isMuted: false }, change: "closed" };
  return { audio: { ...audio, path }, change: audio.path === undefined ? "opened" : "moved" };
}

/** The handset was lifted: sound moves to it. */
export function liftHandset(audio: AudioState): AudioStep {
  return take({ ...audio, isHandsetUp: true }, "handset");
}

/** The handset was put down: that ends the call only if it was in use. */
export function restHandset(audio: AudioState): AudioStep {
  const down = { ...audio, isHandsetUp: false };
  return audio.path === "handset" ? take(down, undefined) : { audio: down, change: "none" };
}

/** The speaker or headset key: on, or off again, back to a lifted handset if there is one. */
export function pressHandsfree(audio: AudioState, key: "speaker" | "headset"): AudioStep {
  if (audio.path === key) return take(audio, audio.isHandsetUp ? "handset" : undefined);
  return take({ ...audio, handsfree: key }, key);
}

/** Opens a path for a call that was answered or made by another key: a lifted handset, else the hands-free one. */
export function openPath(audio: AudioState): AudioStep {
  if (audio.path !== undefined) return { audio, change: "none" };
  return take(audio, audio.isHandsetUp ? "handset" : audio.handsfree);
}

/** Closes all paths; a lifted handset stays lifted and silent. */
export function closePath(audio: AudioState): AudioStep {
  return take(audio, undefined);
}

/** The headset was unplugged: a call on it goes on in a lifted handset, else on the speaker. */
export function losesHeadset(audio: AudioState): AudioStep {
  const without: AudioState = { ...audio, handsfree: "speaker" };
  if (audio.path !== "headset") return { audio: without, change: "none" };
  return take(without, audio.isHandsetUp ? "handset" : "speaker");
}

/** The microphone of the path in use; on hook there is nothing to mute. */
export function pressMute(audio: AudioState): AudioState {
  return audio.path === undefined ? audio : { ...audio, isMuted: !audio.isMuted };
}

/** Louder or quieter where sound is now; on hook the ringer. */
export function changeVolume(audio: AudioState, steps: number): AudioState {
  const output = audio.path ?? "ringer";
  const volume = Math.min(100, Math.max(0, audio.volumes[output] + steps * volumeStepPct));
  return { ...audio, volumes: { ...audio.volumes, [output]: volume } };
}
