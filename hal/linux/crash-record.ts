// The last crash: one file of fixed size, opened at start, so that a dying process needs neither a new descriptor nor a
// new disk block. It also counts starts that never became healthy: a hang and a kill leave no report of their own.
import { closeSync, fdatasync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { CrashRecord, CrashReport } from "#hal/contract/storage.ts";

/** The record and its end. */
export interface LinuxCrashRecord extends CrashRecord {
  /** An orderly stop: this start counts neither as healthy nor as failed. */
  close(): void;
}

const fileBytes = 65_536;
const headBytes = 16;

/** What the file holds. */
interface Stored {
  /** Crashes and failed starts in a row, up to the start that wrote this. */
  readonly countInARow: number;
  /** Begun and not yet seen to be healthy or stopped. */
  readonly isStarting: boolean;
  readonly report: CrashReport | undefined;
}

const nothing: Stored = { countInARow: 0, isStarting: false, report: undefined };

/** Eight hex digits of length, eight of CRC-32, then JSON, then spaces up to the fixed size. */
function encode(stored: Stored): Buffer {
  const file = Buffer.alloc(fileBytes, " ");
  let text = Buffer.from(JSON.stringify(stored));
  for (let log = stored.report?.log ?? []; text.length > fileBytes - headBytes && log.length > 0; ) {
    log = log.slice(Math.ceil(log.length / 4)); // the newest lines tell the most
    text = Buffer.from(JSON.stringify({ ...stored, report: { ...stored.report, log } }));
  }
  if (text.length > fileBytes - headBytes)
    text = Buffer.from(JSON.stringify({ ...stored, report: cut(stored.report) }));
  file.write(text.length.toString(16).padStart(8, "0") + crc32(text).toString(16).padStart(8, "0"));
  text.copy(file, headBytes);
  return file;
}

function cut(report: CrashReport | undefined): CrashReport | undefined {
  if (report === undefined) return undefined;
  return { ...report, reason: report.reason.slice(0, 4096), stack: report.stack.slice(0, 16_384), log: [] };
}

/** What a file says; a torn or foreign one says nothing. */
function decode(file: Buffer): Stored {
  const length = Number.parseInt(file.toString("latin1", 0, 8), 16);
  const sum = Number.parseInt(file.toString("latin1", 8, 16), 16);
  if (!(length >= 0 && length <= file.length - headBytes)) return nothing;
  const text = file.subarray(headBytes, headBytes + length);
  if (crc32(text) !== sum) return nothing;
  const { countInARow, isStarting, report } = JSON.parse(text.toString()) as Stored; // the sum says we wrote it
  return { countInARow, isStarting, report };
}

const endedSilently = (version: string): CrashReport => ({
  reason: "the last start ended without a word: hung, killed, or without power before it was healthy",
  stack: "",
  log: [],
  version,
});

/**
 * Opens the record in `directory` and notes that a start began. Where it cannot be opened (no data partition) the
 * record works in memory: `previous` is undefined and `write` goes to standard error.
 */
export function openCrashRecord(directory: string, version: string): LinuxCrashRecord {
  const fd = open(join(directory, "crash-record"));
  const stored = fd === undefined ? nothing : read(fd);
  const hadFailed = stored.report !== undefined || stored.isStarting;
  const countInARow = stored.countInARow + (hadFailed ? 1 : 0);
  let isWritten = false;
  const save = (next: Stored): boolean => {
    if (fd === undefined) return false;
    try {
      writeSync(fd, encode(next), 0, fileBytes, 0);
      return true;
    } catch {
      return false; // a full or failing partition: the storage tells, and the phone works without a record
    }
  };
  save({ countInARow, isStarting: true, report: undefined });
  if (fd !== undefined) fsyncSync(fd); // a board that hangs at once must still be counted
  return {
    previous: stored.report ?? (stored.isStarting ? endedSilently(version) : undefined),
    countInARow,
    write(report) {
      isWritten = true;
      if (!save({ countInARow, isStarting: false, report }))
        writeSync(2, `${report.reason}\n${report.stack}\n`);
    },
    clear() {
      if (!isWritten) save(nothing);
      if (fd === undefined) return Promise.resolve();
      return new Promise((resolve, reject) =>
        fdatasync(fd, (error) => (error === null ? resolve() : reject(error))),
      );
    },
    close() {
      if (fd === undefined) return;
      const now = read(fd);
      if (!isWritten) save({ ...now, isStarting: false });
      closeSync(fd);
    },
  };
}

function open(path: string): number | undefined {
  try {
    return openSync(path, "r+");
  } catch {
    // not there yet
  }
  try {
    return openSync(path, "w+", 0o600);
  } catch {
    return undefined; // no data partition: told by the storage as `absent`
  }
}

function read(fd: number): Stored {
  const file = Buffer.alloc(fileBytes);
  const length = readSync(fd, file, 0, fileBytes, 0);
  return decode(file.subarray(0, length));
}
