// Presses that mean the same whoever controls the calls: the hook, mute, volume, and going through a list.
import { type AudioStep, changeVolume, liftHandset, pressMute, restHandset } from "./audio.ts";
import { releaseDigit, setAudio, type Turn } from "./desk.ts";
import type { Intent } from "./intents.ts";

const kinds = ["off-hook", "on-hook", "mute", "volume", "digit-up"] as const;

export type HandsetPress = Extract<Intent, { readonly kind: (typeof kinds)[number] }>;

/** Everything else a person can press. */
export type OtherPress = Exclude<Intent, HandsetPress>;

export function isHandsetPress(intent: Intent): intent is HandsetPress {
  return kinds.some((kind) => kind === intent.kind);
}

/** What it means for the calls that a path to the ear opened or closed. */
export interface PathEnds<T extends Turn> {
  opened(turn: T): void;
  closed(turn: T): void;
}

export function applyPath<T extends Turn>(turn: T, step: AudioStep, ends: PathEnds<T>): void {
  setAudio(turn, step.audio);
  if (step.change === "opened") ends.opened(turn);
  else if (step.change === "closed") ends.closed(turn);
}

export function pressHandset<T extends Turn>(turn: T, intent: HandsetPress, ends: PathEnds<T>): void {
  switch (intent.kind) {
    case "off-hook":
      applyPath(turn, liftHandset(turn.desk.audio), ends);
      break;
    case "on-hook":
      applyPath(turn, restHandset(turn.desk.audio), ends);
      break;
    case "mute":
      setAudio(turn, pressMute(turn.desk.audio));
      break;
    case "volume":
      setAudio(turn, changeVolume(turn.desk.audio, intent.steps));
      break;
    case "digit-up":
      releaseDigit(turn, intent.digit);
      break;
  }
}

/** The entry so many steps from the one at `at`, round and round; undefined where there is none. */
export function stepsFrom<E>(entries: readonly E[], at: number, steps: number): E | undefined {
  return entries[(((at + steps) % entries.length) + entries.length) % entries.length];
}
