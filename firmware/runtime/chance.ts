// Draws from the injected source of chance, and retry plans as data.
import type { Random } from "#hal/contract/random.ts";

/** Uniform whole number in 0 … limit−1, for `limit` 1 … 2³². */
export function below(random: Random, limit: number): number {
  return Math.floor((random.u32() / 0x1_0000_0000) * limit);
}

/** Uniform in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (random.u32() / 0x1_0000_0000) * (high - low);
}

/** Lower-case hex digits, `digits` of them. */
export function hexDigits(random: Random, digits: number): string {
  let text = "";
  while (text.length < digits) text += random.u32().toString(16).padStart(8, "0");
  return text.slice(0, digits);
}

/** Pauses between tries: the first, by what each grows, the longest, and how far each is spread (0.25: ± 25 %). */
export interface RetryPlan {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly jitter: number;
}

/** The pause after `failures` failures in a row (1, 2, …). */
export function retryPause(plan: RetryPlan, failures: number, random: Random): number {
  const nominal = Math.min(plan.maxMs, plan.firstMs * plan.factor ** (failures - 1));
  return between(random, nominal * (1 - plan.jitter), nominal * (1 + plan.jitter));
}
