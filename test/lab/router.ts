// A router between VLANs of the lab: one leg in each, whole packets forwarded, nothing filtered.
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Clock } from "#hal/contract/time.ts";
import { isSameSubnet } from "#hal/sim/net/octets.ts";
import { createHost, type Host } from "./host.ts";
import type { Switch } from "./switch.ts";

export interface RouterLeg {
  readonly vlan: number;
  readonly mac: Mac;
  readonly address: Ip4;
  readonly prefix: number;
}

/** The router's legs, as hosts that can be captured and pinged. */
export interface Router {
  readonly legs: readonly Host[];
  close(): void;
}

export function createRouter(
  legs: readonly RouterLeg[],
  world: { readonly network: Switch; readonly clock: Clock; readonly random: Random },
): Router {
  const hosts = legs.map((leg) => ({ leg, host: createHost({ name: `router ${leg.vlan}`, ...leg }, world) }));
  for (const { host } of hosts) {
    host.stack.ip.forward = (packet) => {
      const out = hosts.find(({ leg }) => isSameSubnet(leg.address, packet.destination, leg.prefix));
      if (out !== undefined && out.host !== host) out.host.stack.ip.transmit(packet);
    };
  }
  return {
    legs: hosts.map(({ host }) => host),
    close() {
      for (const { host } of hosts) host.close();
    },
  };
}
