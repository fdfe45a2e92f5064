// Tones and rings by the names that call control and both protocols use.
import type { RingName, RingOrder, ToneName } from "#firmware/call/intents.ts";
import type { ToneSpec } from "#hal/contract/media.ts";
import { keyTones } from "./keys.ts";
import { type ProgressTone, progressTones } from "./progress.ts";
import { type RingCadenceName, type RingSound, ringCadences, ringTone } from "./rings.ts";

type ProgressName = Exclude<ToneName, `dtmf-${string}`>;

const progress: Readonly<Record<ProgressName, ProgressTone>> = {
  "inside-dial": "insideDial",
  "outside-dial": "outsideDial",
  "stutter-dial": "stutterDial",
  "message-waiting-dial": "messageWaitingDial",
  busy: "busy",
  reorder: "reorder",
  alerting: "alerting",
  "busy-verify": "busyVerify",
  "call-waiting": "callWaiting",
  "call-waiting-2": "callWaiting2",
  "call-waiting-3": "callWaiting3",
  "call-waiting-4": "callWaiting4",
  hold: "holdReminder",
  confirmation: "confirmation",
  permanent: "offHookWarning",
  reminder: "reminder",
  reverting: "holdReminder",
  zip: "zip",
  "zip-zip": "zipZip",
  "beep-bonk": "beepBonk",
  "auto-answer": "autoAnswer",
  none: "silence",
};

/** The cadence of a tone; undefined for `none`. */
export function toneSpecOf(tone: ToneName): ToneSpec | undefined {
  if (tone === "none") return undefined;
  if (isKeyTone(tone)) return keyTones.get(tone.slice("dtmf-".length));
  return progressTones[progress[tone]];
}

function isKeyTone(tone: ToneName): tone is Extract<ToneName, `dtmf-${string}`> {
  return tone.startsWith("dtmf-");
}

/** A call manager's kinds of ring have cadences of their own (ours: the reference names none). */
const cadences: Readonly<Record<RingName, RingCadenceName>> = {
  dr1: "dr1",
  dr2: "dr2",
  dr3: "dr3",
  dr4: "dr4",
  dr5: "dr5",
  inside: "dr1",
  outside: "dr2",
  feature: "dr3",
  urgent: "dr4",
};

/** The person's ring sound in the cadence that was asked for. */
export function ringSpecOf({ name, isOnce }: RingOrder, sound: RingSound): ToneSpec {
  const cadence = ringCadences[cadences[name]];
  return ringTone(sound, cadence, isOnce || cadence.isOnce);
}
