// Dates, times and durations as a person reads them.
import type { LocalTime } from "#firmware/call/view.ts";

/**
 * A date in the given order (reference rows CFG-011, TIM-009): `D`, `M` are two digits, `Y` and `YY` the last two of the
 * year, `YYYY` all four; anything else stands for itself. An order without any of them counts as `M/D/Y`.
 */
export function dateText(time: LocalTime, format: string): string {
  const order = /[DMY]/.test(format) ? format : "M/D/Y";
  return order.replace(/D+|M+|Y+/g, (part) => {
    if (part.startsWith("D")) return twoDigits(time.day);
    if (part.startsWith("M")) return twoDigits(time.month);
    return part.length >= 4 ? String(time.year) : twoDigits(time.year % 100);
  });
}

/** `13:05`, or `01:05p` on the 12-hour clock (reference row TIM-008). */
export function clockText(time: LocalTime, is24Hour: boolean): string {
  if (is24Hour) return `${twoDigits(time.hour)}:${twoDigits(time.minute)}`;
  const hour = time.hour % 12 === 0 ? 12 : time.hour % 12;
  return `${twoDigits(hour)}:${twoDigits(time.minute)}${time.hour < 12 ? "a" : "p"}`;
}

/** `mm:ss`, from an hour on `h:mm:ss` (reference row LCD-010). */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const rest = `${twoDigits(Math.floor(whole / 60) % 60)}:${twoDigits(whole % 60)}`;
  return whole < 3600 ? rest : `${Math.floor(whole / 3600)}:${rest}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
