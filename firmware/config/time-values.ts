// Values of the daylight-saving parameters (reference cisco-7960-sip CFG-016…026, TIM-012…019).
import type { ValueType } from "./value-types.ts";

const months = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** Place of a name, of its first three letters or of a number 1…, counted from 1. */
function place(names: readonly string[], text: string): number {
  if (/^[0-9]{1,2}$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= names.length ? number : 0;
  }
  const lower = text.toLowerCase();
  return names.findIndex((name) => name === lower || name.slice(0, 3) === lower) + 1;
}

function named(names: readonly string[], expected: string): ValueType<number> {
  return {
    expected,
    parse(text) {
      const found = place(names, text);
      if (found === 0) throw new RangeError(expected);
      return found;
    },
    print(value) {
      const name = names[value - 1] ?? "";
      return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
    },
  };
}

/** Month name, its first three letters, or 1–12. */
export const month: ValueType<number> = named(months, "month");

/** Weekday name, its first three letters, or 1 (Sunday) – 7 (Saturday); letter case does not count. */
export const weekday: ValueType<number> = named(weekdays, "weekday");

/** 1–6, or 8 for the last week. */
export const week: ValueType<number> = {
  expected: "week",
  parse(text) {
    if (!/^[1-68]$/.test(text)) throw new RangeError(this.expected);
    return Number(text);
  },
  print: String,
};

function hoursAndMinutes(text: string): number | undefined {
  const match = /^([0-9]{1,2})(?:[/:]([0-9]{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const hours = Number(match[1]);
  const minutes = Number(match[2] ?? "0");
  return minutes < 60 ? hours * 60 + minutes : undefined;
}

function printMinutes(value: number): string {
  const digits = (number: number): string => String(number).padStart(2, "0");
  return `${digits(Math.floor(value / 60))}/${digits(value % 60)}`;
}

/** `h`, `h/m` or `h:m`: minutes after midnight. */
export const timeOfDay: ValueType<number> = {
  expected: "time",
  parse(text) {
    const minutes = hoursAndMinutes(text);
    if (minutes === undefined || minutes > 24 * 60) throw new RangeError(this.expected);
    return minutes;
  },
  print: printMinutes,
};

/** `h` or `h/m`, perhaps with a sign: minutes that daylight-saving time adds, at most a day. */
export const offset: ValueType<number> = {
  expected: "offset",
  parse(text) {
    const sign = text.startsWith("-") ? -1 : 1;
    const minutes = hoursAndMinutes(text.replace(/^[+-]\s*/, ""));
    if (minutes === undefined || minutes > 24 * 60) throw new RangeError(this.expected);
    return minutes === 0 ? 0 : sign * minutes;
  },
  print: (value) => `${value < 0 ? "-" : ""}${printMinutes(Math.abs(value))}`,
};
