// A runtime for the firmware's protocol clients on the kernel parts of a rig: real clock, kept log, failures thrown.
import { LogBook } from "#firmware/runtime/log.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import { TimerTable } from "#firmware/runtime/timers.ts";
import type { KernelParts } from "#hal/linux/kernel-parts.ts";

export interface FirmwareRig {
  readonly runtime: Runtime;
  /** The log as text, for what a failing test prints. */
  log(): string;
}

export function createFirmwareRig(kernel: KernelParts): FirmwareRig {
  const book = new LogBook(kernel.clock, { write: () => {} });
  return {
    runtime: {
      clock: kernel.clock,
      random: kernel.random,
      timers: new TimerTable(kernel.clock),
      log: (area) => book.area(area),
      fail: (area, error) => {
        throw new Error(`${area} failed`, { cause: error });
      },
    },
    log: () =>
      book
        .last(200)
        .map(({ atMs, area, text }) => `${atMs.toFixed(1)} ${area}: ${text}`)
        .join("\n"),
  };
}
