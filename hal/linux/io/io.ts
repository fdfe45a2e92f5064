// The main thread's end of the I/O worker: descriptors in, events out. Drivers add theirs here too.
import { Worker } from "node:worker_threads";
import { HalError } from "#hal/contract/errors.ts";
import { c } from "#hal/linux/ffi/abi.ts";
import { errno } from "#hal/linux/ffi/errno.ts";
import { closeDescriptor, libc, must, setNonBlocking } from "#hal/linux/ffi/libc.ts";
import { type IoCommand, type IoEvent, type IoWorkerData, type ReaderKind, slots } from "./io-protocol.ts";

export interface IoOptions {
  readonly worker: URL;
  readonly originNs: bigint;
  /** The worker died: our own mistake. */
  failed(error: unknown): void;
}

/** A descriptor in the worker's care. */
export interface IoHandle {
  /** No event comes after this; the worker closes the descriptor. */
  remove(): void;
}

/** The poll over every raw descriptor. */
export interface Io {
  /** Gives a descriptor to the worker, which owns it from now on. It is made non-blocking. */
  add(fd: number, reader: ReaderKind, listener: (event: IoEvent) => void): IoHandle;
  /**
   * Waits for a connect under way. Resolves to 0 and the descriptor is the caller's again, or to an errno (ECANCELED
   * when `signal` aborted) and the descriptor is closed.
   */
  connected(fd: number, options: { signal: AbortSignal }): Promise<number>;
  /** Waits until descriptors that were removed are closed, at most `mostMs`; true if there were any. */
  settle(mostMs: number): boolean;
  /** Closes every descriptor and ends the worker. */
  close(): Promise<void>;
}

/** Starts the worker. HalError `io` when the kernel gives no eventfd. */
export function startIo(options: IoOptions): Io {
  const eventFd = must(libc().eventfd(0, c.EFD_NONBLOCK | c.EFD_CLOEXEC), "eventfd", "open");
  const shared = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
  const counters = new Int32Array(shared);
  const worker = new Worker(options.worker, {
    name: "io",
    workerData: { originNs: options.originNs, eventFd, shared } satisfies IoWorkerData,
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, stackSizeMb: 2 },
  });
  const listeners = new Map<number, (event: IoEvent) => void>();
  const unfinished = new Set<() => void>();
  let lastId = 0;
  let removed = 0;
  let isClosing = false;

  const one = new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]);
  let isWakeDue = false;
  /** Wakes the poll; a full counter wakes it as well. */
  const wake = (): void => {
    if (!isWakeDue) return;
    isWakeDue = false;
    libc().write(eventFd, one, 8);
  };
  /** The commands of one turn wake the worker once, and after what the turn sends has left. */
  const command = (what: IoCommand): void => {
    worker.postMessage(what);
    if (isWakeDue) return;
    isWakeDue = true;
    queueMicrotask(wake);
  };
  const remove = (id: number): void => {
    if (!listeners.delete(id)) return;
    removed++;
    command({ kind: "remove", id });
  };
  const add = (fd: number, reader: ReaderKind, listener: (event: IoEvent) => void): IoHandle => {
    setNonBlocking(fd); // a reader that waits for more would stop all the others, for ever
    const id = ++lastId;
    listeners.set(id, listener);
    command({ kind: "add", id, fd, reader });
    return { remove: () => remove(id) };
  };

  worker.on("message", (events: readonly IoEvent[]) => {
    Atomics.add(counters, slots.handled, events.length);
    for (const event of events) listeners.get(event.id)?.(event);
  });
  worker.on("error", (error) => options.failed(error));
  worker.on("exit", (code) => {
    if (!isClosing) options.failed(new HalError("io", "I/O worker", "run", `ended with ${code}`));
  });

  return {
    add,
    connected(fd, { signal }) {
      return new Promise((resolve) => {
        const settled = (reason: number, isOurs: boolean): void => {
          unfinished.delete(abandoned);
          signal.removeEventListener("abort", cancel);
          if (isOurs && reason !== 0) closeDescriptor(fd);
          resolve(reason);
        };
        const abandoned = (): void => settled(errno.ECANCELED, false); // the ending worker closes it
        const cancel = (): void => {
          libc().shutdown(fd, c.SHUT_RDWR); // wakes the poll: the answer comes as an event
        };
        add(fd, "writable", (event) => {
          listeners.delete(event.id); // the worker has let go of it
          const reason = event.kind === "writable" || event.kind === "broken" ? event.errno : errno.EIO;
          settled(signal.aborted ? errno.ECANCELED : reason, event.kind === "writable");
        });
        unfinished.add(abandoned);
        signal.addEventListener("abort", cancel, { once: true });
        if (signal.aborted) cancel();
      });
    },
    settle(mostMs) {
      wake();
      const hasPending = Atomics.load(counters, slots.closed) < removed;
      for (const end = performance.now() + mostMs; performance.now() < end; ) {
        const closed = Atomics.load(counters, slots.closed);
        if (closed >= removed) break;
        Atomics.wait(counters, slots.closed, closed, end - performance.now());
      }
      return hasPending;
    },
    async close() {
      if (isClosing) return;
      isClosing = true;
      listeners.clear();
      for (const abandoned of [...unfinished]) abandoned();
      const ended = new Promise((resolve) => worker.once("exit", resolve));
      command({ kind: "stop" });
      await ended;
      closeDescriptor(eventFd);
    },
  };
}
