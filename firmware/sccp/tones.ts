// Wire numbers of tones, ring modes, lamp modes and call states, and what they mean (sccp reference 4.2, 4.3, 4.9, 4.10).
import type { RingName, ToneName } from "#firmware/call/intents.ts";
import type { LampMode } from "#hal/contract/panel.ts";
import { type ServerCallState, serverCallStates } from "./notices.ts";

const tones: Readonly<Record<number, ToneName>> = {
  0: "none",
  1: "dtmf-1",
  2: "dtmf-2",
  3: "dtmf-3",
  4: "dtmf-4",
  5: "dtmf-5",
  6: "dtmf-6",
  7: "dtmf-7",
  8: "dtmf-8",
  9: "dtmf-9",
  10: "dtmf-0",
  14: "dtmf-*",
  15: "dtmf-#",
  16: "dtmf-A",
  17: "dtmf-B",
  18: "dtmf-C",
  19: "dtmf-D",
  33: "inside-dial",
  34: "outside-dial",
  35: "busy",
  36: "alerting",
  37: "reorder",
  40: "reverting",
  41: "permanent",
  42: "message-waiting-dial",
  43: "reorder", // no such number
  44: "busy-verify",
  45: "call-waiting",
  46: "confirmation",
  48: "stutter-dial", // recall dial
  49: "zip-zip",
  50: "zip",
  51: "beep-bonk",
  53: "hold",
  64: "call-waiting-2",
  65: "call-waiting-3", // priority
  66: "stutter-dial",
  70: "reminder",
  71: "alerting", // precedence ringback
  127: "none",
};

/** The tone of a wire id. Unknown ones are silence: a wrong tone would tell the person something false. */
export function toneOf(id: number): ToneName {
  return tones[id] ?? "none";
}

const rings: readonly (RingName | "off" | "silent")[] = [
  "off",
  "inside",
  "outside",
  "feature",
  "silent",
  "urgent",
  "dr1",
  "dr2",
  "dr3",
  "dr4",
  "dr5",
];

/** Ringer modes count from 1; an unknown one rings as from inside, for a phone that stays silent misses a call. */
export function ringOf(mode: number): RingName | "off" | "silent" {
  return mode === 0 ? "off" : (rings[mode - 1] ?? "inside");
}

const lampModes: readonly LampMode[] = ["off", "on", "wink", "flash", "blink"];

/** Lamp modes count from 1; unknown ones are off. */
export function lampModeOf(mode: number): LampMode {
  return lampModes[mode - 1] ?? "off";
}

/** Undefined for a state nobody knows: the order is dropped. */
export function callStateOf(id: number): ServerCallState | undefined {
  return serverCallStates[id];
}
