// A host in the lab: a network stack in a switch port, with its address set.
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Clock } from "#hal/contract/time.ts";
import type { Ip4Packet } from "#hal/sim/net/ip4-packet.ts";
import { createStack, type Stack } from "#hal/sim/net/stack.ts";
import type { Switch, SwitchPort } from "./switch.ts";

export interface HostSetup {
  readonly name: string;
  readonly mac: Mac;
  readonly vlan: number;
  readonly address: Ip4;
  readonly prefix: number;
  readonly router?: Ip4;
}

export interface Host {
  readonly name: string;
  readonly address: Ip4;
  readonly stack: Stack;
  readonly port: SwitchPort;
  /** What the machine does not hear, by who wants it so: faults of servers that share a host do not meet. */
  readonly deafTo: Map<string, (packet: Ip4Packet) => boolean>;
  close(): void;
}

/** Attaches a host to an access port of its VLAN. */
export function createHost(
  setup: HostSetup,
  world: { readonly network: Switch; readonly clock: Clock; readonly random: Random },
): Host {
  const { name, mac, vlan, address, prefix } = setup;
  const port = world.network.attach({ name, vlans: { access: vlan } });
  const { clock, random } = world;
  const found = { address: { address, prefix }, router: setup.router };
  const stack = createStack({ name, mac, end: port.plug, clock, random, found });
  const deafTo = new Map<string, (packet: Ip4Packet) => boolean>();
  stack.ip.discard = (packet) => [...deafTo.values()].some((isUnheard) => isUnheard(packet));
  return { name, address, stack, port, deafTo, close: () => stack.close() };
}
