// A Unix socket for the console: bytes both ways. It knows no command; firmware/bin connects it to the grammar.
import { chmodSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { HalError } from "#hal/contract/errors.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { socketErrorOf } from "./connection.ts";

/** One session: bytes both ways. */
export interface ByteSession {
  readonly chunks: Stream<Uint8Array>;
  readonly closed: Stream<undefined>;
  write(bytes: Uint8Array): void;
  /** Ends the session after what was written. */
  close(): void;
}

/** Keeps what comes before somebody listens: a session may be handed on a moment after it was opened. */
class HeldChunks extends Emitter<Uint8Array> {
  #held: Uint8Array[] | undefined = [];

  override subscribe(listener: (chunk: Uint8Array) => void, options: { signal: AbortSignal }): void {
    super.subscribe(listener, options);
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const chunk of held) this.emit(chunk);
  }

  override emit(chunk: Uint8Array): void {
    if (this.#held === undefined) super.emit(chunk);
    else this.#held.push(chunk);
  }
}

class SocketSession implements ByteSession {
  readonly chunks = new HeldChunks();
  readonly closed = new Emitter<undefined>();
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.chunks.emit(bytes));
    socket.on("error", () => socket.destroy()); // a console that went away: `close` follows
    socket.on("close", () => this.closed.emit(undefined));
  }

  write(bytes: Uint8Array): void {
    if (!this.#socket.destroyed && !this.#socket.writableEnded) this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.end();
  }
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.on("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.on("error", () => resolve(false));
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/**
 * Serves sessions at `path`, readable and writable by this user alone, until the signal. A socket that a dead process
 * left is replaced; one that answers is HalError `busy`.
 */
export async function serveBytes(
  path: string,
  accept: (session: ByteSession) => void,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    accept(new SocketSession(socket));
  });
  try {
    await listen(server, path).catch(async (error: unknown) => {
      const isThere = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (!isThere) throw error;
      if (await isAlive(path)) throw new HalError("busy", path, "listen", "another phone answers there");
      unlinkSync(path);
      await listen(server, path);
    });
  } catch (error) {
    throw socketErrorOf(error, path, "listen");
  }
  chmodSync(path, 0o600);
  const close = (): void => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  if (signal.aborted) close();
  else signal.addEventListener("abort", close, { once: true });
}
