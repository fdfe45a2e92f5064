// Counters that a person can set back to zero: the kernel counts on, the phone remembers where it was.
import type { ClearName } from "#firmware/console/port.ts";
import type { Hal } from "#hal/contract/hal.ts";
import type { Counters } from "#hal/contract/tables.ts";

/** Counts since the last `clear`. */
export interface Counted {
  ethernet(): Counters;
  ip(): Counters;
  tcp(): Counters;
  /** HalError where the kernel refuses. Memory has no counters here: clearing them has nothing to do. */
  clear(table: ClearName): void;
}

/** Counts from the kernel's beginning. */
export function createCounted({ link, tables }: Hal): Counted {
  let zeroEthernet: Counters = {};
  let zeroIp: Counters = {};
  let zeroTcp: Counters = {};
  const ethernet = (): Counters => ({ ...link.counters() });
  return {
    ethernet: () => since(ethernet(), zeroEthernet),
    ip: () => since(tables.counters().ip, zeroIp),
    tcp: () => since(tables.counters().tcp, zeroTcp),
    clear(table) {
      switch (table) {
        case "arp":
          tables.clearArp();
          break;
        case "ethernet":
          zeroEthernet = ethernet();
          break;
        case "ip":
          zeroIp = tables.counters().ip;
          break;
        case "tcp-stats":
          zeroTcp = tables.counters().tcp;
          break;
        case "malloctable":
        case "mem-fail":
          break;
      }
    },
  };
}

/** Settings among the counters (a TTL, a limit) do not count. */
const settings: ReadonlySet<string> = new Set([
  "Forwarding",
  "DefaultTTL",
  "RtoAlgorithm",
  "RtoMin",
  "RtoMax",
  "MaxConn",
]);

const since = (now: Counters, zero: Counters): Counters =>
  Object.fromEntries(
    Object.entries(now).map(([name, value]) => [
      name,
      settings.has(name) ? value : value - (zero[name] ?? 0),
    ]),
  );
