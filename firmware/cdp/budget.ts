// The frame budget of a port: a storm of frames is not looked at (reference boot-and-provisioning 2.7 rule 6).
import { framesPerSecond } from "./timing.ts";

/** How many frames were looked at in the present second. */
export interface Budget {
  readonly since: number;
  readonly used: number;
}

export const freshBudget: Budget = { since: Number.NEGATIVE_INFINITY, used: 0 };

/** Takes one frame out of the budget, or says that it is used up. */
export function spend(
  budget: Budget,
  nowMs: number,
): { readonly budget: Budget; readonly isGranted: boolean } {
  if (nowMs - budget.since >= 1000) return { budget: { since: nowMs, used: 1 }, isGranted: true };
  if (budget.used >= framesPerSecond) return { budget, isGranted: false };
  return { budget: { ...budget, used: budget.used + 1 }, isGranted: true };
}
