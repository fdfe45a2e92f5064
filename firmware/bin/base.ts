// What every part of the composition root shares: the board's facts, its hardware, the runtime, the phone's end.
import type { BoardFacts } from "#boards/schema/board.ts";
import type { Profile } from "#firmware/config/candidates.ts";
import type { DhcpProfile } from "#firmware/dhcp/requests.ts";
import { LogBook } from "#firmware/runtime/log.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import { TimerTable } from "#firmware/runtime/timers.ts";
import type { Hal } from "#hal/contract/hal.ts";
import type { LogLine } from "#hal/contract/log.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { createNames, type Names } from "./names.ts";

/** What is decided when the phone is started, not by its configuration. */
export interface PhoneOptions {
  /** Which files are asked for, in which order. */
  readonly profile: Profile;
  /** How the phone presents itself to DHCP servers. */
  readonly dhcpProfile: DhcpProfile;
  /** Development images let the console press keys everywhere. */
  readonly isDevelopment: boolean;
  /** When this software was built: no earlier time is believed. */
  readonly buildUnixMs: number;
  /** An error nobody handles: our own mistake. Ends the process on a device. */
  fatal(area: string, error: unknown): void;
}

/** Shared by the parts of one phone. */
export interface Base {
  readonly facts: BoardFacts;
  readonly hal: Hal;
  readonly options: PhoneOptions;
  readonly runtime: Runtime;
  readonly book: LogBook;
  readonly names: Names;
  /** Log lines as they are written. */
  readonly logLines: Emitter<LogLine>;
  /** Aborts when the phone ends. */
  readonly signal: AbortSignal;
}

/** Makes the base of a phone on this hardware. */
export function createBase(facts: BoardFacts, hal: Hal, options: PhoneOptions, signal: AbortSignal): Base {
  const logLines = new Emitter<LogLine>();
  const book = new LogBook(hal.clock, {
    write(line) {
      hal.log.write(line);
      logLines.emit(line);
    },
  });
  const runtime: Runtime = {
    clock: hal.clock,
    random: hal.random,
    timers: new TimerTable(hal.clock),
    log: (area) => book.area(area),
    fail(area, error) {
      book.area(area).error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      options.fatal(area, error);
    },
  };
  const names = createNames(hal.resolver, hal.clock);
  return { facts, hal, options, runtime, book, names, logLines, signal };
}

/** The phone's name on its MAC address: `SEP` or `SIP` and twelve upper-case digits. */
export function deviceName(prefix: "SEP" | "SIP", mac: string): string {
  return prefix + mac.replaceAll(":", "").toUpperCase();
}
