// From what a configuration says to a zone.
import { daylightRules } from "./daylight-rules.ts";
import type { Change, DaylightSaving, Zone } from "./zone.ts";
import { abbreviations, windowsNames, type ZoneRow } from "./zone-table.ts";

/** A change as the text files write it. */
export interface WrittenChange {
  readonly month: number;
  /** 1–31; 0: by week and weekday. */
  readonly day: number;
  /** 1 Sunday … 7 Saturday. */
  readonly weekday: number;
  /** 1–6, 8 the last. */
  readonly week: number;
  /** Local wall-clock time, minutes. */
  readonly atMinute: number;
}

/** What a configuration says about local time. */
export interface ZoneQuestion {
  /** Abbreviation, GMT offset or Windows-like name, in any letter case. */
  readonly name: string | undefined;
  /** False: `dst_auto_adjust` is 0. */
  readonly isDstAllowed: boolean;
  /** Rules written in the file; undefined: those of the zone. */
  readonly dst:
    | { readonly offsetMinutes: number; readonly start: WrittenChange; readonly stop: WrittenChange }
    | undefined;
}

/** The zone, UTC where the name means nothing. */
export interface ZoneAnswer {
  readonly zone: Zone;
  readonly isKnown: boolean;
}

const utc: Zone = { offsetMinutes: 0, dst: undefined };

/** Finds the zone and applies what the file says about daylight saving. */
export function chooseZone({ name, isDstAllowed, dst }: ZoneQuestion): ZoneAnswer {
  const found = name === undefined ? utc : zoneNamed(name);
  const zone = found ?? utc;
  const isKnown = found !== undefined;
  if (!isDstAllowed) return { zone: { ...zone, dst: undefined }, isKnown };
  if (dst !== undefined) return { zone: { ...zone, dst: written(dst) }, isKnown };
  return { zone, isKnown };
}

function written(dst: NonNullable<ZoneQuestion["dst"]>): DaylightSaving {
  return { offsetMinutes: dst.offsetMinutes, start: change(dst.start), stop: change(dst.stop) };
}

function change({ month, day, weekday, week, atMinute }: WrittenChange): Change {
  const on = day > 0 ? ({ kind: "date", day } as const) : ({ kind: "nth", weekday, week } as const);
  return { month, on, atMinute, clock: "wall" };
}

/** Undefined: nobody knows this name. */
function zoneNamed(name: string): Zone | undefined {
  const wanted = name.trim().toLowerCase().replace(/\s+/g, " ");
  return (
    byOffset(wanted) ??
    row(abbreviations, (one) => one === wanted) ??
    row(windowsNames, (one) => one === wanted.replace(/ standard(\/daylight)? time$/, "")) ??
    byPlace(wanted)
  );
}

/** `GMT+2`, `UTC-03:30`, `+5`, `-0930`. */
function byOffset(name: string): Zone | undefined {
  const match = /^(?:gmt|utc)? ?([+-])([0-9]{1,2})(?::?([0-9]{2}))?$/.exec(name);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? "0");
  if (minutes > 14 * 60 || Number(match[3] ?? "0") > 59) return undefined;
  return { offsetMinutes: match[1] === "-" ? -minutes : minutes, dst: undefined };
}

function row(table: readonly ZoneRow[], isWanted: (name: string) => boolean): Zone | undefined {
  const found = table.find(([names]) => names.some((name) => isWanted(name.toLowerCase())));
  return found === undefined ? undefined : zoneOf(found);
}

/** Places of the tables, as newer files write them: `Europe/Berlin`. */
function byPlace(name: string): Zone | undefined {
  const found = [...abbreviations, ...windowsNames].find(([, , place]) => place.toLowerCase() === name);
  return found === undefined ? undefined : zoneOf(found);
}

function zoneOf([, offsetMinutes, , rule]: ZoneRow): Zone {
  return { offsetMinutes, dst: rule === undefined ? undefined : daylightRules[rule] };
}
