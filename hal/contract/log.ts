// Where log lines go. Lines live in bounded RAM; see firmware/runtime/log.ts.

export type LogLevel = "debug" | "info" | "warning" | "error";

/** One finished line: the machine or folder it comes from, and a text without secrets. */
export interface LogLine {
  /** Milliseconds since start. */
  readonly atMs: number;
  readonly level: LogLevel;
  /** The area, e.g. `dhcp`, `sip`. */
  readonly area: string;
  readonly text: string;
}

/** Takes lines as they happen; never blocks, never throws. */
export interface LogSink {
  write(line: LogLine): void;
}
