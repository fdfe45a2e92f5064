// Entries of the call logs as lines of a list.
import type { LocalTime, LogEntry } from "#firmware/call/view.ts";
import { expandLabels } from "#ui/words/fill.ts";
import type { Words } from "#ui/words/words.ts";
import { clockText, dateText } from "./date-time.ts";

/** Tells one entry from another. */
export function entryKey(entry: LogEntry): string {
  return `${entry.atUnixMs ?? "?"} ${entry.target}`;
}

/** How many missed calls are newer than the one seen last. */
export function missedSince(missed: readonly LogEntry[], seenKey: string | undefined): number {
  if (seenKey === undefined) return missed.length;
  const at = missed.findIndex((entry) => entryKey(entry) === seenKey);
  return at < 0 ? missed.length : at;
}

/** Who it was: a name, else the number, else that it was withheld. */
export function entryName(entry: LogEntry, words: Words): string {
  if (entry.peer.isAnonymous) return words.texts.anonymousCaller;
  const name = expandLabels(words, entry.peer.name);
  return name || entry.peer.number || entry.target || words.texts.unknownCaller;
}

/** When it was: the time today, else the date; empty where nobody had told the time. */
export function entryTime(
  entry: LogEntry,
  now: LocalTime | undefined,
  form: {
    readonly toLocal: (atUnixMs: number) => LocalTime;
    readonly dateFormat: string;
    readonly is24Hour: boolean;
  },
): string {
  if (entry.atUnixMs === undefined) return "";
  const at = form.toLocal(entry.atUnixMs);
  const isToday = now !== undefined && at.year === now.year && at.month === now.month && at.day === now.day;
  return isToday ? clockText(at, form.is24Hour) : dateText(at, form.dateFormat);
}
