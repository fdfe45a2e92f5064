// The kernel's small text files under /sys, for sensors that only read: power supplies, monitors.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Reads below one folder; what is not there is undefined, never an error. */
export interface Sysfs {
  /** Trimmed content; undefined when absent or unreadable. */
  read(path: string): string | undefined;
  /** Names in a folder; empty when absent. */
  list(path: string): readonly string[];
}

/** `/sys` unless told. */
export function openSysfs(folder = "/sys"): Sysfs {
  return {
    read(path) {
      try {
        return readFileSync(join(folder, path), "utf8").trim();
      } catch {
        return undefined; // absent, or the driver has no value now: unknown either way
      }
    },
    list(path) {
      try {
        return readdirSync(join(folder, path)).sort();
      } catch {
        return []; // no such class of devices
      }
    },
  };
}
