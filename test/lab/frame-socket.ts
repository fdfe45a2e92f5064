// A cable end on a Unix socket, for a QEMU guest: `-netdev stream,server=off,addr.type=unix,addr.path=PATH`. Every frame,
// tagged ones too, follows its length as four bytes, most significant first.
import { createServer, type Socket } from "node:net";
import type { CableEnd } from "#hal/sim/net/cable.ts";

const lengthBytes = 4;
/** Longer is no frame: the stream is out of step and nothing after it can be trusted. */
const mostFrameBytes = 1522;

/** Frames out of a stream of any chunks. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /** The frames that are whole now; throws RangeError for a length that is none. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const frames: Uint8Array[] = [];
    while (this.#pending.length >= lengthBytes) {
      const length = this.#pending.readUInt32BE(0);
      if (length > mostFrameBytes)
        throw new RangeError(`a frame of ${length} bytes, at most ${mostFrameBytes} belong`);
      if (this.#pending.length < lengthBytes + length) break;
      frames.push(Uint8Array.from(this.#pending.subarray(lengthBytes, lengthBytes + length)));
      this.#pending = this.#pending.subarray(lengthBytes + length);
    }
    return frames;
  }
}

/** One frame as it stands in the stream. */
export function framed(frame: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(lengthBytes + frame.length);
  new DataView(bytes.buffer).setUint32(0, frame.length);
  bytes.set(frame, lengthBytes);
  return bytes;
}

/** Listens at `path` and relays frames of the guest that connected last, until the signal. */
export async function serveFrameSocket(path: string, end: CableEnd, signal: AbortSignal): Promise<void> {
  let guest: Socket | undefined;
  const server = createServer((socket) => {
    guest?.destroy();
    guest = socket;
    const reader = new FrameReader();
    socket.on("data", (chunk) => {
      try {
        for (const frame of reader.push(chunk)) end.send(frame);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        socket.destroy();
      }
    });
    socket.on("error", () => socket.destroy()); // the guest went away
    socket.on("close", () => {
      if (guest === socket) guest = undefined;
    });
  });
  end.received.subscribe((frame) => guest?.write(framed(frame)), { signal });
  signal.addEventListener(
    "abort",
    () => {
      guest?.destroy();
      server.close();
    },
    { once: true },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
}
