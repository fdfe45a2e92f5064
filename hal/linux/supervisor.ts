// The image's init (flash-image/init) keeps what an unprivileged firmware may not: the watchdog, the image slots, the data
// partition. It is spoken to over a Unix socket: it greets with one line of JSON; `feed` keeps the board alive, `confirm`
// marks the running slot good and is answered with `confirmed` or `failed CODE SENTENCE`; an image goes another way, see
// installer.ts.
import { connect, type Socket } from "node:net";
import { HalError } from "#hal/contract/errors.ts";
import type { ImageSlot, ImageSlots } from "#hal/contract/identity.ts";
import type { Watchdog } from "#hal/contract/power.ts";
import { failureOf, sendBundle } from "./installer.ts";
import { Lines } from "./lines.ts";

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

function decodeGreeting(line: string, path: string): SupervisorGreeting {
  try {
    return JSON.parse(line) as SupervisorGreeting; // written by our own init, in the same image
  } catch (cause) {
    throw new HalError("io", path, "read greeting", `"${line}" is no JSON`, { cause });
  }
}

interface Connection {
  readonly socket: Socket;
  readonly lines: Lines;
  readonly greeting: SupervisorGreeting;
}

/** Undefined where no such init runs. HalError `io` when it talks nonsense. */
async function greeted(path: string): Promise<Connection | undefined> {
  const socket = await open(path);
  if (socket === undefined) return undefined;
  const lines = new Lines();
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => lines.push(chunk));
  socket.on("close", () => lines.end(new HalError("io", path, "read", "the supervisor hung up")));
  return { socket, lines, greeting: decodeGreeting(await lines.next(), path) };
}

/** Connects and waits for the greeting. Undefined where no such init runs. HalError `io` when it talks nonsense. */
export async function connectSupervisor(path: string): Promise<Supervisor | undefined> {
  const connection = await greeted(path);
  if (connection === undefined) return undefined;
  const { socket, lines, greeting } = connection;
  let slots = greeting.slots;
  const inform = (isRunning: boolean, facts: Partial<ImageSlot>): void => {
    slots = slots.map((slot) => (slot.isRunning === isRunning ? { ...slot, ...facts } : slot));
  };
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
        if (answer !== "confirmed") throw failureOf(answer, "confirm");
        inform(true, { state: "good" });
      },
      async install(bundle, { name, signal, progress = () => undefined }) {
        const own = await greeted(path);
        if (own === undefined) throw new HalError("io", path, "connect", "nobody is there any more");
        const writing = (percent: number): void => {
          inform(false, { state: "bad", version: undefined, writtenPct: percent });
          progress(percent);
        };
        try {
          await sendBundle({ ...own, bundle, name, signal, progress: writing });
        } finally {
          inform(false, { writtenPct: undefined });
        }
        inform(false, { state: "trying", version: name.replace(/^offhook-/, "") });
        const written = slots.find(({ isRunning }) => !isRunning);
        if (written === undefined) throw new HalError("io", path, "install", "init told of one slot alone");
        return written;
      },
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
