// Echo requests over the simulated stack. Hop limits need the stack's ICMP to tell of routers: not there yet.
import { HalError } from "#hal/contract/errors.ts";
import type { ProbeAnswer, Prober } from "#hal/contract/probe.ts";
import type { Stack } from "./stack.ts";

const usualTtl = 64;

/** Asks as the stack's own ping does. */
export function createProber(stack: Pick<Stack, "ping">): Prober {
  return {
    async probe({ to, sizeBytes, timeoutMs, ttl = usualTtl }): Promise<ProbeAnswer> {
      if (ttl < usualTtl)
        throw new HalError("unsupported", "ping", `ttl ${ttl}`, "the simulated network counts no hops");
      try {
        return { kind: "reply", tookMs: await stack.ping(to, { timeoutMs, sizeBytes }) };
      } catch (error) {
        if (!(error instanceof HalError)) throw error;
        if (error.code === "timeout") return { kind: "silent" };
        return { kind: "unreachable", from: undefined };
      }
    },
  };
}
