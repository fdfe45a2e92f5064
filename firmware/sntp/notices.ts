// What the clock query machine reports, upward. Codes and facts, no words.
import type { Doubt } from "./checks.ts";

export type SntpNotice =
  /** A question goes out; `server` is a host, or the local broadcast address. */
  | { readonly kind: "asking"; readonly server: string }
  /** The clock is right. */
  | {
      readonly kind: "synchronised";
      /** Who told; `signalling` for the time of a call server. */
      readonly server: string;
      readonly stratum: number | undefined;
      readonly unixMs: number;
      /** How far the clock was behind; undefined where it had never been set. */
      readonly offsetMs: number | undefined;
      readonly delayMs: number | undefined;
      readonly isStep: boolean;
    }
  /** Nobody answered in this round; the next begins after `nextInMs`. */
  | { readonly kind: "no-answer"; readonly servers: readonly string[]; readonly nextInMs: number }
  /** A server asked to be left alone (DENY, RSTR) or asked less often (RATE). */
  | { readonly kind: "kiss"; readonly server: string; readonly code: string }
  /** An answer or broadcast that is not believed. */
  | { readonly kind: "doubtful"; readonly server: string; readonly doubt: Doubt | "absurd" }
  /** Every server asked to be left alone: no more questions in this boot. */
  | { readonly kind: "refused" }
  /** The mode wants to listen on port 123 and may not. */
  | { readonly kind: "cannot-listen"; readonly detail: string };
