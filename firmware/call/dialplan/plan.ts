// A dial plan as read: rules in order, and what was wrong with the file (reference cisco-7960-sip 3.1, 3.2, 3.5).
import type { CallRoute, ToneName } from "#firmware/call/intents.ts";

/** One element of a pattern. A comma is not matched: it marks where a secondary dial tone is heard. */
export type Element =
  | { readonly kind: "literal"; readonly character: string }
  /** `.`: any one dialled character. */
  | { readonly kind: "any" }
  /** `*`: one or more characters. */
  | { readonly kind: "run" }
  | { readonly kind: "comma" };

/** What a rule adds to the URI as `user=`. */
export type UserMode = "phone" | "ip";

export interface Rule {
  /** The pattern as written, for `show dialplan`. */
  readonly match: string;
  readonly pattern: readonly Element[];
  /** How long to wait for more digits once matched; undefined: the default inter-digit time. */
  readonly timeoutSec: number | undefined;
  readonly user: UserMode | undefined;
  /** Empty: the digits as dialled. */
  readonly rewrite: string;
  readonly route: CallRoute;
  /** The first serves the first comma, and so on. */
  readonly tones: readonly ToneName[];
  /** 0: every line. */
  readonly line: number;
}

/** A rule or tag that was skipped: where, and what was expected. */
export interface PlanError {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
}

export interface DialPlan {
  /** File name. */
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly errors: readonly PlanError[];
  readonly versionStamp: string;
}

/** No file: nothing matches, the number goes on Dial, `#` or when the inter-digit time is over. */
export const emptyPlan: DialPlan = { name: "", rules: [], errors: [], versionStamp: "" };

/** Secondary tone of a comma without a name of its own. */
export const defaultTone: ToneName = "outside-dial";

/** Names for `Tone=`, compared without case (reference 3.5). Alert-Info of a 180 uses them too. */
export const planTones: Readonly<Record<string, ToneName>> = {
  "Bellcore-Inside": "inside-dial",
  "Bellcore-Outside": "outside-dial",
  "Bellcore-Busy": "busy",
  "Bellcore-Alerting": "alerting",
  "Bellcore-BusyVerify": "busy-verify",
  "Bellcore-Stutter": "stutter-dial",
  "Bellcore-MsgWaiting": "message-waiting-dial",
  "Bellcore-Reorder": "reorder",
  "Bellcore-CallWaiting": "call-waiting",
  "Bellcore-Cw2": "call-waiting-2",
  "Bellcore-Cw3": "call-waiting-3",
  "Bellcore-Cw4": "call-waiting-4",
  "Bellcore-Hold": "hold",
  "Bellcore-Confirmation": "confirmation",
  "Bellcore-Permanent": "permanent",
  "Bellcore-Reminder": "reminder",
  "Bellcore-None": "none",
  "Cisco-ZipZip": "zip-zip",
  "Cisco-Zip": "zip",
  "Cisco-BeepBonk": "beep-bonk",
};

/** The tone of a `Tone=` value: empty is the default, undefined an unknown name. */
export function toneNamed(name: string): ToneName | undefined {
  const key = name.toLowerCase();
  if (key === "") return defaultTone;
  return Object.entries(planTones).find(([written]) => written.toLowerCase() === key)?.[1];
}

/** Splits a pattern into its elements. A backslash makes the next character literal; a trailing one is itself. */
export function parsePattern(match: string): readonly Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < match.length; at++) {
    const character = match.charAt(at);
    if (character === "\\" && at + 1 < match.length) {
      at++;
      elements.push({ kind: "literal", character: match.charAt(at) });
    } else if (character === ".") elements.push({ kind: "any" });
    else if (character === "*") elements.push({ kind: "run" });
    else if (character === ",") {
      if (elements.at(-1)?.kind !== "comma") elements.push({ kind: "comma" });
    } else elements.push({ kind: "literal", character });
  }
  return elements;
}
