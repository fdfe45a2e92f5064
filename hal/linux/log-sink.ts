// Log lines to a descriptor (standard error, a serial console) without ever blocking: a bounded queue, one write under
// way at a time on libuv's pool, and a count of what was dropped when the reader is too slow.
import { write } from "node:fs";
import type { LogLine, LogSink } from "#hal/contract/log.ts";

const mostQueued = 1000;

/** `    12.345 info dhcp: selecting -> requesting`: seconds since start, level, area, text. */
export function printLogLine(line: LogLine): string {
  const at = (line.atMs / 1000).toFixed(3).padStart(10);
  return `${at} ${line.level} ${line.area}: ${line.text}\n`;
}

/** The sink and its end. */
export interface FileLogSink extends LogSink {
  /** Resolves when everything queued was written, or could not be. */
  flush(): Promise<void>;
}

/** Writes to `fd`. A descriptor that fails is given up; the lines still live in the phone's RAM. */
export function createLogSink(fd: number): FileLogSink {
  let queue: string[] = [];
  let dropped = 0;
  let isWriting = false;
  let isDead = false;
  let waiting: (() => void)[] = [];

  const finished = (): void => {
    isWriting = false;
    for (const done of waiting) done();
    waiting = [];
  };
  const send = (bytes: Buffer): void => {
    write(fd, bytes, (error, count) => {
      const isBusy = error !== null && (error.code === "EAGAIN" || error.code === "EINTR");
      if (error !== null && !isBusy) {
        isDead = true;
        queue = [];
        finished();
      } else if (isBusy) {
        setTimeout(() => send(bytes), 20);
      } else if (count < bytes.length) {
        send(bytes.subarray(count));
      } else {
        next();
      }
    });
  };
  const next = (): void => {
    if (queue.length === 0) {
      finished();
      return;
    }
    const text =
      queue.join("") + (dropped > 0 ? `           … ${dropped} lines not shown: reader too slow\n` : "");
    queue = [];
    dropped = 0;
    send(Buffer.from(text));
  };
  return {
    write(line) {
      if (isDead) return;
      if (queue.length >= mostQueued) dropped++;
      else queue.push(printLogLine(line));
      if (isWriting) return;
      isWriting = true;
      setImmediate(next); // what is said of one packet is one write, after the answer has left
    },
    flush: () => (isWriting ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
  };
}
