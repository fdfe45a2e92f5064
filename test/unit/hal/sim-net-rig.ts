// Two hosts on one cable in virtual time, for the tests of the simulated network.
import { VirtualClock } from "#hal/sim/clock.ts";
import { type Cable, createCable, type Impairment } from "#hal/sim/net/cable.ts";
import { createStack, type Stack } from "#hal/sim/net/stack.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

export interface Pair {
  readonly clock: VirtualClock;
  readonly cable: Cable;
  /** 10.77.110.20, 00:11:22:33:44:55. */
  readonly phone: Stack;
  /** 10.77.110.1, 00:11:22:33:44:01; also the phone's router. */
  readonly server: Stack;
  /** Both stacks and the cable. */
  close(): void;
}

export const phoneAddress = "10.77.110.20";
export const serverAddress = "10.77.110.1";

/** A clock that gives the event loop one turn before each advance. */
export function virtualClock(): VirtualClock {
  return new VirtualClock({ settle: () => new Promise((resolve) => setImmediate(resolve)) });
}

/** A phone and a server with addresses, joined by one cable. */
export async function createPair(
  options: { readonly seed?: number; readonly impairment?: Impairment } = {},
): Promise<Pair> {
  const clock = virtualClock();
  const random = createSeededRandom(options.seed ?? 1);
  const cable = createCable({ clock, random, impairment: options.impairment ?? {} });
  const phone = createStack({ name: "phone", mac: "00:11:22:33:44:55", end: cable.a, clock, random });
  const server = createStack({ name: "server", mac: "00:11:22:33:44:01", end: cable.b, clock, random });
  await phone.network.setAddress({ address: phoneAddress, prefix: 24 });
  await phone.network.setRouter(serverAddress);
  await server.network.setAddress({ address: serverAddress, prefix: 24 });
  const close = (): void => {
    phone.close();
    server.close();
    cable.close();
  };
  return { clock, cable, phone, server, close };
}

/** Frames that arrive at one end, in order. */
export function collect<T>(stream: {
  subscribe(listener: (value: T) => void, options: { signal: AbortSignal }): void;
}): T[] {
  const seen: T[] = [];
  stream.subscribe((value) => seen.push(value), { signal: new AbortController().signal });
  return seen;
}

export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
