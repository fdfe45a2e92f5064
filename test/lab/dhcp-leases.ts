// Who holds which address of a pool, as a DHCP server remembers it.
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Clock, MonoMs } from "#hal/contract/time.ts";
import { ip4Number, ip4Text } from "#hal/sim/net/octets.ts";

export interface Pool {
  readonly first: Ip4;
  readonly size: number;
}

interface Lease {
  readonly address: Ip4;
  readonly until: MonoMs;
}

/** Leases of one server; the same client gets the same address again while it is free. */
export class Leases {
  readonly #clock: Clock;
  readonly #byClient = new Map<Mac, Lease>();
  readonly #declined = new Set<Ip4>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The address to offer: the client's own, the one it asks for, or the first free one. */
  choose(client: Mac, wanted: Ip4 | undefined, pool: Pool): Ip4 | undefined {
    const known = this.#byClient.get(client)?.address;
    for (const address of [known, wanted])
      if (address !== undefined && isIn(pool, address) && this.#isFreeFor(client, address)) return address;
    const first = ip4Number(pool.first);
    for (let i = 0; i < pool.size; i++) {
      const address = ip4Text(first + i);
      if (this.#isFreeFor(client, address)) return address;
    }
    return undefined;
  }

  /** True if the client may have the address; it holds it from now on. */
  grant(client: Mac, address: Ip4, seconds: number, pool: Pool): boolean {
    if (!isIn(pool, address) || !this.#isFreeFor(client, address)) return false;
    this.#byClient.set(client, { address, until: (this.#clock.now() + seconds * 1000) as MonoMs }); // a span later
    return true;
  }

  /** What the client holds now. */
  heldBy(client: Mac): Ip4 | undefined {
    const lease = this.#byClient.get(client);
    return lease !== undefined && lease.until > this.#clock.now() ? lease.address : undefined;
  }

  release(client: Mac): void {
    this.#byClient.delete(client);
  }

  /** Somebody else has it: not given to anybody again. */
  decline(client: Mac, address: Ip4): void {
    this.#byClient.delete(client);
    this.#declined.add(address);
  }

  /** As after a restart without a lease file. */
  forget(): void {
    this.#byClient.clear();
    this.#declined.clear();
  }

  #isFreeFor(client: Mac, address: Ip4): boolean {
    if (this.#declined.has(address)) return false;
    for (const [holder, lease] of this.#byClient)
      if (holder !== client && lease.address === address && lease.until > this.#clock.now()) return false;
    return true;
  }
}

function isIn(pool: Pool, address: Ip4): boolean {
  const index = ip4Number(address) - ip4Number(pool.first);
  return index >= 0 && index < pool.size;
}
