// A serial line as bytes in both directions: characters as they come, nothing translated. Speed and parity are those the
// kernel was started with (`console=ttyAMA0,115200`), or somebody set before.
import { closeSync, openSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";
import { HalError } from "#hal/contract/errors.ts";
import { Emitter } from "#hal/contract/stream.ts";
import type { ByteSession } from "./console-socket.ts";

/** Bytes that may wait for a slow line; more are lost, like on paper. */
const mostWaiting = 262_144;

/** Opens it in raw mode. HalError `missing` where there is none, `unsupported` where it is no terminal. */
export function openSerialLine(path: string): ByteSession {
  let fd: number;
  try {
    fd = openSync(path, "r+");
  } catch (cause) {
    throw new HalError("missing", path, "open", cause instanceof Error ? cause.message : "refused", {
      cause,
    });
  }
  try {
    return new SerialLine(fd);
  } catch (cause) {
    closeSync(fd);
    throw new HalError("unsupported", path, "open", "is no terminal", { cause });
  }
}

class SerialLine implements ByteSession {
  readonly chunks = new Emitter<Uint8Array>();
  readonly closed = new Emitter<undefined>();
  readonly #input: ReadStream;
  readonly #output: WriteStream;

  constructor(fd: number) {
    this.#input = new ReadStream(fd);
    this.#output = new WriteStream(fd);
    this.#input.setRawMode(true);
    this.#input.on("data", (bytes: Buffer) => this.chunks.emit(bytes));
    this.#input.on("error", () => this.close()); // unplugged: `close` follows
    this.#output.on("error", () => this.close());
    this.#input.on("close", () => this.closed.emit(undefined));
  }

  /** The kernel puts a carriage return before each line feed of a terminal (ONLCR): ours would be a second one. */
  write(bytes: Uint8Array): void {
    if (this.#output.destroyed || this.#output.writableLength >= mostWaiting) return;
    this.#output.write(bytes.filter((byte, at) => byte !== 0x0d || bytes[at + 1] !== 0x0a));
  }

  close(): void {
    this.#input.destroy();
    this.#output.destroy();
  }
}
