// The kernel's watchdog: resets the board unless it is written to in time.
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { HalError } from "#hal/contract/errors.ts";
import type { Watchdog } from "#hal/contract/power.ts";
import { c } from "./ffi/abi.ts";
import { libc } from "./ffi/libc.ts";

/**
 * Opens the watchdog, which starts it. HalError `missing` or `busy` (an init system may hold it).
 * The driver may round `timeoutMs`; the watchdog's own `timeoutMs` is what it said.
 */
export function openWatchdog(options: { path: string; timeoutMs: number }): Watchdog {
  const fd = openDevice(options.path);
  const seconds = new Uint8Array(4);
  const view = new DataView(seconds.buffer);
  view.setInt32(0, Math.max(1, Math.round(options.timeoutMs / 1000)), true);
  libc().ioctl(fd, c.WDIOC_SETTIMEOUT, seconds); // drivers without it keep their own
  const isTold = libc().ioctl(fd, c.WDIOC_GETTIMEOUT, seconds) === 0;
  let isOpen = true;
  return {
    timeoutMs: isTold ? view.getInt32(0, true) * 1000 : options.timeoutMs,
    feed() {
      if (isOpen) writeSync(fd, "\0");
    },
    disarm() {
      if (!isOpen) return;
      isOpen = false;
      writeSync(fd, "V"); // the magic close: without it most drivers go on counting
      closeSync(fd);
    },
  };
}

function openDevice(path: string): number {
  try {
    return openSync(path, constants.O_WRONLY);
  } catch (cause) {
    const isBusy = cause instanceof Error && "code" in cause && cause.code === "EBUSY";
    throw new HalError(isBusy ? "busy" : "missing", path, "open", String(cause), { cause });
  }
}
