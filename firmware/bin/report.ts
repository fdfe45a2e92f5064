// The JSON report of `npm start -- --headless --json`: how far the phone came, and what a person would see.
import type { Phone } from "./composed-phone.ts";
import { shownLcd, shownLines, shownPhases } from "./shown.ts";

/** The call part of a report. */
export interface CallReport {
  readonly state: string;
  readonly to: string;
  readonly codec: string | null;
  readonly rtp: { readonly sent: number; readonly received: number; readonly lost: number };
  /** Peak of the normalised cross-correlation between what was said and what came back. */
  readonly audioMatch: number;
}

/** The whole report. Fields may be added; none is renamed. */
export function makeReport(
  phone: Phone,
  outcome: {
    readonly until: string;
    readonly elapsedMs: number;
    readonly reason: string | null;
    readonly call: CallReport | null;
  },
) {
  const { rows, softkeys, lines } = shownLcd(phone);
  return {
    ok: outcome.reason === null,
    until: outcome.until,
    elapsedMs: Math.round(outcome.elapsedMs),
    reason: outcome.reason,
    phases: shownPhases(phone),
    lines: shownLines(phone),
    call: outcome.call,
    lcd: rows,
    softkeys,
    lineLabels: lines,
  };
}
