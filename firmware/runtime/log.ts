// Log lines: bounded RAM, one area per folder, secrets never. Lines also go to a sink (serial console, syslog).
import type { LogLevel, LogLine, LogSink } from "#hal/contract/log.ts";
import type { Clock } from "#hal/contract/time.ts";

/** Lines kept in RAM, and at most in a crash record. */
const keptLines = 2000;

/** Writes lines of one area. */
export interface Log {
  debug(text: string): void;
  info(text: string): void;
  warning(text: string): void;
  error(text: string): void;
}

/** The phone's log. Debug lines are kept only for areas that were switched on. */
export class LogBook {
  readonly #clock: Clock;
  readonly #sink: LogSink;
  readonly #lines: LogLine[] = [];
  readonly #debugged = new Set<string>();

  constructor(clock: Clock, sink: LogSink) {
    this.#clock = clock;
    this.#sink = sink;
  }

  area(area: string): Log {
    return {
      debug: (text) => {
        if (this.#debugged.has(area) || this.#debugged.has("all")) this.#write("debug", area, text);
      },
      info: (text) => this.#write("info", area, text),
      warning: (text) => this.#write("warning", area, text),
      error: (text) => this.#write("error", area, text),
    };
  }

  /** Switches debug lines of an area (or `all`) on or off. */
  setDebug(area: string, isOn: boolean): void {
    if (isOn) this.#debugged.add(area);
    else this.#debugged.delete(area);
  }

  /** Areas whose debug lines are on. */
  debugged(): readonly string[] {
    return [...this.#debugged].sort();
  }

  /** The newest `count` lines, oldest first. */
  last(count: number): readonly LogLine[] {
    return this.#lines.slice(-count);
  }

  #write(level: LogLevel, area: string, text: string): void {
    const line: LogLine = { atMs: this.#clock.now(), level, area, text };
    this.#lines.push(line);
    if (this.#lines.length > keptLines) this.#lines.splice(0, this.#lines.length - keptLines);
    this.#sink.write(line);
  }
}
