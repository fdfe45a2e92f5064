// What the lab's servers saw, in order: the assertions on order of every boot story read this.
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import type { Clock } from "#hal/contract/time.ts";

/** One thing that a server, the switch or the lab itself saw or did. */
export interface LabEntry {
  /** Milliseconds on the lab's clock. */
  readonly atMs: number;
  /** Who saw it: `switch`, `dhcp voice`, `tftp 10.77.110.1`, `lab` … */
  readonly by: string;
  /** What happened, in one or two words: `discover`, `read`, `query`, `link down` … */
  readonly what: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Takes what one server has to tell. */
export type Tell = (what: string, facts?: Readonly<Record<string, string | number>>) => void;

/** The lab's diary. */
export interface LabLog {
  readonly entries: readonly LabEntry[];
  /** New entries as they come. */
  readonly added: Stream<LabEntry>;
  /** The pen of one server. */
  teller(by: string): Tell;
  /** Entries as short lines, `by what value value`, for comparing with a list in a test. */
  lines(filter?: { readonly by?: string; readonly what?: string }): readonly string[];
}

export function createLabLog(clock: Clock): LabLog {
  const entries: LabEntry[] = [];
  const added = new Emitter<LabEntry>();
  return {
    entries,
    added,
    teller: (by) => (what, facts) => {
      const entry: LabEntry = { atMs: clock.now(), by, what, facts: facts ?? {} };
      entries.push(entry);
      added.emit(entry);
    },
    lines: (filter) =>
      entries
        .filter(({ by, what }) => (filter?.by ?? by) === by && (filter?.what ?? what) === what)
        .map(({ by, what, facts }) => [by, what, ...Object.values(facts)].join(" ")),
  };
}
