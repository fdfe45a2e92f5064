// The media thread: one bounded poll over the sound card (or its timer), an eventfd for orders and, while no sound
// runs, the sockets. While sound runs the sockets are read at each tick: the kernel keeps the times of arrival.

import { HalError, InvariantError } from "#hal/contract/errors.ts";
import type { MediaCommand, MediaEngine, MediaOutput, MediaPacket } from "#hal/contract/media.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { AlsaCard } from "./alsa-card.ts";
import { createMonotonic } from "./clock.ts";
import { c, layout } from "./ffi/abi.ts";
import { errno, lastErrno } from "./ffi/errno.ts";
import { libc } from "./ffi/libc.ts";
import {
  type MediaNews,
  type MediaOrder,
  type MediaStatus,
  type MediaWorkerData,
  pollMs,
  tickMs,
} from "./media-protocol.ts";
import { MediaSockets } from "./media-sockets.ts";
import { SimulatedCard, type SoundCard, type Waited } from "./sound-card.ts";

/** Real-time priority of this thread: above everything ordinary, below the kernel's own threads. */
const fifoPriority = 20;
/** RTCP and ICMP errors can wait a little: they are looked for in every so manieth tick. */
const controlEveryTicks = 10;
/** After a longer stop of the whole machine what was missed is missed. */
const mostTicksAtOnce = 25;

export interface MediaLoopOptions {
  readonly data: MediaWorkerData;
  readonly engine: MediaEngine;
  /** The next order, if there is one; does not wait. */
  receive(): MediaOrder | undefined;
  post(news: MediaNews): void;
}

interface PollSet {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly count: number;
  /** How many of them, from the second on, are the sound card's. */
  readonly soundCount: number;
}

class MediaLoop {
  readonly #options: MediaLoopOptions;
  readonly #now: () => MonoMs;
  readonly #sockets: MediaSockets;
  readonly #samplesPerTick: number;
  readonly #scheduling: MediaStatus["scheduling"];
  readonly #wake = new Uint8Array(8);
  #card: SoundCard;
  #isRunning = false;
  /** Made anew when what is waited for changes. */
  #poll: PollSet | undefined;
  #commands: MediaCommand[] = [];
  #removals: number[] = [];
  #ticks = 0;
  /** Pairs the kernel refused to send for, told at the next step. */
  #unsent = new Set<number>();

  constructor(options: MediaLoopOptions) {
    const { data, post } = options;
    this.#options = options;
    this.#now = createMonotonic(data.originNs);
    this.#sockets = new MediaSockets(this.#now);
    this.#samplesPerTick = (data.sampleRateHz * tickMs) / 1000;
    this.#scheduling = takeRealTimePriority();
    this.#card = new SimulatedCard(data.rings, data.sampleRateHz);
    if (data.card.kind === "alsa") {
      try {
        const alsa = new AlsaCard(data.card, data.sampleRateHz);
        this.#card.close();
        this.#card = alsa;
      } catch (error) {
        // No sound is no reason to have no calls: the timer paces what nobody hears.
        if (!(error instanceof HalError)) throw error;
        post({ kind: "status", status: this.#status(error.message) });
        return;
      }
    }
    post({ kind: "status", status: this.#status(undefined) });
  }

  /** Runs until told to stop. */
  run(): void {
    for (;;) {
      for (let order = this.#options.receive(); order !== undefined; order = this.#options.receive()) {
        if (order.kind === "stop") {
          this.#sockets.closeAll();
          this.#card.close();
          return;
        }
        this.#obey(order);
      }
      if (this.#commands.length > 0 || this.#removals.length > 0) this.#step(undefined, [], new Set());
      this.#wait();
    }
  }

  #obey(order: Exclude<MediaOrder, { kind: "stop" }>): void {
    switch (order.kind) {
      case "add":
        this.#sockets.add(order.id, order);
        this.#poll = undefined;
        return;
      case "remove":
        this.#removals.push(order.id);
        return;
      case "command":
        this.#commands.push(order.command);
        return;
    }
  }

  #status(trouble: string | undefined): MediaStatus {
    return {
      scheduling: this.#scheduling,
      card: trouble ?? this.#card.name,
      isCardWorking: trouble === undefined,
    };
  }

  /** Waits at most `pollMs`, then does what has become due. */
  #wait(): void {
    this.#poll ??= this.#pollSet();
    const { bytes, view, count, soundCount } = this.#poll;
    const ready = libc().poll(bytes, count, pollMs);
    if (ready < 0 && lastErrno() !== errno.EINTR)
      throw new InvariantError(`poll works (errno ${lastErrno()})`);
    if (ready <= 0) return;
    const isReady = (from: number, to: number): boolean => {
      for (let index = from; index < to; index++)
        if (view.getInt16(index * layout.pollfd.sizeof + layout.pollfd.revents, true) !== 0) return true;
      return false;
    };
    if (isReady(0, 1)) libc().read(this.#options.data.eventFd, this.#wake, 8);
    if (isReady(1, 1 + soundCount)) this.#tick();
    else if (isReady(1 + soundCount, count)) {
      const { packets, refused } = this.#sockets.read();
      this.#step(undefined, packets, refused);
    }
  }

  /** The eventfd, then the sound card while it runs, else the sockets. */
  #pollSet(): PollSet {
    const sound = this.#isRunning ? this.#card.waited() : [];
    const sockets = this.#isRunning ? [] : this.#sockets.descriptors();
    const entries: readonly Waited[] = [
      { fd: this.#options.data.eventFd, events: c.POLLIN },
      ...sound,
      ...sockets.map((fd) => ({ fd, events: c.POLLIN })),
    ];
    const at = layout.pollfd;
    const bytes = new Uint8Array(entries.length * at.sizeof);
    const view = new DataView(bytes.buffer);
    for (const [index, { fd, events }] of entries.entries()) {
      view.setInt32(index * at.sizeof + at.fd, fd, true);
      view.setInt16(index * at.sizeof + at.events, events, true);
    }
    return { bytes, view, count: entries.length, soundCount: sound.length };
  }

  #tick(): void {
    let left = Math.min(this.#due(), mostTicksAtOnce * this.#samplesPerTick);
    while (left > 0 && this.#isRunning) {
      const count = Math.min(left, this.#samplesPerTick);
      left -= count;
      this.#ticks++;
      const { packets, refused } =
        this.#ticks % controlEveryTicks === 0 ? this.#sockets.read() : this.#sockets.readSound();
      const output = this.#step(this.#card.capture(count), packets, refused);
      if (output.played !== undefined) this.#card.play(output.played, output.ringer);
    }
  }

  #step(
    captured: Int16Array | undefined,
    packets: readonly MediaPacket[],
    refused: ReadonlySet<number>,
  ): MediaOutput {
    const commands = this.#commands;
    const refusedPorts = [...new Set([...refused, ...this.#unsent])];
    this.#commands = [];
    this.#unsent.clear();
    const { engine, post } = this.#options;
    const output = engine.step({ now: this.#now(), commands, packets, refusedPorts, captured });
    for (const packet of output.packets) {
      if (!this.#sockets.send(packet) && !packet.isRtcp) this.#unsent.add(packet.portsId);
    }
    for (const id of this.#removals.splice(0)) {
      this.#sockets.remove(id);
      this.#poll = undefined;
    }
    if (output.reports.length > 0) post({ kind: "reports", reports: output.reports });
    this.#setRunning(output.needsAudio);
    return output;
  }

  #setRunning(isWanted: boolean): void {
    if (isWanted === this.#isRunning) return;
    if (isWanted) {
      try {
        this.#card.start();
      } catch (error) {
        if (!(error instanceof HalError)) throw error;
        this.#replaceCard(error.message);
      }
    } else this.#card.stop();
    this.#isRunning = isWanted;
    this.#poll = undefined;
    this.#options.post({ kind: "running", isRunning: isWanted });
  }

  /** What the card has; with a card that was lost the timer takes over. */
  #due(): number {
    try {
      return this.#card.due();
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      this.#replaceCard(error.message);
      return 0;
    }
  }

  /** Goes on with the timer: a call keeps its packets when its sound card is pulled. */
  #replaceCard(trouble: string): void {
    const { data, post } = this.#options;
    this.#card.close();
    this.#card = new SimulatedCard(data.rings, data.sampleRateHz);
    this.#card.start();
    this.#poll = undefined;
    post({ kind: "status", status: this.#status(trouble) });
  }
}

/** SCHED_FIFO for this thread where it is permitted (CAP_SYS_NICE). */
function takeRealTimePriority(): MediaStatus["scheduling"] {
  const at = layout.sched_param;
  const parameters = new Uint8Array(at.sizeof);
  new DataView(parameters.buffer).setInt32(at.sched_priority, fifoPriority, true);
  return libc().sched_setscheduler(0, c.SCHED_FIFO, parameters) === 0 ? "fifo" : "normal";
}

/** Runs `engine` on this thread until main says stop. */
export function runMediaLoop(options: MediaLoopOptions): void {
  new MediaLoop(options).run();
}
