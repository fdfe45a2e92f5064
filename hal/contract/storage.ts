// What survives a power cut, and what is told when something went wrong.
import type { Stream } from "./stream.ts";

/** The kinds of things kept; what each act erases is a table in firmware/boot/README.md. */
export const shelves = [
  "settings", // typed on the phone, or learnt
  "lease", // last DHCP lease
  "pin", // PIN registration
  "directory", // personal directory, speed dials
  "calls", // call logs
  "config", // last good configuration files
  "trust", // pinned CA
  "time", // last known wall time
  "boot", // crash and failed-boot counters, capture of what worked last
] as const;
export type Shelf = (typeof shelves)[number];

/** Transactional key-value storage: reads are immediate, writes resolve when durable. */
export interface Storage {
  /** Undefined when absent. */
  read(shelf: Shelf, key: string): Uint8Array | undefined;
  /** Keys on a shelf, sorted. */
  keys(shelf: Shelf): readonly string[];
  /** One transaction; reads see it at once, the promise resolves when it is on the disk. Undefined removes. */
  write(changes: readonly StorageChange[]): Promise<void>;
  /** Removes everything on these shelves, durably. */
  erase(shelves: readonly Shelf[]): Promise<void>;
  /** What was found wrong at start, for LCD and log; undefined when all was well. */
  readonly trouble: StorageTrouble | undefined;
  /** Faults that happen later, such as a full disk. */
  readonly troubles: Stream<StorageTrouble>;
}

export interface StorageChange {
  readonly shelf: Shelf;
  readonly key: string;
  readonly value: Uint8Array | undefined;
}

export type StorageTrouble =
  | { readonly kind: "corrupt"; readonly setAsideAs: string } // a new store was begun
  | { readonly kind: "absent" } // no data partition: nothing will be kept
  | { readonly kind: "full" }
  | { readonly kind: "failed"; readonly detail: string };

/** The last crash: written on the way down, read at the next start. */
export interface CrashRecord {
  /** What the previous run left; undefined after an orderly stop. */
  readonly previous: CrashReport | undefined;
  /** Crashes and failed boots in a row, this boot not counted. */
  readonly countInARow: number;
  /** Must work in a dying process: synchronous, on a descriptor that is already open. */
  write(report: CrashReport): void;
  /** This boot went well: the count starts anew. */
  clear(): Promise<void>;
}

export interface CrashReport {
  readonly reason: string;
  readonly stack: string;
  /** The last lines of the log, oldest first. */
  readonly log: readonly string[];
  readonly version: string;
}
