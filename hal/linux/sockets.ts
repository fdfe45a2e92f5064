// The socket contract over the interface that carries the phone's IP traffic at that moment.
import { HalError } from "#hal/contract/errors.ts";
import type { Sockets } from "#hal/contract/sockets.ts";
import type { Io } from "./io/io.ts";
import { connectTcp, connectTls, listenTcp } from "./tcp.ts";
import { type Interface, openUdp } from "./udp.ts";

export interface SocketsOptions {
  readonly io: Io;
  /** The interface now; undefined: no address yet. `any`: whatever the kernel's routes say. */
  via(): Interface | "any" | undefined;
}

/** UDP, TCP and TLS. Without an address everything is HalError `unreachable`. */
export function createSockets({ io, via }: SocketsOptions): Sockets {
  const now = (operation: string): Interface | undefined => {
    const found = via();
    if (found === undefined) throw new HalError("unreachable", "network", operation, "no address yet");
    return found === "any" ? undefined : found;
  };
  return {
    openUdp: (options) => openUdp(options, io, now("open UDP")),
    connectTcp: async (to, options) => connectTcp(to, options, { io, via: now("connect") }),
    connectTls: async (to, options) => connectTls(to, options, { io, via: now("connect") }),
    listenTcp: async (port, options) => {
      now("listen");
      return listenTcp(port, options);
    },
  };
}
