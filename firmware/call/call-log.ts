// Missed, received and placed calls, newest first. Kept in RAM and written at most once in 30 s.
import type { Party } from "#firmware/sip/notices.ts";
import type { CallLog, LogEntry } from "./view.ts";

/** Entries each directory keeps. */
export const mostEntries = 32;

/** How long changes are gathered before they are written. */
export const commitMs = 30_000;

export const emptyLog: CallLog = { missed: [], received: [], placed: [] };

export type LogKind = keyof CallLog;

/** Puts a finished call in front. */
export function addEntry(log: CallLog, kind: LogKind, entry: LogEntry): CallLog {
  return { ...log, [kind]: [entry, ...log[kind]].slice(0, mostEntries) };
}

/** The number or URI last dialled on a line. */
export function lastPlaced(log: CallLog, line: number): string | undefined {
  return log.placed.find((entry) => entry.line === line)?.target;
}

/** The newest number of the logs that begins so and goes on; nothing for fewer than two digits. */
export function complete(log: CallLog, digits: string): string | undefined {
  if (digits.length < 2) return undefined;
  const fits = (entry: LogEntry): boolean =>
    entry.target.length > digits.length &&
    entry.target.startsWith(digits) &&
    /^[0-9*#+]+$/.test(entry.target);
  return (log.placed.find(fits) ?? log.received.find(fits) ?? log.missed.find(fits))?.target;
}

/** For storage. */
export function encodeLog(log: CallLog): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(log));
}

/** What was stored. Anything that is not a call log is an empty one: a log is no reason not to start. */
export function decodeLog(bytes: Uint8Array | undefined): CallLog {
  if (bytes === undefined) return emptyLog;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return emptyLog; // a torn or foreign record: begins anew, as the head of the function says
  }
  return {
    missed: entries(value, "missed"),
    received: entries(value, "received"),
    placed: entries(value, "placed"),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

function entries(value: unknown, kind: LogKind): readonly LogEntry[] {
  const list = isRecord(value) ? value[kind] : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => entry(item) ?? []).slice(0, mostEntries);
}

function entry(value: unknown): LogEntry | undefined {
  if (!isRecord(value)) return undefined;
  const { line, target, atUnixMs, durationSec } = value;
  const peer = party(value["peer"]);
  if (typeof line !== "number" || typeof target !== "string" || peer === undefined) return undefined;
  return {
    line,
    target,
    peer,
    atUnixMs: typeof atUnixMs === "number" ? atUnixMs : undefined,
    durationSec: typeof durationSec === "number" ? durationSec : 0,
  };
}

function party(value: unknown): Party | undefined {
  if (!isRecord(value)) return undefined;
  const { name, number, uri, isAnonymous } = value;
  if (typeof name !== "string" || typeof number !== "string" || typeof uri !== "string") return undefined;
  return { name, number, uri, isAnonymous: isAnonymous === true };
}
