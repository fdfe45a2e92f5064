// A byte stream of the contract over one of Node's sockets: TCP or TLS, ours or accepted.
import type { Socket } from "node:net";
import { HalError } from "#hal/contract/errors.ts";
import type { CloseReason, Connection, Endpoint } from "#hal/contract/sockets.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { halErrorOf } from "./ffi/errno.ts";

/** Bytes kept for a subscriber that has not come yet; beyond that the peer must wait. */
const mostHeldBytes = 262_144;

/** What one of Node's socket errors means. A reset is a refusal by the peer. */
export function socketErrorOf(error: unknown, device: string, operation: string): HalError {
  if (error instanceof HalError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const number = error instanceof Error && "errno" in error ? Number(error.errno) : Number.NaN;
  if (code === "ECONNRESET" || code === "EPIPE")
    return new HalError("refused", device, operation, "the peer reset the connection", { cause: error });
  if (Number.isInteger(number)) return halErrorOf(-number, device, operation);
  const detail = error instanceof Error ? error.message : String(error);
  return new HalError("io", device, operation, detail, { cause: error });
}

/** A stream whose values wait for the first subscriber. */
class Held<T> implements Stream<T> {
  readonly #emitter = new Emitter<T>();
  readonly #began: () => void;
  #waiting: T[] | undefined = [];

  constructor(began: () => void) {
    this.#began = began;
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  subscribe(listener: (value: T) => void, options: { signal: AbortSignal }): void {
    this.#emitter.subscribe(listener, options);
    if (this.#waiting === undefined) return;
    queueMicrotask(() => {
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const value of waiting) this.#emitter.emit(value);
      this.#began();
    });
  }

  emit(value: T): void {
    if (this.#waiting === undefined) this.#emitter.emit(value);
    else this.#waiting.push(value);
  }
}

/** Wraps a connected socket and owns it from now on. */
export class SocketConnection implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #socket: Socket;
  readonly #wire: Socket;
  readonly #chunks: Held<Uint8Array>;
  readonly #closed = new Held<CloseReason>(() => {});
  #heldBytes = 0;
  #error: HalError | undefined;

  /** Bytes go through `socket`; `wire` is the TCP socket itself, another one under TLS. */
  constructor(socket: Socket, wire: Socket = socket) {
    this.#socket = socket;
    this.#wire = wire;
    this.local = { address: socket.localAddress ?? "", port: socket.localPort ?? 0 };
    this.remote = { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
    this.#chunks = new Held<Uint8Array>(() => socket.resume());
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#came(chunk));
    socket.on("error", (error) => {
      this.#error ??= socketErrorOf(error, `${this.remote.address}:${this.remote.port}`, "connection");
    });
    socket.on("close", () => {
      const error = this.#error;
      this.#closed.emit(error === undefined ? { kind: "finished" } : { kind: "failed", error });
    });
  }

  #came(chunk: Buffer): void {
    if (this.#chunks.isWaiting) {
      this.#heldBytes += chunk.length;
      if (this.#heldBytes > mostHeldBytes) this.#socket.pause();
    }
    this.#chunks.emit(new Uint8Array(chunk)); // a copy: Node may reuse the pool that the chunk lies in
  }

  get chunks(): Stream<Uint8Array> {
    return this.#chunks;
  }

  get closed(): Stream<CloseReason> {
    return this.#closed;
  }

  write(bytes: Uint8Array): void {
    if (!this.#socket.destroyed && !this.#socket.writableEnded) this.#socket.write(Buffer.from(bytes));
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  close(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#wire.resetAndDestroy();
    this.#socket.destroy();
  }
}
