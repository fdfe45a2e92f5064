// The thread that waits: one bounded poll over every raw descriptor of the phone. It decides nothing.
import { isMainThread, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { InvariantError } from "#hal/contract/errors.ts";
import { createMonotonic } from "#hal/linux/clock.ts";
import { c, layout } from "#hal/linux/ffi/abi.ts";
import { errno, lastErrno } from "#hal/linux/ffi/errno.ts";
import { closeDescriptor, libc } from "#hal/linux/ffi/libc.ts";
import {
  type IoCommand,
  type IoEvent,
  type IoWorkerData,
  mostOutstanding,
  pollMs,
  slots,
} from "./io-protocol.ts";
import { type Descriptor, Readers } from "./readers.ts";

/** Times in a row that poll may call a descriptor ready without anything coming of it. */
const mostIdleWakes = 1000;

class PollLoop {
  readonly #data: IoWorkerData;
  readonly #counters: Int32Array;
  readonly #readers: Readers;
  readonly #descriptors = new Map<number, Descriptor>();
  /** Descriptors that are open but not polled any more. */
  readonly #parked = new Map<number, Descriptor>();
  readonly #idleWakes = new Map<number, number>();
  #pollSet: { readonly bytes: Uint8Array; readonly view: DataView; readonly ids: readonly number[] };

  constructor(data: IoWorkerData) {
    this.#data = data;
    this.#counters = new Int32Array(data.shared);
    this.#readers = new Readers(createMonotonic(data.originNs));
    this.#pollSet = this.#makePollSet();
  }

  /** Runs until told to stop. */
  run(receive: () => IoCommand | undefined, post: (events: IoEvent[]) => void): void {
    for (;;) {
      for (let command = receive(); command !== undefined; command = receive()) {
        if (command.kind === "stop") {
          this.#closeAll();
          return;
        }
        this.#obey(command);
      }
      const events = this.#wait();
      if (events.length === 0) continue;
      Atomics.add(this.#counters, slots.posted, events.length);
      post(events);
    }
  }

  #obey(command: Exclude<IoCommand, { kind: "stop" }>): void {
    const { id } = command;
    if (command.kind === "add") {
      if (this.#descriptors.has(id)) throw new InvariantError(`descriptor ${id} is added once`);
      this.#descriptors.set(id, command);
    } else {
      const descriptor = this.#descriptors.get(id) ?? this.#parked.get(id);
      if (descriptor === undefined)
        throw new InvariantError(`descriptor ${id} was added before it is removed`);
      this.#descriptors.delete(id);
      this.#parked.delete(id);
      this.#idleWakes.delete(id);
      closeDescriptor(descriptor.fd);
      Atomics.add(this.#counters, slots.closed, 1);
      Atomics.notify(this.#counters, slots.closed);
    }
    this.#pollSet = this.#makePollSet();
  }

  #makePollSet(): { bytes: Uint8Array; view: DataView; ids: readonly number[] } {
    const ids = [...this.#descriptors.keys()];
    const at = layout.pollfd;
    const bytes = new Uint8Array((ids.length + 1) * at.sizeof);
    const view = new DataView(bytes.buffer);
    view.setInt32(at.fd, this.#data.eventFd, true);
    view.setInt16(at.events, c.POLLIN, true);
    for (const [index, id] of ids.entries()) {
      const descriptor = this.#descriptors.get(id);
      const start = (index + 1) * at.sizeof;
      view.setInt32(start + at.fd, descriptor?.fd ?? -1, true);
      const wanted = descriptor?.reader === "writable" ? c.POLLOUT : c.POLLIN | c.POLLPRI;
      view.setInt16(start + at.events, wanted, true);
    }
    return { bytes, view, ids };
  }

  /** Waits at most `pollMs`, reads what is ready. */
  #wait(): IoEvent[] {
    const { bytes, view, ids } = this.#pollSet;
    const outstanding =
      Atomics.load(this.#counters, slots.posted) - Atomics.load(this.#counters, slots.handled);
    const isFarBehind = outstanding > mostOutstanding;
    const ready = libc().poll(bytes, isFarBehind ? 1 : ids.length + 1, isFarBehind ? 5 : pollMs);
    if (ready < 0 && lastErrno() !== errno.EINTR)
      throw new InvariantError(`poll works (errno ${lastErrno()})`);
    if (ready <= 0) return [];
    const at = layout.pollfd;
    if (view.getInt16(at.revents, true) !== 0) libc().read(this.#data.eventFd, new Uint8Array(8), 8);
    if (isFarBehind) return [];
    const events: IoEvent[] = [];
    for (const [index, id] of ids.entries()) {
      const revents = view.getInt16((index + 1) * at.sizeof + at.revents, true);
      const descriptor = this.#descriptors.get(id);
      if (revents !== 0 && descriptor !== undefined) events.push(...this.#read(descriptor, revents));
    }
    return events;
  }

  #read(descriptor: Descriptor, revents: number): IoEvent[] {
    const { events, isDone } = this.#readers.read(descriptor, revents);
    if (isDone) this.#park(descriptor);
    if (events.length > 0) {
      this.#idleWakes.delete(descriptor.id);
      return events;
    }
    const idle = (this.#idleWakes.get(descriptor.id) ?? 0) + 1;
    this.#idleWakes.set(descriptor.id, idle);
    if (idle < mostIdleWakes) return events;
    this.#park(descriptor); // else this thread would spin for ever
    return [{ kind: "broken", id: descriptor.id, errno: errno.EIO }];
  }

  #park(descriptor: Descriptor): void {
    this.#descriptors.delete(descriptor.id);
    this.#idleWakes.delete(descriptor.id);
    if (descriptor.reader !== "writable") this.#parked.set(descriptor.id, descriptor); // that one is main's again
    this.#pollSet = this.#makePollSet();
  }

  #closeAll(): void {
    for (const { fd } of [...this.#descriptors.values(), ...this.#parked.values()]) closeDescriptor(fd);
  }
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const loop = new PollLoop(workerData as IoWorkerData); // given by io.ts
  loop.run(
    () => receiveMessageOnPort(port)?.message as IoCommand | undefined, // sent by io.ts alone
    (events) => port.postMessage(events),
  );
}
