// Which rule the digits typed so far belong to: tried anew for each digit, first rule to last (reference 3.4).
// Score = literal characters matched; a higher score wins, then exact over dots over runs, then the earlier rule.
import type { ToneName } from "#firmware/call/intents.ts";
import { type DialPlan, defaultTone, type Element, type Rule } from "./plan.ts";

/** What a matched rule is made of; the order is that of precedence. */
const kinds = ["exact", "dots", "run"] as const;
type MatchKind = (typeof kinds)[number];

/** How one pattern stands to the digits. */
export interface RuleMatch {
  readonly outcome: "complete" | "partial" | "none";
  /** Literal characters matched. */
  readonly score: number;
  readonly kind: MatchKind;
  /** What each wildcard group took; groups 6 and up are part of group 5. */
  readonly groups: readonly string[];
  /** All digits are used up and the next element is the comma with this index; undefined: it is not. */
  readonly atComma: number | undefined;
}

/** Wildcard groups a rewrite can name. */
export const mostGroups = 5;

const noMatch: RuleMatch = { outcome: "none", score: -1, kind: "run", groups: [], atComma: undefined };

/** Collects what wildcards take: consecutive dots share a group, each run has its own. */
class Groups {
  readonly taken: string[] = [];
  #lastElement = -2;

  add(element: number, text: string, isRun: boolean): void {
    const joins = !isRun && this.#lastElement === element - 1;
    this.#lastElement = isRun ? -2 : element;
    const last = this.taken.length - 1;
    if (last >= 0 && (joins || this.taken.length === mostGroups)) this.taken[last] += text;
    else this.taken.push(text);
  }
}

/** Characters a run takes from `at` on: at least one, up to the literal that follows it, never `#`. */
function runLength(pattern: readonly Element[], element: number, digits: string, at: number): number {
  let next = pattern[element + 1];
  if (next?.kind === "comma") next = pattern[element + 2];
  let end = at;
  while (end < digits.length && digits.charAt(end) !== "#") {
    if (end > at && next?.kind === "literal" && next.character === digits.charAt(end)) break;
    end++;
  }
  return end - at;
}

/** Compares one pattern with the digits. */
export function matchPattern(pattern: readonly Element[], digits: string): RuleMatch {
  const groups = new Groups();
  let score = 0;
  let kind: MatchKind = "exact";
  let at = 0;
  let commas = 0;
  for (const [index, element] of pattern.entries()) {
    const character = digits.charAt(at);
    if (element.kind === "comma") {
      if (character === "") return { outcome: "partial", score, kind, groups: groups.taken, atComma: commas };
      commas++;
      continue;
    }
    if (character === "")
      return { outcome: "partial", score, kind, groups: groups.taken, atComma: undefined };
    if (element.kind === "literal") {
      if (element.character !== character) return noMatch;
      score++;
      at++;
      continue;
    }
    const length =
      element.kind === "any" ? (character === "#" ? 0 : 1) : runLength(pattern, index, digits, at);
    if (length === 0) return noMatch;
    groups.add(index, digits.slice(at, at + length), element.kind === "run");
    if (element.kind === "run") kind = "run";
    else if (kind === "exact") kind = "dots";
    at += length;
  }
  if (at < digits.length) return noMatch;
  return { outcome: "complete", score, kind, groups: groups.taken, atComma: undefined };
}

/** A rule that matched, completely or half. */
export interface Found {
  readonly rule: Rule;
  readonly match: RuleMatch;
}

/** Negative when `a` goes before `b`; equal candidates keep the order of the file. */
function precedence(a: Found, b: Found): number {
  if (a.match.score !== b.match.score) return b.match.score - a.match.score;
  return kinds.indexOf(a.match.kind) - kinds.indexOf(b.match.kind);
}

/** All rules for this line that the digits fit, the best first. */
export function candidates(
  plan: DialPlan,
  line: number,
  digits: string,
): { readonly complete: readonly Found[]; readonly partial: readonly Found[] } {
  const complete: Found[] = [];
  const partial: Found[] = [];
  for (const rule of plan.rules) {
    if (rule.line !== 0 && rule.line !== line) continue;
    const match = matchPattern(rule.pattern, digits);
    if (match.outcome === "complete") complete.push({ rule, match });
    else if (match.outcome === "partial") partial.push({ rule, match });
  }
  return { complete: complete.toSorted(precedence), partial: partial.toSorted(precedence) };
}

/** What the plan says about the digits so far. `tone`: the secondary dial tone to be heard now. */
export type PlanMatch =
  /** Goes after the rule's timeout, or the default inter-digit time where it has none. */
  | { readonly kind: "complete"; readonly found: Found; readonly tone: ToneName | undefined }
  | { readonly kind: "partial"; readonly tone: ToneName | undefined }
  | { readonly kind: "none"; readonly tone: undefined };

/** Does a half-matched rule keep a complete one waiting? More literals do; against a run as many are enough. */
function outranks(partial: Found, complete: Found): boolean {
  if (partial.match.score !== complete.match.score) return partial.match.score > complete.match.score;
  return complete.match.kind === "run" && partial.match.kind !== "run";
}

/** Tries the digits typed so far. */
export function matchPlan(plan: DialPlan, line: number, digits: string): PlanMatch {
  const { complete, partial } = candidates(plan, line, digits);
  const [best] = complete;
  const [half] = partial;
  const isHalf = half !== undefined && (best === undefined || outranks(half, best));
  const winner = isHalf ? half : best;
  const suppresses = !isHalf && best !== undefined && best.match.kind !== "run";
  const tone = suppresses ? undefined : secondaryTone(partial, winner);
  if (isHalf) return { kind: "partial", tone };
  return best === undefined ? { kind: "none", tone: undefined } : { kind: "complete", found: best, tone };
}

function secondaryTone(partial: readonly Found[], winner: Found | undefined): ToneName | undefined {
  if (!partial.some(({ match }) => match.atComma !== undefined)) return undefined;
  const comma = winner?.match.atComma;
  return (comma === undefined ? undefined : winner?.rule.tones[comma]) ?? defaultTone;
}

/**
 * What a typed `#` means after `digits`: a digit where a pattern has it there, else "send now"; while only a longer
 * rule is half matched, the person goes on editing.
 */
export function meaningOfPound(plan: DialPlan, line: number, digits: string): "digit" | "dial" | "edit" {
  const literal = candidates(plan, line, `${digits}#`);
  if (literal.complete.length + literal.partial.length > 0) return "digit";
  return matchPlan(plan, line, digits).kind === "partial" ? "edit" : "dial";
}
