// A network for SIP tests in one object: hosts with addresses, UDP with delay, loss and ICMP, and TCP byte streams.
import { HalError } from "#hal/contract/errors.ts";
import type { Random } from "#hal/contract/random.ts";
import type {
  CloseReason,
  Connection,
  Datagram,
  Endpoint,
  Listener,
  Sockets,
  UdpFailure,
  UdpSocket,
} from "#hal/contract/sockets.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Clock, later } from "#hal/contract/time.ts";

/** One datagram as it was seen on the wire. */
export interface Seen {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly isLost: boolean;
}

const name = (endpoint: Endpoint): string => `${endpoint.address}:${endpoint.port}`;

interface OpenSocket {
  readonly datagrams: Emitter<Datagram>;
  readonly failures: Emitter<UdpFailure>;
}

/** The wire between all hosts of a test. */
export class Hub {
  readonly seen: Seen[] = [];
  /** Share of datagrams that vanish, 0 … 1. */
  loss = 0;
  delayMs = 1;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #hosts = new Set<string>();
  readonly #silent = new Set<string>();
  readonly #udp = new Map<string, OpenSocket>();
  readonly #listeners = new Map<string, Emitter<Connection>>();
  readonly #connections = new Set<() => void>();
  #connected = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** A host that is plugged in. */
  host(address: string): Sockets {
    this.#hosts.add(address);
    return {
      openUdp: (options) => this.#openUdp(address, options.port ?? 0),
      connectTcp: (to, options) => this.#connect(address, to, options.signal),
      connectTls: async (to, options) => ({
        connection: await this.#connect(address, to, options.signal),
        peer: { fingerprint: "00", subject: options.serverName, validFromUnixMs: 0, validToUnixMs: 0 },
      }),
      listenTcp: async (port, options) => this.#listen(address, port, options.signal),
    };
  }

  /** Takes a host off the wire without a word, or puts it back. */
  setSilent(address: string, isSilent: boolean): void {
    if (isSilent) this.#silent.add(address);
    else this.#silent.delete(address);
  }

  /** Texts of datagrams between two addresses, start lines only. */
  lines(from: string, to: string): readonly string[] {
    return this.seen
      .filter((datagram) => datagram.from.startsWith(`${from}:`) && datagram.to.startsWith(`${to}:`))
      .map(({ text }) => text.split("\r\n")[0] ?? "");
  }

  /** Breaks every TCP connection with a reset. */
  resetConnections(): void {
    for (const reset of [...this.#connections]) reset();
  }

  #openUdp(address: string, wanted: number): UdpSocket {
    let port = wanted;
    if (port === 0) for (port = 49_152; this.#udp.has(`${address}:${port}`); ) port++;
    const key = `${address}:${port}`;
    if (this.#udp.has(key)) throw new HalError("busy", "udp", "open", `port ${port} is taken`);
    const open: OpenSocket = { datagrams: new Emitter(), failures: new Emitter() };
    this.#udp.set(key, open);
    return {
      localPort: port,
      datagrams: open.datagrams,
      failures: open.failures,
      send: (bytes, to) => this.#send(bytes.slice(), { address, port }, to, open),
      close: () => {
        if (this.#udp.get(key) === open) this.#udp.delete(key);
      },
    };
  }

  #send(bytes: Uint8Array, from: Endpoint, to: Endpoint, sender: OpenSocket): void {
    const isLost = this.loss > 0 && this.#random.u32() / 0x1_0000_0000 < this.loss;
    const text = new TextDecoder("latin1").decode(bytes);
    this.seen.push({ atMs: this.#clock.now(), from: name(from), to: name(to), text, isLost });
    if (isLost || this.#silent.has(from.address)) return;
    this.#clock.alarm(later(this.#clock.now(), this.delayMs), () => {
      if (this.#silent.has(to.address) || !this.#hosts.has(to.address)) return;
      const receiver = this.#udp.get(name(to));
      if (receiver !== undefined) {
        receiver.datagrams.emit({ bytes, from, to: to.address, at: this.#clock.now() });
        return;
      }
      const error = new HalError("refused", "udp", "send", `${name(to)} is closed`);
      this.#clock.alarm(later(this.#clock.now(), this.delayMs), () => sender.failures.emit({ to, error }));
    });
  }

  #listen(address: string, port: number, signal: AbortSignal): Listener {
    const connections = new Emitter<Connection>();
    this.#listeners.set(`${address}:${port}`, connections);
    const close = (): void => {
      this.#listeners.delete(`${address}:${port}`);
    };
    signal.addEventListener("abort", close, { once: true });
    return { local: { address, port }, connections, close };
  }

  #connect(address: string, to: Endpoint, signal: AbortSignal): Promise<Connection> {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.#clock.alarm(later(this.#clock.now(), this.delayMs * 2), () => {
        if (this.#silent.has(to.address) || !this.#hosts.has(to.address)) return;
        const listener = this.#listeners.get(name(to));
        if (listener === undefined) {
          reject(new HalError("refused", "tcp", "connect", `${name(to)} is closed`));
          return;
        }
        const [near, far] = this.#pair({ address, port: 50_000 + this.#connected++ }, to);
        listener.emit(far);
        resolve(near);
      });
    });
  }

  #pair(near: Endpoint, far: Endpoint): [Connection, Connection] {
    const ends = [new StreamEnd(), new StreamEnd()] as const;
    let isOpen = true;
    const finish = (reason: CloseReason): void => {
      if (!isOpen) return;
      isOpen = false;
      this.#connections.delete(reset);
      for (const end of ends) end.closed.emit(reason);
    };
    const reset = (): void =>
      finish({ kind: "failed", error: new HalError("refused", "tcp", "read", "reset by peer") });
    this.#connections.add(reset);
    const side = (mine: StreamEnd, other: StreamEnd, local: Endpoint, remote: Endpoint): Connection => ({
      local,
      remote,
      chunks: mine,
      closed: mine.closed,
      queuedBytes: 0,
      write: (bytes) => {
        const copy = bytes.slice();
        const text = new TextDecoder("latin1").decode(copy);
        this.seen.push({ atMs: this.#clock.now(), from: name(local), to: name(remote), text, isLost: false });
        this.#clock.alarm(later(this.#clock.now(), this.delayMs), () => {
          if (isOpen && !this.#silent.has(local.address) && !this.#silent.has(remote.address))
            other.emit(copy);
        });
      },
      close: () =>
        this.#clock.alarm(later(this.#clock.now(), this.delayMs), () => finish({ kind: "finished" })),
      reset,
    });
    return [side(ends[0], ends[1], near, far), side(ends[1], ends[0], far, near)];
  }
}

/** Keeps chunks until somebody listens. */
class StreamEnd extends Emitter<Uint8Array> {
  readonly closed = new Emitter<CloseReason>();
  #waiting: Uint8Array[] = [];

  override subscribe(listener: (value: Uint8Array) => void, options: { signal: AbortSignal }): void {
    super.subscribe(listener, options);
    for (const chunk of this.#waiting.splice(0)) listener(chunk);
  }

  override emit(value: Uint8Array): void {
    if (this.listenerCount === 0) this.#waiting.push(value);
    else super.emit(value);
  }
}
