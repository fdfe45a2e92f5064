// Echo requests over the simulated stack.
import type { Prober } from "#hal/contract/probe.ts";
import type { Stack } from "./stack.ts";

/** Asks as the stack's own ping does; an abort ends the wait. */
export function createProber(stack: Pick<Stack, "probe">): Prober {
  return {
    probe({ to, sizeBytes, timeoutMs, ttl, signal }) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        stack
          .probe(to, { sizeBytes, timeoutMs, ...(ttl === undefined ? {} : { ttl }) })
          .then(resolve, reject);
      });
    },
  };
}
