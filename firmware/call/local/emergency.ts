// Emergency numbers (architecture section 7): dialled with no wait and no prefix, whatever else holds.
import { candidates } from "#firmware/call/dialplan/match.ts";
import { type Dialled, dialled } from "#firmware/call/dialplan/rewrite.ts";
import type { CallSettings } from "#firmware/call/settings.ts";

/** The pause after a built-in emergency number that a pattern with dots may go on from: 110 where `11..` exists. */
export const ambiguousMs = 3_000;

/**
 * Whether the digits are an emergency number: their rule has `Route=emergency`, or they are a built-in number and no
 * rule with literals or dots gives the whole of it another meaning (a catch-all does not).
 */
export function isEmergencyNumber(settings: CallSettings, line: number, digits: string): boolean {
  const [best] = candidates(settings.dialPlan, line, digits).complete;
  if (best?.rule.route === "emergency") return true;
  return settings.emergencyNumbers.includes(digits) && (best === undefined || best.match.kind === "run");
}

/**
 * How long an emergency number waits for more digits: 0, unless the plan says that it may go on. Undefined: the
 * plan's own timing holds, because a half-matched rule has more literals (DP-044) or all of these digits.
 */
export function emergencyWait(settings: CallSettings, line: number, digits: string): number | undefined {
  if (!isEmergencyNumber(settings, line, digits)) return undefined;
  const { complete, partial } = candidates(settings.dialPlan, line, digits);
  const [best] = complete;
  if (best?.rule.route === "emergency")
    return partial.some(({ match }) => match.score > best.match.score) ? undefined : 0;
  if (partial.some(({ match }) => match.score === digits.length)) return undefined;
  return partial.some(({ match }) => match.kind !== "run") ? ambiguousMs : 0;
}

/** The number as it is sent: by its rule, or unchanged. */
export function emergencyTarget(settings: CallSettings, line: number, digits: string): Dialled {
  const planned = dialled(settings.dialPlan, line, digits);
  if (planned.route === "emergency") return planned;
  return { target: digits, route: "emergency", user: undefined, rule: undefined };
}
