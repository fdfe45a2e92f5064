// Named telephone events (RFC 4733 §2.3, the same bytes as RFC 2833 §3.5) and the digits among them (§3.2).
import type { Field, Of } from "#firmware/wire/field.ts";
import { mapped, u8, u16 } from "#firmware/wire/numbers.ts";
import { list, struct } from "#firmware/wire/structures.ts";

/** Second octet: E bit, a reserved bit that receivers ignore, power level of the tone. */
const endAndVolume: Field<{ readonly isEnd: boolean; readonly levelDbm0: number }> = mapped(
  u8,
  (wire) => ({ isEnd: (wire & 0x80) !== 0, levelDbm0: 0 - (wire & 0x3f) }),
  ({ isEnd, levelDbm0 }) => (isEnd ? 0x80 : 0) | -levelDbm0,
);

const oneEvent = struct({
  /** 0–255; 0–9 digits, 10 `*`, 11 `#`, 12–15 A–D, 16 flash. */
  event: u8,
  /** `levelDbm0`: 0 to −63. */
  report: endAndVolume,
  /** In timestamp units since the packet's timestamp. */
  durationUnits: u16,
});
export type TelephoneEvent = Of<typeof oneEvent>;

/** The payload: one event, or several that follow each other without a gap (§2.5.1.5). */
export const telephoneEvents: Field<readonly TelephoneEvent[]> = list(oneEvent, { most: 64 });

const digits = "0123456789*#ABCD";

/** Event number of a digit `0`–`9`, `*`, `#`, `A`–`D`; undefined for anything else. */
export function eventOfDigit(digit: string): number | undefined {
  const event = digit.length === 1 ? digits.indexOf(digit) : -1;
  return event < 0 ? undefined : event;
}

/** The digit of an event number, undefined for events that are no digits. */
export function digitOfEvent(event: number): string | undefined {
  return digits[event];
}
