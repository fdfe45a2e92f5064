// A tape as a file of the host, written line by line as things happen.
import { closeSync, existsSync, openSync, renameSync, writeSync } from "node:fs";
import { HalError } from "#hal/contract/errors.ts";
import { printTapeLine, type TapeEntry, type TapeHead } from "./tape.ts";

/** Days of an idle phone; then the tape ends. */
const mostBytes = 64 * 1024 * 1024;

/** A tape that is being written. */
export interface TapeFile {
  /** Its first line; what was kept before follows it. */
  begin(head: TapeHead): void;
  keep(entry: TapeEntry): void;
  close(): void;
}

/**
 * Opens the file anew; the tape of the boot before is kept as `FILE.1`. Lines are written at once, without a thread
 * between: a phone that dies leaves its tape whole. `full` is told once, when the file or its disk takes no more.
 * HalError `io` where it cannot be written.
 */
export function openTapeFile(path: string, full: () => void): TapeFile {
  const fd = openAnew(path);
  let early: TapeEntry[] | undefined = [];
  let left = mostBytes;
  let isOpen = true;
  const write = (line: TapeHead | TapeEntry): void => {
    if (!isOpen) return;
    const text = printTapeLine(line);
    left -= text.length;
    if (left >= 0 && isWritten(fd, text)) return;
    close();
    full();
  };
  const close = (): void => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  return {
    begin(head) {
      write(head);
      const kept = early ?? [];
      early = undefined;
      for (const entry of kept) write(entry);
    },
    keep(entry) {
      if (early === undefined) write(entry);
      else early.push(entry);
    },
    close,
  };
}

/** False on a full disk, or one that fails: that ends the tape, not the phone. */
function isWritten(fd: number, text: string): boolean {
  try {
    return writeSync(fd, text) > 0;
  } catch {
    return false;
  }
}

function openAnew(path: string): number {
  try {
    if (existsSync(path)) renameSync(path, `${path}.1`);
    return openSync(path, "w", 0o600); // it holds what the phone holds, passwords too
  } catch (cause) {
    throw new HalError("io", path, "open", cause instanceof Error ? cause.message : "refused", { cause });
  }
}
