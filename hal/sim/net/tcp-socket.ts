// A TCP connection as programs see it: the Connection contract over TcpConnection.
import type { HalError } from "#hal/contract/errors.ts";
import type { CloseReason, Connection, Endpoint } from "#hal/contract/sockets.ts";
import type { Stream } from "#hal/contract/stream.ts";
import { KeptStream } from "./kept.ts";
import type { TcpConnection } from "./tcp-connection.ts";

/** The program's end of a connection; the layer feeds it. */
export class TcpSocket implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #chunks: KeptStream<Uint8Array>;
  readonly #closed = new KeptStream<CloseReason>();
  #connection: TcpConnection | undefined;
  #keptBytes = 0;
  #ending: CloseReason | undefined;
  #isClosedTold = false;

  constructor(local: Endpoint, remote: Endpoint) {
    this.local = local;
    this.remote = remote;
    this.#chunks = new KeptStream(() => {
      this.#keptBytes = this.#chunks.kept.reduce((sum, chunk) => sum + chunk.length, 0);
      this.#tellClosed();
      this.#connection?.consumed();
    });
  }

  get chunks(): Stream<Uint8Array> {
    return this.#chunks;
  }

  get closed(): Stream<CloseReason> {
    return this.#closed;
  }

  get queuedBytes(): number {
    return this.#connection?.unsentBytes ?? 0;
  }

  /** Received bytes that no subscriber has seen. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  write(bytes: Uint8Array): void {
    this.#connection?.write(bytes);
  }

  close(): void {
    this.#connection?.close();
  }

  reset(): void {
    this.#connection?.reset();
    this.finished();
  }

  /** For the layer: the connection behind this socket. */
  attach(connection: TcpConnection): void {
    this.#connection = connection;
  }

  received(bytes: Uint8Array): void {
    if (!this.#chunks.isFlowing) this.#keptBytes += bytes.length;
    this.#chunks.emit(bytes);
  }

  finished(): void {
    this.#end({ kind: "finished" });
  }

  failed(error: HalError): void {
    this.#end({ kind: "failed", error });
  }

  #end(reason: CloseReason): void {
    this.#ending ??= reason;
    this.#tellClosed();
  }

  /** Once, and after the chunks that came before the end, where somebody reads them. */
  #tellClosed(): void {
    if (this.#ending === undefined || this.#isClosedTold) return;
    if (this.#keptBytes > 0 && this.#ending.kind === "finished") return;
    this.#isClosedTold = true;
    this.#closed.emit(this.#ending);
  }
}
