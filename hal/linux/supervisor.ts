// The image's init (flash-image/init) keeps what an unprivileged firmware may not: the watchdog, the image slots, the data
// partition. It is spoken to over a Unix socket: it greets with one line of JSON; `feed` keeps the board alive, `confirm`
// marks the running slot good and is answered with `confirmed` or `failed REASON`.
import { connect, type Socket } from "node:net";
import { HalError } from "#hal/contract/errors.ts";
import type { ImageSlot, ImageSlots } from "#hal/contract/identity.ts";
import type { Watchdog } from "#hal/contract/power.ts";

/** What init says first. */
export interface SupervisorGreeting {
  /** How long a firmware lives without `feed`. */
  readonly feedWithinMs: number;
  /** Then the board is reset; else init ends the firmware and starts it again. */
  readonly hasWatchdog: boolean;
  /** What became of the data partition, e.g. `mounted`, `repaired`, `made anew: …`, `absent: …`. */
  readonly data: string;
  readonly slots: readonly ImageSlot[];
}

export interface Supervisor {
  readonly greeting: SupervisorGreeting;
  readonly watchdog: Watchdog;
  readonly images: ImageSlots;
  close(): void;
}

/** Lines of a stream, to whoever waits for the next one. */
class Lines {
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  readonly #unread: string[] = [];
  #rest = "";
  #end: Error | undefined;

  push(chunk: string): void {
    const parts = (this.#rest + chunk).split("\n");
    this.#rest = parts.pop() ?? "";
    for (const line of parts) {
      const waiter = this.#waiting.shift();
      if (waiter === undefined) this.#unread.push(line);
      else waiter.resolve(line);
    }
  }

  end(error: Error): void {
    this.#end = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  next(): Promise<string> {
    const line = this.#unread.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}

function decodeGreeting(line: string, path: string): SupervisorGreeting {
  try {
    return JSON.parse(line) as SupervisorGreeting; // written by our own init, in the same image
  } catch (cause) {
    throw new HalError("io", path, "read greeting", `"${line}" is no JSON`, { cause });
  }
}

/** Connects and waits for the greeting. Undefined where no such init runs. HalError `io` when it talks nonsense. */
export async function connectSupervisor(path: string): Promise<Supervisor | undefined> {
  const socket = await open(path);
  if (socket === undefined) return undefined;
  const lines = new Lines();
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => lines.push(chunk));
  socket.on("close", () => lines.end(new HalError("io", path, "read", "the supervisor hung up")));
  const greeting = decodeGreeting(await lines.next(), path);
  let slots = greeting.slots;
  return {
    greeting,
    watchdog: {
      timeoutMs: greeting.feedWithinMs,
      feed: () => void socket.write("feed\n"),
      disarm() {
        // init goes on feeding once the firmware has ended in order
      },
    },
    images: {
      list: () => slots,
      async confirm() {
        socket.write("confirm\n");
        const answer = await lines.next();
        if (answer !== "confirmed") throw new HalError("io", "image slots", "confirm", answer);
        slots = slots.map((slot) => (slot.isRunning ? { ...slot, state: "good" } : slot));
      },
      install: () =>
        Promise.reject(new HalError("unsupported", "image slots", "install", "this image cannot yet")),
    },
    close: () => socket.destroy(),
  };
}

function open(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      socket.on("error", () => socket.destroy()); // told as `hung up`
      resolve(socket);
    });
    socket.once("error", (cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT" || cause.code === "ECONNREFUSED") resolve(undefined);
      else reject(new HalError("io", path, "connect", cause.message, { cause }));
    });
  });
}
