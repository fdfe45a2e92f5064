// Everything the firmware is given of a network, on one end of a simulated cable: what a board puts into its Hal.
import type { LinkPort } from "#hal/contract/link.ts";
import type { HttpClient, Resolver } from "#hal/contract/names.ts";
import type { NetworkConfig } from "#hal/contract/network.ts";
import type { Sockets } from "#hal/contract/sockets.ts";
import { createHttpClient } from "#hal/sim/net/http-client.ts";
import { createResolver } from "#hal/sim/net/resolver.ts";
import { createStack, type Stack, type StackOptions } from "#hal/sim/net/stack.ts";

/** The network parts of Hal, and the kernel behind them. */
export interface SimulatedNetwork {
  readonly link: LinkPort;
  readonly network: NetworkConfig;
  readonly sockets: Sockets;
  readonly resolver: Resolver;
  readonly http: HttpClient;
  /** For tests: pings, what was dropped. */
  readonly stack: Stack;
  /** As if the power went: no alarm and no listener is left. */
  close(): void;
}

/** A network interface with its kernel, without an address unless `found` says so. */
export function createSimulatedNetwork(options: StackOptions): SimulatedNetwork {
  const { clock, random } = options;
  const stack = createStack(options);
  const { link, network, sockets } = stack;
  const resolver = createResolver({ sockets, clock, random });
  const http = createHttpClient({ sockets, resolver, clock });
  return { link, network, sockets, resolver, http, stack, close: () => stack.close() };
}
