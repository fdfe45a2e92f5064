// What happens when nobody caught an error: the crash record is written on its open descriptor and the process aborts.
// abort, not exit: exit waits for worker threads, and one inside a native call would keep the process alive.
import type { CrashRecord } from "#hal/contract/storage.ts";
import { c, layout } from "./ffi/abi.ts";
import { libc } from "./ffi/libc.ts";

export interface CrashPathOptions {
  readonly record: CrashRecord;
  readonly version: string;
  /** The last lines of the log, oldest first. */
  lastLines(): readonly string[];
}

/** The end of the process, for errors that somebody noticed. */
export interface CrashPath {
  /** Writes the record and aborts. `what` names the thread or area. */
  die(what: string, error: unknown): never;
}

/** Core files would keep a dying process for seconds and fill the data partition. */
function forbidCoreFiles(): void {
  libc().setrlimit(c.RLIMIT_CORE, new Uint8Array(layout.rlimit.sizeof)); // both limits zero; a refusal costs time only
}

/** Catches what reaches the top of the main thread from now on. */
export function installCrashPath(options: CrashPathOptions): CrashPath {
  forbidCoreFiles();
  let isDying = false;
  const die = (what: string, error: unknown): never => {
    if (!isDying) {
      isDying = true; // an error on the way down must not start again
      try {
        options.record.write({
          reason: `${what}: ${error instanceof Error ? error.message : String(error)}`,
          stack: error instanceof Error ? (error.stack ?? "") : "",
          log: options.lastLines().slice(-200),
          version: options.version,
        });
      } finally {
        process.abort();
      }
    }
    return process.abort();
  };
  process.on("uncaughtException", (error) => die("main", error)); // also unhandled rejections
  return { die };
}
