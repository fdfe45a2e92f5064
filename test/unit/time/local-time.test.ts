// Local time, dates, written daylight-saving rules, and the clock's floor.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseZone, type WrittenChange } from "#firmware/time/choose-zone.ts";
import { dateOf, daysInMonth, daysOf, weekdayOf } from "#firmware/time/civil.ts";
import { clockFloor, startTimeKeeper } from "#firmware/time/keeper.ts";
import { localTime, offsetAt, type Zone } from "#firmware/time/zone.ts";
import type { UnixMs } from "#hal/contract/time.ts";
import { createFlash, createSimStorage } from "#hal/sim/storage.ts";
import { readText } from "#test/unit/config/reading-rig.ts";
import { createTestRuntime } from "#test/unit/test-runtime.ts";

const at = (...parts: [number, number, number, number?, number?]): UnixMs => {
  const [year, month, day, hour = 0, minute = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute) as UnixMs;
};
const show = (moment: UnixMs, zone: Zone): string => {
  const { month, day, hour, minute } = localTime(moment, zone);
  return `${month}/${day} ${hour}:${String(minute).padStart(2, "0")}`;
};
const byWeek = (month: number, week: number, atMinute = 120): WrittenChange => ({
  month,
  day: 0,
  weekday: 1,
  week,
  atMinute,
});
const byDate = (month: number, day: number, atMinute = 120): WrittenChange => ({
  month,
  day,
  weekday: 1,
  week: 1,
  atMinute,
});
const zoneWith = (name: string, start: WrittenChange, stop: WrittenChange, offsetMinutes = 60): Zone =>
  chooseZone({ name, isDstAllowed: true, dst: { offsetMinutes, start, stop } }).zone;

describe("dates", () => {
  test("every day of eight centuries agrees with the host's calendar", () => {
    for (let days = -150_000; days < 150_000; days += 37) {
      const date = new Date(days * 86_400_000);
      const civil = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
      expect(dateOf(days)).toEqual(civil);
      expect(daysOf(civil)).toBe(days);
      expect(weekdayOf(days)).toBe(date.getUTCDay() + 1);
    }
  });

  test("leap years", () => {
    expect([2024, 2026, 2000, 2100].map((year) => daysInMonth(year, 2))).toEqual([29, 28, 29, 28]);
    expect(daysInMonth(2026, 12)).toBe(31);
  });

  test("any moment is split as the host splits it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 4e12 }),
        fc.integer({ min: -720, max: 840 }),
        (ms, offsetMinutes) => {
          const host = new Date(Math.floor(ms) + offsetMinutes * 60_000);
          expect(localTime(ms as UnixMs, { offsetMinutes, dst: undefined })).toEqual({
            year: host.getUTCFullYear(),
            month: host.getUTCMonth() + 1,
            day: host.getUTCDate(),
            hour: host.getUTCHours(),
            minute: host.getUTCMinutes(),
            second: host.getUTCSeconds(),
          });
        },
      ),
    );
  });
});

describe("written rules", () => {
  test("BOOT-068 TIM-013 TIM-018 the absolute example: zone PST, 1 April 2:00 to 1 October 2:00", () => {
    const zone = zoneWith("PST", byDate(4, 1), byDate(10, 1));
    expect(show(at(2026, 4, 1, 9, 59), zone)).toBe("4/1 1:59");
    expect(show(at(2026, 4, 1, 10, 0), zone)).toBe("4/1 3:00");
    expect(show(at(2026, 10, 1, 8, 59), zone)).toBe("10/1 1:59");
    expect(show(at(2026, 10, 1, 9, 0), zone)).toBe("10/1 1:00");
  });

  test("SEED-016 TIM-018 the guide's example, pasted literally, steps over both changes with one count", () => {
    const { config, statuses } = readText({
      default:
        "time_zone : PST\ndst_offset : 01/00\ndst_start_month : April\ndst_start_day : 1\ndst_start_time : 02/00\ndst_stop_month : October\ndst_stop_day : 1\ndst_stop_time : 02/00\ndst_stop_autoadjust : 1\n",
    });
    expect(statuses.filter(({ code }) => code === "parse-errors")).toEqual([
      { code: "parse-errors", facts: { name: "SIPDefault.cnf", count: 1 } },
    ]);
    const { zone: name, isDstAllowed, dst } = config.time;
    const { zone } = chooseZone({ name, isDstAllowed, dst });
    const seen: string[] = [];
    let before = zone.offsetMinutes;
    for (let moment = at(2026, 1, 1); moment < at(2027, 1, 1); moment = (moment + 3_600_000) as UnixMs) {
      const now = offsetAt(moment, zone);
      if (now !== before) seen.push(show(moment, zone));
      before = now;
    }
    expect(seen).toEqual(["4/1 3:00", "10/1 1:00"]);
  });

  test("BOOT-068 TIM-014 TIM-019 the relative example: first Sunday of April to last Sunday of October", () => {
    const zone = zoneWith("EST", byWeek(4, 1), byWeek(10, 8));
    expect(show(at(2026, 4, 5, 6, 59), zone)).toBe("4/5 1:59");
    expect(show(at(2026, 4, 5, 7, 0), zone)).toBe("4/5 3:00");
    expect(show(at(2026, 10, 25, 5, 59), zone)).toBe("10/25 1:59");
    expect(show(at(2026, 10, 25, 6, 0), zone)).toBe("10/25 1:00");
  });

  test("BOOT-068 week 8 is the last one in every month, and so is 5 or 6 where there are fewer", () => {
    for (const week of [5, 6, 8]) {
      const zone = zoneWith("UTC", byWeek(2, week, 0), byWeek(11, week, 0));
      // February 2026 has four Sundays, November 2026 five.
      expect(show(at(2026, 2, 22, 0, 0), zone)).toBe("2/22 1:00");
      expect(show(at(2026, 2, 21, 23, 59), zone)).toBe("2/21 23:59");
      expect(show(at(2026, 11, 28, 23, 0), zone)).toBe("11/28 23:00");
    }
  });

  test("TIM-017 weeks are counted by the weekday's occurrences, not by calendar weeks", () => {
    // 1 March 2026 is a Sunday: the second Sunday is the 8th.
    const zone = zoneWith("UTC", byWeek(3, 2), byWeek(10, 8));
    expect(show(at(2026, 3, 8, 1, 59), zone)).toBe("3/8 1:59");
    expect(show(at(2026, 3, 8, 2, 0), zone)).toBe("3/8 3:00");
  });

  test("TIM-015 times are those of the clock on the wall before the change", () => {
    const zone = zoneWith("CET", byWeek(3, 8, 150), byWeek(10, 8, 180));
    expect(show(at(2026, 3, 29, 1, 29), zone)).toBe("3/29 2:29");
    expect(show(at(2026, 3, 29, 1, 30), zone)).toBe("3/29 3:30");
    expect(show(at(2026, 10, 25, 0, 59), zone)).toBe("10/25 2:59");
    expect(show(at(2026, 10, 25, 1, 0), zone)).toBe("10/25 2:00");
  });

  test("TIM-016 south of the equator the year begins and ends in summer", () => {
    const zone = zoneWith("NZST", byWeek(10, 1), byWeek(3, 8));
    expect(show(at(2026, 1, 1, 0, 0), zone)).toBe("1/1 13:00");
    expect(show(at(2026, 7, 1, 0, 0), zone)).toBe("7/1 12:00");
    expect(show(at(2026, 12, 31, 0, 0), zone)).toBe("12/31 13:00");
  });

  test("a negative and a half-hour offset, and a day that a month does not have", () => {
    expect(show(at(2026, 7, 1), zoneWith("UTC", byDate(5, 1), byDate(9, 1), -60))).toBe("6/30 23:00");
    expect(show(at(2026, 7, 1), zoneWith("UTC", byDate(5, 1), byDate(9, 1), 30))).toBe("7/1 0:30");
    expect(show(at(2026, 3, 1), zoneWith("UTC", byDate(2, 31), byDate(9, 1)))).toBe("3/1 1:00");
  });

  test("any rule gives a local time within a day of standard time, and time never stands still for long", () => {
    const rule = fc.record({
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 0, max: 31 }),
      weekday: fc.integer({ min: 1, max: 7 }),
      week: fc.constantFrom(1, 2, 3, 4, 5, 6, 8),
      atMinute: fc.integer({ min: 0, max: 1440 }),
    });
    fc.assert(
      fc.property(
        rule,
        rule,
        fc.integer({ min: -1440, max: 1440 }),
        fc.integer({ min: 0, max: 3e12 }),
        (start, stop, offset, ms) => {
          const zone = zoneWith("UTC", start, stop, offset);
          const local = localTime(ms as UnixMs, zone);
          const seconds = daysOf(local) * 86_400 + local.hour * 3600 + local.minute * 60 + local.second;
          const ahead = seconds - Math.floor(ms / 1000);
          expect([0, offset * 60]).toContain(ahead);
        },
      ),
    );
  });
});

describe("without a battery clock", () => {
  const build = at(2026, 10, 1);

  test("the floor is the later of build time and last kept time", () => {
    const storage = createSimStorage(createFlash());
    expect(clockFloor(build, storage)).toBe(build);
    for (const [kept, floor] of [
      [String(build - 1), build],
      [String(build + 5), build + 5],
      ["rubbish", build],
      ["", build],
    ] as const) {
      void storage.write([{ shelf: "time", key: "wall", value: new TextEncoder().encode(kept) }]);
      expect(clockFloor(build, storage)).toBe(floor);
    }
  });

  test("TIM-011 the time is kept when it is set, each hour, and at shutdown, and is the next floor", async () => {
    const { clock, runtime, timers, failures } = createTestRuntime();
    const storage = createSimStorage(createFlash());
    const stop = new AbortController();
    const keeper = startTimeKeeper({ runtime, storage, signal: stop.signal });
    await keeper.keepNow();
    expect(storage.keys("time")).toEqual([]);
    clock.step(build);
    keeper.set();
    await clock.advance(0);
    expect(clockFloor(0, storage)).toBe(build);
    expect(timers.list()).toEqual([{ area: "time", name: "keep the time", dueInMs: 3_600_000 }]);
    await clock.advance(7_250_000);
    expect(clockFloor(0, storage)).toBe(build + 7_200_000);
    await keeper.keepNow();
    expect(clockFloor(0, storage)).toBe(build + 7_250_000);
    stop.abort(new Error("shutdown"));
    expect(clock.alarmCount).toBe(0);
    expect(failures).toEqual([]);
  });

  test("a store that is full costs the memory, nothing else", async () => {
    const { clock, runtime, lines, failures } = createTestRuntime();
    const flash = createFlash();
    flash.fault = "full";
    const keeper = startTimeKeeper({
      runtime,
      storage: createSimStorage(flash),
      signal: new AbortController().signal,
    });
    clock.step(build);
    keeper.set();
    await clock.advance(10);
    expect(lines.filter((line) => line.includes("not kept"))).toHaveLength(1);
    expect(failures).toEqual([]);
  });
});
