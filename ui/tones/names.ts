// Tone names of dial plans and Alert-Info headers (reference cisco-7960-sip section 3.5).
import type { ToneSpec } from "#hal/contract/media.ts";
import { type ProgressTone, progressTones } from "./progress.ts";

const byName: Readonly<Record<string, ProgressTone>> = {
  "bellcore-inside": "insideDial",
  "bellcore-outside": "outsideDial",
  "bellcore-busy": "busy",
  "bellcore-alerting": "alerting",
  "bellcore-busyverify": "busyVerify",
  "bellcore-stutter": "stutterDial",
  "bellcore-msgwaiting": "messageWaitingDial",
  "bellcore-reorder": "reorder",
  "bellcore-callwaiting": "callWaiting",
  "bellcore-cw2": "callWaiting2",
  "bellcore-cw3": "callWaiting3",
  "bellcore-cw4": "callWaiting4",
  "bellcore-hold": "holdReminder",
  "bellcore-confirmation": "confirmation",
  "bellcore-permanent": "offHookWarning",
  "bellcore-reminder": "reminder",
  "bellcore-none": "silence",
  "cisco-zipzip": "zipZip",
  "cisco-zip": "zip",
  "cisco-beepbonk": "beepBonk",
};

/** "Names compare case-free; an empty string = default" (the tone after a comma); undefined: no such name. */
export function toneNamed(name: string): ToneSpec | undefined {
  if (name === "") return progressTones.outsideDial;
  const tone = Object.hasOwn(byName, name.toLowerCase()) ? byName[name.toLowerCase()] : undefined;
  return tone === undefined ? undefined : progressTones[tone];
}
