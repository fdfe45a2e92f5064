// What is sent instead of what was dialled (reference 3.3), and the number as the plan makes it.
import type { CallRoute } from "#firmware/call/intents.ts";
import { candidates, mostGroups } from "./match.ts";
import type { DialPlan, Rule, UserMode } from "./plan.ts";

/**
 * Fills a rewrite: `%s` and `%0` are the whole input, `%1` … `%5` a group (nothing where there is none), `%` and any
 * other character that character; each `.` is the next captured character, across groups. From an `@` on dots are
 * dots: they belong to a host.
 */
export function rewriteDigits(rewrite: string, digits: string, groups: readonly string[]): string {
  if (rewrite === "") return digits;
  const captured = groups.join("");
  let dots = 0;
  let result = "";
  let isHost = false;
  for (let at = 0; at < rewrite.length; at++) {
    const character = rewrite.charAt(at);
    if (character === "." && !isHost) {
      result += captured.charAt(dots);
      dots++;
    } else if (character === "%" && at + 1 < rewrite.length) {
      at++;
      result += placeholder(rewrite.charAt(at), digits, groups);
    } else {
      isHost ||= character === "@";
      result += character;
    }
  }
  return result;
}

function placeholder(name: string, digits: string, groups: readonly string[]): string {
  if (name === "s" || name === "0") return digits;
  const index = "12345".slice(0, mostGroups).indexOf(name);
  return index < 0 ? name : (groups[index] ?? "");
}

/** Whether a target is a URI, or a part of one with a host, and not just a number. */
export function isUri(target: string): boolean {
  return /@|^<?sips?:|^<?tel:/i.test(target);
}

/** Adds `;user=`, before a closing `>`. */
export function withUser(uri: string, user: UserMode): string {
  return uri.endsWith(">") ? `${uri.slice(0, -1)};user=${user}>` : `${uri};user=${user}`;
}

/** A number ready to be sent. */
export interface Dialled {
  /** Digits, or a URI with its `user=` in place. */
  readonly target: string;
  readonly route: CallRoute;
  /** For a target of digits: goes into the URI the protocol makes of it. */
  readonly user: UserMode | undefined;
  /** The rule that made it; undefined: none fits, the digits go unchanged. */
  readonly rule: Rule | undefined;
}

/** The finished number: the best complete rule applies, whatever longer rule is half matched. Never waits. */
export function dialled(plan: DialPlan, line: number, digits: string): Dialled {
  const [best] = candidates(plan, line, digits).complete;
  if (best === undefined) return { target: digits, route: "default", user: undefined, rule: undefined };
  const { rule, match } = best;
  const target = rewriteDigits(rule.rewrite, digits, match.groups);
  const { route, user } = rule;
  if (user !== undefined && isUri(target))
    return { target: withUser(target, user), route, user: undefined, rule };
  return { target, route, user, rule };
}
