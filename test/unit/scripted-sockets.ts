// UDP sockets whose other end is a function of the test: for clients that speak to one peer, without a network.
import { type HalError, InvariantError } from "#hal/contract/errors.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type {
  Datagram,
  Endpoint,
  Sockets,
  UdpFailure,
  UdpOptions,
  UdpSocket,
} from "#hal/contract/sockets.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Clock, later } from "#hal/contract/time.ts";

/** One datagram the phone sent, and the ways to answer it. */
export interface Sent {
  readonly bytes: Uint8Array;
  readonly to: Endpoint;
  readonly localPort: number;
  readonly atMs: number;
  /** Answers after `delayMs`; `to` is the address it was sent to as the phone sees it. */
  reply(bytes: Uint8Array, from: Endpoint, options?: { delayMs?: number; to?: Ip4 }): void;
  /** An ICMP error for this datagram. */
  fail(error: HalError): void;
}

export interface ScriptedSockets extends Sockets {
  /** Everything sent so far. */
  readonly sent: readonly Sent[];
  /** Sockets opened and not yet closed. */
  readonly openCount: number;
  /** What each socket was opened with. */
  readonly options: readonly UdpOptions[];
  /** Delivers an unasked datagram to every open socket. */
  broadcast(bytes: Uint8Array, from: Endpoint, to: Ip4): void;
}

/** `respond` sees every datagram as it is sent. `refusal` makes openUdp throw. */
export function createScriptedSockets(
  clock: Clock,
  respond: (sent: Sent) => void,
  refusal?: () => HalError | undefined,
): ScriptedSockets {
  const sent: Sent[] = [];
  const options: UdpOptions[] = [];
  const open = new Set<(datagram: Datagram) => void>();
  let port = 50_000;
  const openUdp = (wanted: UdpOptions): UdpSocket => {
    const error = refusal?.();
    if (error !== undefined) throw error;
    options.push(wanted);
    const localPort = wanted.port ?? port++;
    const datagrams = new Emitter<Datagram>();
    const failures = new Emitter<UdpFailure>();
    const deliver = (datagram: Datagram): void => {
      if (open.has(deliver)) datagrams.emit(datagram);
    };
    open.add(deliver);
    return {
      localPort,
      datagrams,
      failures,
      send(bytes, to) {
        const entry: Sent = {
          bytes,
          to,
          localPort,
          atMs: clock.now(),
          reply(answer, from, { delayMs = 1, to: address } = {}) {
            const at = later(clock.now(), delayMs);
            clock.alarm(at, () => deliver({ bytes: answer, from, to: address, at }));
          },
          fail: (failure) => {
            clock.alarm(clock.now(), () => failures.emit({ to, error: failure }));
          },
        };
        sent.push(entry);
        respond(entry);
      },
      close: () => void open.delete(deliver),
    };
  };
  const none = (): never => {
    throw new InvariantError("this client uses UDP only");
  };
  return {
    sent,
    options,
    get openCount() {
      return open.size;
    },
    openUdp,
    connectTcp: none,
    connectTls: none,
    listenTcp: none,
    broadcast(bytes, from, to) {
      for (const deliver of [...open]) deliver({ bytes, from, to, at: clock.now() });
    },
  };
}
