// Header lines of a call's own messages.
import { supportedOptions } from "#firmware/sip/identity.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { type HeaderLine, line, rawLine } from "#firmware/sip/message/message.ts";
import { warnAgent } from "#firmware/sip/refusal.ts";
import type { SipSettings } from "#firmware/sip/settings.ts";
import type { UnixMs } from "#hal/contract/time.ts";
import { answeredTimer, leastSessionSec, type TimerAsked } from "./session-timer.ts";
import type { Attempt } from "./state.ts";

/** Stands where the Contact of the way a message takes will be. */
export const contactPlace: HeaderLine = rawLine(headers.contact, "<sip:replaced-on-the-way.invalid>");

/** As sip.js takes them. */
export function printed(lines: readonly HeaderLine[]): string[] {
  return lines.map(({ name, value }) => `${name}: ${value}`);
}

const supported = (without: readonly string[]): readonly HeaderLine[] => {
  const options = supportedOptions.filter((option) => !without.includes(option));
  return options.length === 0 ? [] : [rawLine(headers.supported, options.join(", "))];
};

const dateLines = (wall: UnixMs | undefined): readonly HeaderLine[] =>
  wall === undefined ? [] : [line(headers.date, wall)];

/** What every INVITE of ours carries (RFC 3261 §13.2.1), but for the session itself. */
export function inviteLines(
  settings: SipSettings,
  attempt: Attempt,
  wall: UnixMs | undefined,
): readonly HeaderLine[] {
  const { sessionExpiresSec, inviteExpiresSec } = settings;
  const hasTimer = sessionExpiresSec > 0 && !attempt.without.includes("timer");
  const intervalSec = Math.max(sessionExpiresSec, attempt.leastSessionSec, leastSessionSec);
  const timer = hasTimer
    ? [line(headers.sessionExpires, { seconds: intervalSec, refresher: undefined })]
    : [];
  const least =
    hasTimer && attempt.leastSessionSec > 0
      ? [line(headers.minSessionExpires, { seconds: attempt.leastSessionSec, refresher: undefined })]
      : [];
  return [
    contactPlace,
    line(headers.expires, inviteExpiresSec),
    ...supported(attempt.without),
    ...timer,
    ...least,
    ...dateLines(wall),
  ];
}

/** A re-INVITE, with the session timer in force. */
export function reinviteLines(
  timer: { readonly intervalSec: number; readonly isRefresherUs: boolean } | undefined,
): readonly HeaderLine[] {
  const expires =
    timer === undefined
      ? []
      : [
          line(headers.sessionExpires, {
            seconds: timer.intervalSec,
            refresher: timer.isRefresherUs ? "uac" : "uas",
          }),
        ];
  return [contactPlace, ...supported([]), ...expires];
}

/** The 2xx to an INVITE: what it says of session timers (RFC 4028 §9), and the date. */
export function acceptLines(
  asked: TimerAsked,
  wantedSec: number,
  wall: UnixMs | undefined,
): readonly HeaderLine[] {
  const timer = answeredTimer(asked, wantedSec);
  if (timer === undefined) return [...supported([]), ...dateLines(wall)];
  const { intervalSec, refresher } = timer;
  const require = asked.isSupported && refresher === "uac" ? [rawLine(headers.require, "timer")] : [];
  return [
    ...supported([]),
    ...require,
    line(headers.sessionExpires, { seconds: intervalSec, refresher }),
    ...dateLines(wall),
  ];
}

/** What a 422 says (RFC 4028 §5). */
export const leastIntervalLine: HeaderLine = line(headers.minSessionExpires, {
  seconds: leastSessionSec,
  refresher: undefined,
});

/** Who sends a call elsewhere, for the phone it reaches (RFC 5806). */
export function divertedLine(record: string): HeaderLine {
  return rawLine(headers.diversion, `<${record}>;reason=unconditional`);
}

const warnings: Readonly<Record<number, string>> = {
  300: "Incompatible network protocol",
  304: "Media type not available",
  305: "Incompatible media format",
  399: "The session description cannot be read",
};

/** Why a 488 (RFC 3261 §20.43). */
export function warningLine(code: number): HeaderLine {
  return rawLine(headers.warning, `${code} ${warnAgent} "${warnings[code] ?? "Miscellaneous warning"}"`);
}
