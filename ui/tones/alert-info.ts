// What an Alert-Info header asks for (reference cisco-7960-sip FEA-031, FEA-032, RNG-012 to RNG-016). The text comes
// from the network: it selects, and is never shown or fetched.
import type { ToneSpec } from "#hal/contract/media.ts";
import { toneNamed } from "./names.ts";
import { type ProgressTone, progressTones } from "./progress.ts";
import type { RingCadenceName } from "./rings.ts";

/** The name inside `Bellcore-dr2`, `<Bellcore-dr2>` or `<file://Bellcore-dr2/>`, parameters left out. */
function nameIn(alertInfo: string): string {
  const [value = ""] = alertInfo.split(";");
  const bare = value.trim().replace(/^<|>$/g, "");
  return bare.replace(/^file:\/\//i, "").replace(/\/$/, "");
}

/** Cadence of an incoming call; a header that names none rings as the user chose, in dr1. */
export function ringCadenceFor(alertInfo: string | undefined): RingCadenceName {
  const match = /^bellcore-dr([1-5])$/i.exec(nameIn(alertInfo ?? ""));
  return match === null ? "dr1" : (`dr${match[1]}` as RingCadenceName); // the pattern has these five
}

const waitingTones: Readonly<Partial<Record<RingCadenceName, ProgressTone>>> = {
  dr2: "callWaiting2",
  dr3: "callWaiting3",
  dr4: "callWaiting4",
};

/** The tone of a call that comes while another one is on. */
export function callWaitingToneFor(alertInfo: string | undefined): ToneSpec {
  return progressTones[waitingTones[ringCadenceFor(alertInfo)] ?? "callWaiting"];
}

/** The tone a 180 asks for in place of ringback; ringback where it names none that exists. */
export function ringbackToneFor(alertInfo: string | undefined): ToneSpec {
  const name = nameIn(alertInfo ?? "");
  return (name === "" ? undefined : toneNamed(name)) ?? progressTones.alerting;
}
