// Parts that are missing or stopped working, for log and LCD: at the start, and as they are found out later.

import type { Log } from "#firmware/runtime/log.ts";
import type { Hal, PartStatus } from "#hal/contract/hal.ts";

export interface PartTroublesOptions {
  readonly hal: Pick<Hal, "parts" | "partChanges">;
  readonly log: Log;
  /** For the LCD, which keeps the newest of these: it names every part. */
  warn(facts: { readonly part: string; readonly detail: string }): void;
  readonly signal: AbortSignal;
}

/** A part that is degraded from the start is in the log alone: it works, as far as it goes. */
export function tellParts({ hal, log, warn, signal }: PartTroublesOptions): void {
  const named = new Map<string, string>();
  const tell = ({ part, state, detail }: PartStatus, isNews: boolean): void => {
    if (state === "working" || detail === undefined || named.has(part)) return;
    log.warning(`${part}: ${state}: ${detail}`);
    if (state === "degraded" && !isNews) return;
    named.set(part, detail);
    warn({ part: [...named.keys()].join(", "), detail: [...named.values()].join("; ") });
  };
  for (const status of hal.parts()) tell(status, false);
  hal.partChanges.subscribe((status) => tell(status, true), { signal });
}
