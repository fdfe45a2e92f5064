// SIP over TCP and TLS: one connection per peer, opened when first needed and used for everything, requests of theirs
// included. Nothing listens.

import type { Runtime } from "#firmware/runtime/runner.ts";
import type { Target } from "#firmware/sip/locate.ts";
import { responseTo } from "#firmware/sip/message/build.ts";
import type { SipMessage } from "#firmware/sip/message/message.ts";
import { parseMessage } from "#firmware/sip/message/parse.ts";
import { printMessage } from "#firmware/sip/message/print.ts";
import type { WireError } from "#firmware/wire/wire-error.ts";
import type { Connection, Endpoint, Marking, Sockets } from "#hal/contract/sockets.ts";
import { type Alarm, later } from "#hal/contract/time.ts";
import { stamped } from "./arrival.ts";
import type { Flow, TransportName } from "./flow.ts";
import { StreamFramer } from "./framer.ts";
import type { TransportUser } from "./udp.ts";

/** A connection that is not there after this long counts as refused. */
const connectMs = 4000;

/** A message that is not whole after this long never will be: the stream is out of step, and nothing behind it is heard. */
const unfinishedMs = 32_000;

/** More than this waits for a peer that does not read: it is gone. */
const mostQueuedBytes = 1_000_000;

export interface StreamsOptions {
  readonly runtime: Pick<Runtime, "clock" | "timers">;
  readonly sockets: Sockets;
  readonly marking: Marking;
  readonly user: TransportUser;
  readonly signal: AbortSignal;
  /** PEM certificates trusted beside the built-in set. */
  trusted(): readonly string[];
  /** What others see of us in place of the connection's own address; undefined: that one. */
  publicAddress(): string | undefined;
}

interface Open {
  readonly transport: TransportName;
  readonly connection: Connection;
  readonly scope: AbortController;
  readonly framer: StreamFramer;
  /** Rings when the message that has begun is still not whole. */
  unfinished: Alarm | undefined;
  isClosed: boolean;
}

const keyOf = (transport: TransportName, remote: Endpoint): string =>
  `${transport} ${remote.address}:${remote.port}`;

/** Connections of the whole phone. */
export class StreamTransport {
  readonly #options: StreamsOptions;
  readonly #open = new Map<string, Open>();
  readonly #opening = new Map<string, Promise<Flow>>();

  constructor(options: StreamsOptions) {
    this.#options = options;
    options.signal.addEventListener(
      "abort",
      () => {
        for (const open of [...this.#open.values()]) this.#close(open);
      },
      { once: true },
    );
  }

  /** The way to a peer: at once where there is a connection. Rejects with HalError. */
  flowTo(target: Target): Flow | Promise<Flow> {
    const key = keyOf(target.transport, target.endpoint);
    const open = this.#open.get(key);
    if (open !== undefined) return this.#flow(open);
    const opening = this.#opening.get(key) ?? this.#connect(target, key);
    this.#opening.set(key, opening);
    return opening;
  }

  /** A connection somebody else opened. */
  adopt(connection: Connection, transport: TransportName): void {
    this.#watch(connection, transport, keyOf(transport, connection.remote));
  }

  /** Two line ends on a connection that is there (RFC 5626 §3.5.1). */
  keepAlive(transport: TransportName, remote: Endpoint): void {
    this.#open.get(keyOf(transport, remote))?.connection.write(new Uint8Array([0x0d, 0x0a, 0x0d, 0x0a]));
  }

  async #connect(target: Target, key: string): Promise<Flow> {
    const { sockets, marking, trusted, signal } = this.#options;
    const options = { timeoutMs: connectMs, marking, signal };
    try {
      const connection =
        target.transport === "TLS"
          ? (
              await sockets.connectTls(target.endpoint, {
                ...options,
                serverName: target.serverName,
                trusted: trusted(),
              })
            ).connection
          : await sockets.connectTcp(target.endpoint, options);
      return this.#flow(this.#watch(connection, target.transport, key));
    } finally {
      this.#opening.delete(key);
    }
  }

  #watch(connection: Connection, transport: TransportName, key: string): Open {
    const scope = new AbortController();
    const framer = new StreamFramer();
    const open: Open = { transport, connection, scope, framer, unfinished: undefined, isClosed: false };
    this.#open.set(key, open);
    connection.closed.subscribe(() => this.#lost(open), { signal: scope.signal });
    connection.chunks.subscribe((chunk) => this.#received(open, chunk), { signal: scope.signal });
    return open;
  }

  #flow(open: Open): Flow {
    const { connection, transport } = open;
    const { local, remote } = connection;
    return {
      transport,
      remote,
      isReliable: true,
      sentBy: `${this.#options.publicAddress() ?? local.address}:${local.port}`,
      send: (message) => {
        if (open.isClosed) {
          // Never while the sender is in the middle of sending.
          queueMicrotask(() => this.#options.user.unreachable({ transport, remote }));
          return;
        }
        connection.write(printMessage(message));
        if (connection.queuedBytes > mostQueuedBytes) connection.reset();
      },
    };
  }

  #received(open: Open, chunk: Uint8Array): void {
    const { messages, broken } = open.framer.push(chunk);
    const source = open.connection.remote;
    this.#awaitRest(open, messages.length > 0);
    for (const bytes of messages) this.#arrived(open, bytes);
    if (broken === undefined) return;
    this.#answerBroken(open, broken.head);
    this.#options.user.unreadable(broken.error, source);
    this.#close(open);
  }

  /** RFC 4475 §3.1.2.2: what a wrong Content-Length promises never comes; the connection is given up for it. */
  #awaitRest(open: Open, isAnother: boolean): void {
    if (isAnother || open.framer.heldBytes === 0) {
      open.unfinished?.cancel();
      open.unfinished = undefined;
    }
    if (open.framer.heldBytes === 0 || open.unfinished !== undefined) return;
    const { clock, timers } = this.#options.runtime;
    const { address, port } = open.connection.remote;
    const at = later(clock.now(), unfinishedMs);
    open.unfinished = timers.start("sip", `rest of a message from ${address}:${port}`, at, () =>
      this.#close(open),
    );
  }

  #arrived(open: Open, bytes: Uint8Array): void {
    const { user } = this.#options;
    const source = open.connection.remote;
    let message: SipMessage;
    try {
      message = parseMessage(bytes);
    } catch (error) {
      user.unreadable(error, source);
      return;
    }
    const arrived = message.kind === "request" ? stamped(message, source) : message;
    user.arrived({ message: arrived, flow: this.#flow(open), source });
  }

  /** A request that broke the stream is told so before the connection goes. */
  #answerBroken(open: Open, head: Uint8Array): void {
    try {
      const message = parseMessage(head);
      if (message.kind !== "request" || message.method === "ACK") return;
      open.connection.write(printMessage(responseTo(message, 400, { toTag: "broken" })));
    } catch (error) {
      this.#options.user.unreadable(error as WireError, open.connection.remote); // parseMessage throws nothing else
    }
  }

  #close(open: Open): void {
    open.connection.close();
    this.#lost(open);
  }

  #lost(open: Open): void {
    if (open.isClosed) return;
    open.isClosed = true;
    open.unfinished?.cancel();
    open.scope.abort();
    for (const [key, other] of this.#open) if (other === open) this.#open.delete(key);
    const { transport, connection } = open;
    if (!this.#options.signal.aborted)
      this.#options.user.unreachable({ transport, remote: connection.remote });
  }
}
