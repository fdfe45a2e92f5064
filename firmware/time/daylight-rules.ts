// Daylight-saving rules in force in 2026, after the public-domain time zone database; test/unit/time compares each with
// the host's own copy of it.
import type { ChangeDay, DaylightSaving } from "./zone.ts";

const nth = (week: number, weekday: number): ChangeDay => ({ kind: "nth", weekday, week });
const from = (day: number, weekday: number): ChangeDay => ({ kind: "from", weekday, day });
const [sunday, thursday, friday] = [1, 5, 6] as const;
const last = 8;

/** Rules by the place they are named after; each adds an hour. */
export const daylightRules = {
  /** United States, Canada: second Sunday of March 2:00 to first Sunday of November 2:00. */
  us: {
    offsetMinutes: 60,
    start: { month: 3, on: nth(2, sunday), atMinute: 120, clock: "wall" },
    stop: { month: 11, on: nth(1, sunday), atMinute: 120, clock: "wall" },
  },
  /** European Union, Britain, Azores: last Sundays of March and October, 1:00 UTC. */
  eu: {
    offsetMinutes: 60,
    start: { month: 3, on: nth(last, sunday), atMinute: 60, clock: "utc" },
    stop: { month: 10, on: nth(last, sunday), atMinute: 60, clock: "utc" },
  },
  /** South-eastern Australia: first Sundays of October and April, 2:00 standard time. */
  australia: {
    offsetMinutes: 60,
    start: { month: 10, on: nth(1, sunday), atMinute: 120, clock: "standard" },
    stop: { month: 4, on: nth(1, sunday), atMinute: 120, clock: "standard" },
  },
  /** New Zealand: last Sunday of September to first Sunday of April, 2:00 standard time. */
  newZealand: {
    offsetMinutes: 60,
    start: { month: 9, on: nth(last, sunday), atMinute: 120, clock: "standard" },
    stop: { month: 4, on: nth(1, sunday), atMinute: 120, clock: "standard" },
  },
  /** Chile: first Sundays on or after 2 September 4:00 UTC and 2 April 3:00 UTC. */
  chile: {
    offsetMinutes: 60,
    start: { month: 9, on: from(2, sunday), atMinute: 240, clock: "utc" },
    stop: { month: 4, on: from(2, sunday), atMinute: 180, clock: "utc" },
  },
  /** Israel: Friday before the last Sunday of March 2:00 to last Sunday of October 2:00. */
  israel: {
    offsetMinutes: 60,
    start: { month: 3, on: from(23, friday), atMinute: 120, clock: "wall" },
    stop: { month: 10, on: nth(last, sunday), atMinute: 120, clock: "wall" },
  },
  /** Egypt: last Friday of April 0:00 to the end of the last Thursday of October. */
  egypt: {
    offsetMinutes: 60,
    start: { month: 4, on: nth(last, friday), atMinute: 0, clock: "wall" },
    stop: { month: 10, on: nth(last, thursday), atMinute: 1440, clock: "wall" },
  },
} as const satisfies Readonly<Record<string, DaylightSaving>>;

export type RuleName = keyof typeof daylightRules;
