// What the simulated kernel threw away, by reason. Hostile frames end here, never in an exception.
import type { MalformedReason } from "./octets.ts";

export type DropReason =
  | `${"arp" | "ip" | "icmp" | "udp" | "tcp"} ${MalformedReason}`
  | "ip not for us"
  | "ip no handler"
  | "ip time exceeded"
  | "udp no socket"
  | "tcp no connection"
  | "tcp unacceptable";

/** Counts by reason. */
export class Drops {
  readonly #counts = new Map<DropReason, number>();

  count(reason: DropReason): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  of(reason: DropReason): number {
    return this.#counts.get(reason) ?? 0;
  }

  /** Every reason that occurred. */
  list(): Readonly<Partial<Record<DropReason, number>>> {
    return Object.fromEntries(this.#counts);
  }
}
