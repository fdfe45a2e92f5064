// A plan as plain data for `show dialplan` and menus.
import type { ToneName } from "#firmware/call/intents.ts";
import { type DialPlan, planTones, type Rule } from "./plan.ts";

export interface RuleFacts {
  readonly pattern: string;
  readonly rewrite: string;
  /** Line number, or `All`. */
  readonly line: string;
  /** Undefined: the default inter-digit time. */
  readonly timeoutSec: number | undefined;
  readonly userMode: "Phone" | "IP" | "Unspecified";
  readonly routeMode: "Default" | "Emergency" | "FQDN";
  readonly tones: readonly string[];
}

const routeModes = { default: "Default", emergency: "Emergency", url: "FQDN" } as const;

/** A tone's name as dial plans write it. */
function planName(tone: ToneName): string {
  return Object.entries(planTones).find(([, meaning]) => meaning === tone)?.[0] ?? tone;
}

function ruleFacts(rule: Rule): RuleFacts {
  const userModes = { phone: "Phone", ip: "IP" } as const;
  return {
    pattern: rule.match,
    rewrite: rule.rewrite,
    line: rule.line === 0 ? "All" : String(rule.line),
    timeoutSec: rule.timeoutSec,
    userMode: rule.user === undefined ? "Unspecified" : userModes[rule.user],
    routeMode: routeModes[rule.route],
    tones: rule.tones.map(planName),
  };
}

/** Rules in order, and each error as `line:column: expected …`. */
export function planFacts(plan: DialPlan): {
  readonly name: string;
  readonly rules: readonly RuleFacts[];
  readonly errors: readonly string[];
} {
  return {
    name: plan.name,
    rules: plan.rules.map(ruleFacts),
    errors: plan.errors.map(({ line, column, expected }) => `${line}:${column}: expected ${expected}`),
  };
}
