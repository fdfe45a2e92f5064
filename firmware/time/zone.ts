// Zones as plain data, and the local time of a moment in one. Pure.
import type { UnixMs } from "#hal/contract/time.ts";
import { dateOf, daysInMonth, daysOf, weekdayOf } from "./civil.ts";

/** The day of a change. */
export type ChangeDay =
  /** That day of the month, or the month's last where it has fewer. */
  | { readonly kind: "date"; readonly day: number }
  /** The n-th such weekday (1 Sunday … 7 Saturday); the last one where the month has fewer, and for 8. */
  | { readonly kind: "nth"; readonly weekday: number; readonly week: number }
  /** The first such weekday on or after that day. */
  | { readonly kind: "from"; readonly weekday: number; readonly day: number };

/** When daylight-saving time begins or ends, every year. */
export interface Change {
  /** 1–12. */
  readonly month: number;
  readonly on: ChangeDay;
  /** Minutes after midnight on the clock named beside it; 1440 is the end of the day. */
  readonly atMinute: number;
  /** What people's clocks show then, standard time, or UTC. */
  readonly clock: "wall" | "standard" | "utc";
}

export interface DaylightSaving {
  /** Added to standard time; may be negative. */
  readonly offsetMinutes: number;
  readonly start: Change;
  readonly stop: Change;
}

export interface Zone {
  /** Standard time less UTC, minutes. */
  readonly offsetMinutes: number;
  readonly dst: DaylightSaving | undefined;
}

/** Date and time of day as people read them. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const dayMinutes = 1440;
const minuteMs = 60_000;

/** The local time of a moment. */
export function localTime(at: UnixMs, zone: Zone): LocalTime {
  const localMs = at + offsetAt(at, zone) * minuteMs;
  const days = Math.floor(localMs / (dayMinutes * minuteMs));
  const seconds = Math.floor(localMs / 1000) - days * dayMinutes * 60;
  return {
    ...dateOf(days),
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
  };
}

/** Local time less UTC at a moment, minutes. */
export function offsetAt(at: UnixMs, zone: Zone): number {
  const { dst, offsetMinutes } = zone;
  return dst !== undefined && isDaylightSaving(at, zone.offsetMinutes, dst)
    ? offsetMinutes + dst.offsetMinutes
    : offsetMinutes;
}

function isDaylightSaving(at: UnixMs, standardMinutes: number, dst: DaylightSaving): boolean {
  const utcMinute = at / minuteMs;
  const { year } = dateOf(Math.floor((utcMinute + standardMinutes) / dayMinutes));
  const start = utcMinuteOf(year, dst.start, standardMinutes, 0);
  const stop = utcMinuteOf(year, dst.stop, standardMinutes, dst.offsetMinutes);
  // South of the equator summer runs over the turn of the year.
  return start <= stop ? utcMinute >= start && utcMinute < stop : utcMinute >= start || utcMinute < stop;
}

/** The moment of a change in a year, in minutes since 1970; `aheadMinutes`: by how much the wall clock is ahead then. */
function utcMinuteOf(year: number, change: Change, standardMinutes: number, aheadMinutes: number): number {
  const minute = changeDay(year, change) * dayMinutes + change.atMinute;
  switch (change.clock) {
    case "utc":
      return minute;
    case "standard":
      return minute - standardMinutes;
    case "wall":
      return minute - standardMinutes - aheadMinutes;
  }
}

function changeDay(year: number, { month, on }: Change): number {
  const first = daysOf({ year, month, day: 1 });
  const length = daysInMonth(year, month);
  switch (on.kind) {
    case "date":
      return first + Math.min(on.day, length) - 1;
    case "from": {
      const from = first + on.day - 1;
      return from + ((on.weekday - weekdayOf(from) + 7) % 7);
    }
    case "nth": {
      const firstSuch = first + ((on.weekday - weekdayOf(first) + 7) % 7);
      const lastSuch = firstSuch + Math.floor((first + length - 1 - firstSuch) / 7) * 7;
      return Math.min(firstSuch + (on.week - 1) * 7, lastSuch);
    }
  }
}
