// How a program ended, and how long after its own last word: what the claim "gone 500 ms after a throw" is measured with.
// The program says the word where it throws, or where it gives a running worker what it throws at: the start of Node and
// of its workers does not count. Both moments are the kernel's monotonic clock. So that other programs' load is not
// measured, the program runs before all others where that is permitted (`nice` goes on without), and what the looker
// itself stood in the queue for a processor after its last look (Documentation/scheduler/sched-stats.rst) is taken off.
import { spawn } from "node:child_process";
import { readFileSync, writeSync } from "node:fs";

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  /** From its last word to its end; NaN where it said nothing. */
  readonly tookMs: number;
  /** What it wrote on standard error. */
  readonly errors: string;
}

const lookEveryMs = 5;

/** In the program: the moment from which its end is measured. Of any thread; written before this returns. */
export function sayLastWord(): void {
  writeSync(1, `${process.hrtime.bigint()}\n`);
}

/** Runs a program to its end. */
export function ending(program: string, words: readonly string[]): Promise<Ending> {
  const child = spawn("nice", ["-n", "-20", program, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  let lookedNs = queuedNs();
  const looking = setInterval(() => {
    lookedNs = queuedNs();
  }, lookEveryMs);
  let endNs = 0;
  child.once("exit", () => {
    endNs = Number(process.hrtime.bigint()) - (queuedNs() - lookedNs);
    clearInterval(looking);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const tookMs = said === "" ? Number.NaN : (endNs - Number(said)) / 1e6;
      resolve({ code, signal, tookMs, errors });
    });
  });
}

/** How long this thread has waited for a processor so far. */
function queuedNs(): number {
  return Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ")[1]);
}
