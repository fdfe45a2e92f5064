// One command over the local socket, for scripts: the answer's lines and how it ended, told apart from each other.
// The client sends byte 01, the command and a line feed; it gets one JSON object per line, the last one with `end`.
import { ConfigError } from "#hal/contract/errors.ts";

/** First byte of a request for one command. */
export const onceMark = 0x01;

/** A line of the answer, or its end: null when all went well, else why not. */
export type OnceLine = { readonly line: string } | { readonly end: string | null };

/** Begins an interactive session, so that a person sees the prompt before typing. */
export const sessionMark = 0x02;

export function encodeRequest(command: string): Uint8Array {
  return new TextEncoder().encode(`${String.fromCharCode(onceMark)}${command.replace(/[\r\n]+/g, " ")}\n`);
}

export function encodeLine(line: OnceLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** Reads one line of an answer; ConfigError for anything else. */
export function decodeLine(text: string): OnceLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError("malformed", "console", "answer", "expected a JSON object per line", { cause });
  }
  if (typeof value === "object" && value !== null) {
    if ("line" in value && typeof value.line === "string") return { line: value.line };
    if ("end" in value && (value.end === null || typeof value.end === "string")) return { end: value.end };
  }
  throw new ConfigError("malformed", "console", "answer", "expected line or end");
}
