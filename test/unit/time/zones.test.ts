// Zones against the host's own copy of the time zone database, name by name and change by change.
import { describe, expect, test } from "vitest";
import { chooseZone } from "#firmware/time/choose-zone.ts";
import { daylightRules } from "#firmware/time/daylight-rules.ts";
import { localTime, offsetAt, type Zone } from "#firmware/time/zone.ts";
import { abbreviations, windowsNames } from "#firmware/time/zone-table.ts";
import type { UnixMs } from "#hal/contract/time.ts";

const dayMs = 86_400_000;
const begin = Date.UTC(2026, 0, 1);
const end = Date.UTC(2030, 0, 1);
const named = (name: string, isDstAllowed = true) => chooseZone({ name, isDstAllowed, dst: undefined });
const hours = (name: string): number | undefined => {
  const { zone, isKnown } = named(name);
  return isKnown ? zone.offsetMinutes / 60 : undefined;
};

/** Minutes east of UTC as the host knows them. */
function hostOffset(place: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: place, timeZoneName: "longOffset" });
  return (at) => {
    const text = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const match = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(text);
    const minutes = Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0);
    return match?.[1] === "-" ? -minutes : minutes;
  };
}

/** Every change of offset in the years looked at, to the minute. */
function changes(offset: (at: number) => number): string[] {
  const found: string[] = [];
  let before = offset(begin);
  for (let at = begin + dayMs; at <= end; at += dayMs) {
    const now = offset(at);
    if (now === before) continue;
    let [low, high] = [at - dayMs, at];
    while (high - low > 60_000) {
      const middle = low + Math.floor((high - low) / 120_000) * 60_000;
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    found.push(`${new Date(high).toISOString()} ${now}`);
    before = now;
  }
  return [`${offset(begin)}`, ...found];
}

const own = (zone: Zone) => (at: number) => offsetAt(at as UnixMs, zone);

describe.each(
  [...abbreviations, ...windowsNames].map(([names, , place]) => [names[0] ?? "", place] as const),
)("%s is %s", (name, place) => {
  test("BOOT-068 changes to the minute when the time zone database says so", () => {
    const { zone, isKnown } = named(name === "GMT" || name === "UTC" ? place : name);
    expect(isKnown).toBe(true);
    expect(changes(own(zone))).toEqual(changes(hostOffset(place)));
  });
});

test("all rules are used, so all are compared", () => {
  const used = new Set([...abbreviations, ...windowsNames].map(([, , , rule]) => rule));
  expect(Object.keys(daylightRules).filter((rule) => !used.has(rule as keyof typeof daylightRules))).toEqual(
    [],
  );
});

test.each([
  ["TZ-001", -12, ["IDLW"]],
  ["TZ-002", -11, ["NT"]],
  ["TZ-003", -10, ["AHST", "HST", "CAT"]],
  ["TZ-004", -9, ["YST", "HDT"]],
  ["TZ-005", -8, ["PST", "YDT"]],
  ["TZ-006", -7, ["MST", "PDT"]],
  ["TZ-007", -6, ["CST", "MDT"]],
  ["TZ-008", -5, ["EST", "CDT"]],
  ["TZ-009", -4, ["AST", "EDT"]],
  ["TZ-010", -3.5, ["NST"]],
  ["TZ-011", -3, ["BST", "ADT"]],
  ["TZ-012", -2, ["AT"]],
  ["TZ-013", -1, ["WAT"]],
  ["TZ-014", 0, ["GMT", "UTC", "WET", "UT"]],
  ["TZ-015", 1, ["CET", "MET", "MEWT", "SWT", "MEZ", "FWT"]],
  ["TZ-016", 2, ["EET", "USSR-zone1", "MEST", "FST"]],
  ["TZ-017", 3, ["BT", "USSR-zone2"]],
  ["TZ-018", 3.5, ["IT"]],
  ["TZ-019", 4, ["USSR-zone3", "ZP4"]],
  ["TZ-020", 4.5, ["GMT+04:30", "Afghanistan Standard Time"]],
  ["TZ-021", 5, ["USSR-zone4", "ZP5"]],
  ["TZ-022", 5.5, ["IST"]],
  ["TZ-023", 6, ["USSR-zone5", "ZP6"]],
  ["TZ-024", 6.5, ["NSUT"]],
  ["TZ-025", 7, ["WAST", "USSR-zone6"]],
  ["TZ-026", 8, ["CCT", "WST", "USSR-zone7"]],
  ["TZ-027", 9, ["JST", "KST", "USSR-zone8"]],
  ["TZ-028", 9.5, ["SAST", "CAST"]],
  ["TZ-029", 10, ["EAST", "GST", "USSR-zone9"]],
  ["TZ-030", 11, ["USSR-zone10"]],
  ["TZ-031", 12, ["NZST", "NZT", "IDLE"]],
] as const)("%s %d h: %s, in any letter case", (_row, offset, names) => {
  for (const name of names) {
    expect(hours(name)).toBe(offset);
    expect(hours(` ${name.toLowerCase()} `)).toBe(offset);
  }
});

test.each([
  ["W. Europe Standard/Daylight Time", 1],
  ["Eastern Standard/Daylight Time", -5],
  ["South Africa Standard Time ", 2],
  ["Central Asia Standard Time", 6],
  ["GTB Standard/Daylight Time", 2],
  ["Europe/Berlin", 1],
  ["GMT+2", 2],
  ["GMT-03:30", -3.5],
  ["UTC+0530", 5.5],
  ["+1", 1],
  ["Mars Standard Time", undefined],
  ["GMT+15", undefined],
  ["GMT+01:75", undefined],
  ["", undefined],
] as const)("'%s' is %s h", (name, offset) => {
  expect(hours(name)).toBe(offset);
});

test("an unknown name is UTC, and so is none", () => {
  expect(named("Mars").zone).toEqual({ offsetMinutes: 0, dst: undefined });
  expect(chooseZone({ name: undefined, isDstAllowed: true, dst: undefined })).toEqual({
    zone: { offsetMinutes: 0, dst: undefined },
    isKnown: true,
  });
});

test("TIM-012 dst_auto_adjust 0 never changes", () => {
  const { zone } = named("CET", false);
  const july = Date.UTC(2026, 6, 1, 12) as UnixMs;
  expect(localTime(july, zone).hour).toBe(13);
  expect(localTime(july, named("CET").zone).hour).toBe(14);
});
