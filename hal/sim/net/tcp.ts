// TCP of the simulated kernel: which connection a segment belongs to, listeners, and RST for everybody else.
import { HalError, type HalErrorCode } from "#hal/contract/errors.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Connection, ConnectOptions, Endpoint, Listener, Marking } from "#hal/contract/sockets.ts";
import { type Clock, later } from "#hal/contract/time.ts";
import type { Drops } from "./drops.ts";
import type { DeliveryError, Icmp } from "./icmp.ts";
import { unreachableCode } from "./icmp-packet.ts";
import type { Interface } from "./interface.ts";
import type { Arrived, Ip } from "./ip.ts";
import { ip4HeaderLength, protocol } from "./ip4-packet.ts";
import { KeptStream } from "./kept.ts";
import { isIp4, isMalformed, isMulticast, u16 } from "./octets.ts";
import { freePort } from "./ports.ts";
import { type SegmentBody, TcpConnection } from "./tcp-connection.ts";
import {
  advance,
  buildTcp,
  distance,
  parseTcp,
  spanOf,
  type TcpSegment,
  tcpHeaderLength,
} from "./tcp-segment.ts";
import { TcpSocket } from "./tcp-socket.ts";

export interface TcpLayerOptions {
  readonly ip: Ip;
  readonly icmp: Icmp;
  readonly network: Interface;
  readonly clock: Clock;
  readonly random: Random;
  readonly drops: Drops;
}

interface Entry {
  readonly connection: TcpConnection;
  readonly socket: TcpSocket;
}

interface Listening {
  readonly connections: KeptStream<Connection>;
}

/** Linux: net.core.somaxconn for a small server. */
const mostHalfOpen = 128;

export class Tcp {
  readonly #options: TcpLayerOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #listening = new Map<number, Listening>();
  #isClosed = false;
  /** By their names in RFC 4022. */
  readonly counts = { ActiveOpens: 0, PassiveOpens: 0, InSegs: 0, OutSegs: 0, InErrs: 0, OutRsts: 0 };

  constructor(options: TcpLayerOptions) {
    this.#options = options;
    options.ip.handle(protocol.tcp, (arrived) => this.#receive(arrived));
    options.icmp.onError(protocol.tcp, (error) => this.#unreachable(error));
  }

  /** Rejects with HalError `refused`, `unreachable` or `timeout`, or with the signal's reason. */
  connect(to: Endpoint, options: ConnectOptions): Promise<Connection> {
    const { network, clock, random } = this.#options;
    const { signal, timeoutMs, marking } = options;
    const address = network.state().address?.address;
    const name = `connect to ${to.address}:${to.port}`;
    const error = (code: HalErrorCode, detail: string): HalError => new HalError(code, "tcp", name, detail);
    if (signal.aborted) return Promise.reject(signal.reason);
    if (
      address === undefined ||
      !isIp4(to.address) ||
      isMulticast(to.address) ||
      network.isBroadcast(to.address)
    )
      return Promise.reject(error("unreachable", "no address, or no host address"));
    if (!network.isOwn(to.address) && network.nextHop(to.address) === undefined)
      return Promise.reject(error("unreachable", "no route"));
    const port = freePort(random, (candidate) => this.#entries.has(keyOf(candidate, to)));
    if (port === undefined) return Promise.reject(error("busy", "every local port is taken"));

    return new Promise((resolve, reject) => {
      const settle = (): void => {
        alarm.cancel();
        signal.removeEventListener("abort", onAbort);
      };
      const giveUp = (reason: unknown): void => {
        settle();
        entry.connection.abandon();
        reject(reason);
      };
      const onAbort = (): void => giveUp(signal.reason);
      const alarm = clock.alarm(later(clock.now(), timeoutMs), () =>
        giveUp(error("timeout", `no answer in ${timeoutMs} ms`)),
      );
      signal.addEventListener("abort", onAbort, { once: true });
      const entry = this.#open({ local: { address, port }, remote: to, marking }, undefined, {
        established: () => {
          settle();
          resolve(entry.socket);
        },
        failed: (failure) => {
          settle();
          reject(failure);
        },
      });
    });
  }

  /** Accepts on `port` until the signal or `close`. Rejects with HalError `busy`. */
  listen(port: number, { signal }: { readonly signal: AbortSignal }): Promise<Listener> {
    const { random, network } = this.#options;
    const chosen = port === 0 ? freePort(random, (candidate) => this.#listening.has(candidate)) : port;
    if (signal.aborted) return Promise.reject(signal.reason);
    if (chosen === undefined || this.#listening.has(chosen))
      return Promise.reject(new HalError("busy", "tcp", "listen", `port ${port} is taken`));
    const listening: Listening = { connections: new KeptStream() };
    this.#listening.set(chosen, listening);
    const close = (): void => {
      if (this.#listening.get(chosen) === listening) this.#listening.delete(chosen);
    };
    signal.addEventListener("abort", close, { once: true });
    const local = { address: network.state().address?.address ?? "0.0.0.0", port: chosen };
    return Promise.resolve({ local, connections: listening.connections, close });
  }

  /** No alarm is left, and no peer is told. */
  close(): void {
    this.#isClosed = true;
    for (const { connection } of [...this.#entries.values()]) connection.abandon();
    this.#entries.clear();
    this.#listening.clear();
  }

  #open(
    ends: { readonly local: Endpoint; readonly remote: Endpoint; readonly marking?: Marking | undefined },
    syn: TcpSegment | undefined,
    on: { established(socket: TcpSocket): void; failed(error: HalError): void },
  ): Entry {
    const { clock, random, network } = this.#options;
    const { local, remote, marking } = ends;
    const key = keyOf(local.port, remote);
    if (syn === undefined) this.counts.ActiveOpens++;
    else this.counts.PassiveOpens++;
    const socket = new TcpSocket(local, remote);
    let isEstablished = false;
    const connection = new TcpConnection({
      clock,
      initial: random.u32(),
      ownMss: network.state().mtu - ip4HeaderLength - tcpHeaderLength,
      name: `${remote.address}:${remote.port}`,
      ...(syn === undefined ? {} : { syn }),
      hooks: {
        transmit: (segment) => this.#transmit(local, remote, marking, segment),
        established: () => {
          isEstablished = true;
          on.established(socket);
        },
        received: (bytes) => socket.received(bytes),
        finished: () => socket.finished(),
        failed: (error) => (isEstablished ? socket.failed(error) : on.failed(error)),
        gone: () => {
          if (this.#entries.get(key)?.socket === socket) this.#entries.delete(key);
        },
        keptBytes: () => socket.keptBytes,
      },
    });
    socket.attach(connection);
    const entry = { connection, socket };
    this.#entries.set(key, entry);
    return entry;
  }

  #receive({ packet }: Arrived): void {
    const { drops, network } = this.#options;
    if (!network.isOwn(packet.destination)) return;
    const segment = parseTcp(packet.source, packet.destination, packet.payload);
    this.counts.InSegs++;
    if (isMalformed(segment)) {
      this.counts.InErrs++;
      drops.count(`tcp ${segment.malformed}`);
      return;
    }
    const local = { address: packet.destination, port: segment.destinationPort };
    const remote = { address: packet.source, port: segment.sourcePort };
    const entry = this.#entries.get(keyOf(local.port, remote));
    if (entry !== undefined && !isSuccessor(entry.connection, segment)) {
      entry.connection.receive(segment);
      return;
    }
    const listening = this.#listening.get(local.port);
    if (listening !== undefined && segment.syn && !segment.ack && !segment.rst) {
      entry?.connection.abandon();
      this.#accept(listening, local, remote, segment);
    } else this.#refuse(local, remote, segment);
  }

  #accept(listening: Listening, local: Endpoint, remote: Endpoint, syn: TcpSegment): void {
    let halfOpen = 0;
    for (const { connection } of this.#entries.values()) if (connection.state === "syn-received") halfOpen++;
    if (halfOpen >= mostHalfOpen) return;
    this.#open({ local, remote }, syn, {
      established: (socket) => listening.connections.emit(socket),
      failed: () => undefined, // the peer went away before anybody knew of it
    });
  }

  /** RFC 9293 §3.5.2: RST for a segment that belongs to nothing. */
  #refuse(local: Endpoint, remote: Endpoint, segment: TcpSegment): void {
    this.#options.drops.count("tcp no connection");
    if (segment.rst || isMulticast(remote.address)) return;
    this.#transmit(local, remote, undefined, {
      sequence: segment.ack ? segment.acknowledgment : 0,
      acknowledgment: segment.ack ? 0 : advance(segment.sequence, spanOf(segment)),
      ack: !segment.ack,
      syn: false,
      fin: false,
      rst: true,
      psh: false,
      window: 0,
      mss: undefined,
      payload: new Uint8Array(0),
    });
  }

  #transmit(local: Endpoint, remote: Endpoint, marking: Marking | undefined, body: SegmentBody): void {
    const { ip, network } = this.#options;
    // Without its address a connection is mute, and goes on when the address comes back.
    if (this.#isClosed || !network.isOwn(local.address)) return;
    this.counts.OutSegs++;
    if (body.rst) this.counts.OutRsts++;
    const segment = { ...body, sourcePort: local.port, destinationPort: remote.port };
    ip.send({
      protocol: protocol.tcp,
      source: local.address,
      destination: remote.address,
      payload: buildTcp(local.address, remote.address, segment),
      marking,
      dontFragment: true,
      onUnreachable: () =>
        this.#tellUnreachable(keyOf(local.port, remote), "unreachable", "no answer to ARP"),
    });
  }

  #unreachable({ code, about }: DeliveryError): void {
    const remote = { address: about.destination, port: u16(about.head, 2) };
    const isRefused = code === unreachableCode.port || code === unreachableCode.protocol;
    const detail = `ICMP destination unreachable, code ${code}`;
    this.#tellUnreachable(keyOf(u16(about.head, 0), remote), isRefused ? "refused" : "unreachable", detail);
  }

  #tellUnreachable(key: string, code: HalErrorCode, detail: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const { address, port } = entry.socket.remote;
    entry.connection.unreachable(new HalError(code, "tcp", `connect to ${address}:${port}`, detail));
  }
}

function keyOf(localPort: number, remote: { readonly address: Ip4; readonly port: number }): string {
  return `${localPort} ${remote.address} ${remote.port}`;
}

/** RFC 6191: a SYN beyond the old connection may replace one that only waits. */
function isSuccessor(connection: TcpConnection, segment: TcpSegment): boolean {
  const isNewSyn = segment.syn && !segment.ack && !segment.rst;
  return isNewSyn && connection.state === "time-wait" && distance(segment.sequence, connection.expected) > 0;
}
