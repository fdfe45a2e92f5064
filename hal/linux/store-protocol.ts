// What main and the store worker say to each other, and the one table the store has.
import { HalError } from "#hal/contract/errors.ts";
import type { StorageChange, StorageTrouble } from "#hal/contract/storage.ts";

/** `undefined` changes: close the store and end. */
export interface StoreRequest {
  readonly id: number;
  readonly changes: readonly StorageChange[] | undefined;
  readonly erase: readonly string[];
}

export interface StoreReply {
  readonly id: number;
  /** Undefined: it is on the disk. */
  readonly trouble: StorageTrouble | undefined;
}

export const schema = `
  CREATE TABLE IF NOT EXISTS kept (shelf TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (shelf, key))
  WITHOUT ROWID, STRICT`;

/** Each connection: a commit returns when the disk has it. TRUNCATE spares the directory a write each time. */
export const pragmas =
  "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 1000";

/** SQLite's result codes that mean something of their own (sqlite3.h). */
const corrupt = 11;
const full = 13;
const notADatabase = 26;

function resultCode(error: unknown): number | undefined {
  const isCoded = error instanceof Error && "errcode" in error && typeof error.errcode === "number";
  return isCoded ? Number(error.errcode) & 0xff : undefined; // the low byte is the primary code
}

/** The file itself is wrong, as against a disk that is full, read-only or busy. */
export function isDamage(error: unknown): boolean {
  const code = resultCode(error);
  return code === corrupt || code === notADatabase || error instanceof HalError;
}

/** What a failed statement means. */
export function storageTroubleOf(error: unknown): StorageTrouble {
  if (resultCode(error) === full) return { kind: "full" };
  return { kind: "failed", detail: error instanceof Error ? error.message : String(error) };
}
