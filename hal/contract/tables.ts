// Tables and counters of the kernel's network code, for a person at the console.
import type { Mac } from "./link.ts";
import type { Ip4 } from "./network.ts";

/** Who has which address on this link. */
export interface ArpEntry {
  readonly address: Ip4;
  readonly mac: Mac;
}

/** Counts since the kernel began, by their names in RFC 4293 (`InReceives`) and RFC 4022 (`ActiveOpens`). */
export type Counters = Readonly<Record<string, number>>;

export interface NetworkTables {
  /** Neighbours on the interface that carries IP traffic. */
  arp(): readonly ArpEntry[];
  /** Forgets them; whoever is needed again is asked again. HalError. */
  clearArp(): void;
  counters(): { readonly ip: Counters; readonly tcp: Counters };
}
