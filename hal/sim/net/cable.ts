// A cable with two ends: raw Ethernet frames (802.1Q tag inline, no FCS), carrier, and what bad wiring does to them.
import { InvariantError } from "#hal/contract/errors.ts";
import type { LinkState } from "#hal/contract/link.ts";
import type { Random } from "#hal/contract/random.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later, type MonoMs } from "#hal/contract/time.ts";

/** What happens to frames on their way, in each direction; every draw comes from the seeded Random. */
export interface Impairment {
  /** Every frame is this late. */
  readonly delayMs?: number;
  /** Up to this much later, uniformly; order is kept. */
  readonly jitterMs?: number;
  /** 0–100. */
  readonly lossPct?: number;
  /** 0–100: a second copy follows at once. */
  readonly duplicatePct?: number;
  /** 0–100: such a frame is overtaken by those of the next `reorderMs`. */
  readonly reorderPct?: number;
  /** 5 unless told. */
  readonly reorderMs?: number;
}

/** One plug. Frames handed out are shared between listeners: nobody may change them. */
export interface CableEnd {
  /** Puts a frame on the cable; the array belongs to the cable from then on. Lost while the cable is unplugged. */
  send(frame: Uint8Array): void;
  /** Frames that arrived here. */
  readonly received: Stream<Uint8Array>;
  /** Frames that were sent from here while there was a carrier, before the cable did anything to them. */
  readonly sent: Stream<Uint8Array>;
  state(): LinkState;
  readonly changes: Stream<LinkState>;
}

export interface Cable {
  readonly a: CableEnd;
  readonly b: CableEnd;
  /** Carrier for both ends. Idempotent. */
  plug(): void;
  /** No carrier; frames on their way are lost. Idempotent. */
  unplug(): void;
  /** Replaces what the cable does to frames, in both directions or for frames sent from one end. */
  impair(impairment: Impairment, from?: "a" | "b"): void;
  /** Unplugs for good, without telling anybody, and leaves no alarm. */
  close(): void;
}

export interface CableOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** 100 unless told. */
  readonly speedMbps?: number;
  /** True unless told. */
  readonly isPlugged?: boolean;
  readonly impairment?: Impairment;
}

/** Frames in one instant after which somebody answers himself for ever. */
const stormFrames = 200_000;

/** A cable; without an impairment frames arrive in the same instant, but never inside `send`. */
export function createCable(options: CableOptions): Cable {
  const speedMbps = options.speedMbps ?? 100;
  let isPlugged = options.isPlugged ?? true;
  const state = (): LinkState =>
    isPlugged
      ? { isUp: true, speedMbps, duplex: "full" }
      : { isUp: false, speedMbps: undefined, duplex: undefined };

  const aToB = new Wire(options);
  const bToA = new Wire(options);
  const end = (outgoing: Wire, incoming: Wire): CableEnd & { changes: Emitter<LinkState> } => ({
    send(frame) {
      if (isPlugged) outgoing.send(frame);
    },
    received: incoming.arrived,
    sent: outgoing.sent,
    state,
    changes: new Emitter<LinkState>(),
  });
  const a = end(aToB, bToA);
  const b = end(bToA, aToB);

  const setPlugged = (isNowPlugged: boolean): void => {
    if (isNowPlugged === isPlugged) return;
    isPlugged = isNowPlugged;
    aToB.clear();
    bToA.clear();
    a.changes.emit(state());
    b.changes.emit(state());
  };
  return {
    a,
    b,
    plug: () => setPlugged(true),
    unplug: () => setPlugged(false),
    impair(impairment, from) {
      if (from !== "b") aToB.impairment = impairment;
      if (from !== "a") bToA.impairment = impairment;
    },
    close() {
      isPlugged = false;
      aToB.clear();
      bToA.clear();
    },
  };
}

interface Travelling {
  readonly frame: Uint8Array;
  readonly dueAt: MonoMs;
}

/** One direction: a queue ordered by arrival time, with one alarm or one microtask for its head. */
class Wire {
  readonly arrived = new Emitter<Uint8Array>();
  readonly sent = new Emitter<Uint8Array>();
  impairment: Impairment;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #queue: Travelling[] = [];
  #alarm: Alarm | undefined;
  #isDraining = false;
  #lastDueAt: MonoMs;
  #instant: MonoMs;
  #framesInInstant = 0;

  constructor(options: CableOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.impairment = options.impairment ?? {};
    this.#instant = options.clock.now();
    this.#lastDueAt = this.#instant;
  }

  send(frame: Uint8Array): void {
    const { lossPct = 0, duplicatePct = 0, reorderPct = 0, reorderMs = 5 } = this.impairment;
    this.#guard();
    this.sent.emit(frame);
    if (this.#happens(lossPct)) return;
    const copies = this.#happens(duplicatePct) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const onTime = this.#arrivalTime();
      if (this.#happens(reorderPct)) this.#insert({ frame, dueAt: later(onTime, reorderMs) });
      else this.#insert({ frame, dueAt: onTime });
    }
    this.#schedule();
  }

  clear(): void {
    this.#queue.length = 0;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    this.#lastDueAt = this.#clock.now();
  }

  #arrivalTime(): MonoMs {
    const { delayMs = 0, jitterMs = 0 } = this.impairment;
    const jitter = jitterMs === 0 ? 0 : (this.#random.u32() / 2 ** 32) * jitterMs;
    const dueAt = later(this.#clock.now(), delayMs + jitter);
    if (dueAt > this.#lastDueAt) this.#lastDueAt = dueAt;
    return this.#lastDueAt;
  }

  #happens(pct: number): boolean {
    return pct > 0 && (this.#random.u32() / 2 ** 32) * 100 < pct;
  }

  #insert(item: Travelling): void {
    let at = this.#queue.length;
    while (at > 0 && (this.#queue[at - 1]?.dueAt ?? 0) > item.dueAt) at--;
    this.#queue.splice(at, 0, item);
  }

  /** A microtask for what is due now, an alarm for what is due later. */
  #schedule(): void {
    const head = this.#queue[0];
    if (head === undefined || this.#isDraining) return;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    if (head.dueAt <= this.#clock.now()) {
      this.#isDraining = true;
      queueMicrotask(() => this.#drain());
    } else {
      this.#alarm = this.#clock.alarm(head.dueAt, () => {
        this.#alarm = undefined;
        this.#drain();
      });
    }
  }

  #drain(): void {
    this.#isDraining = true;
    const now = this.#clock.now();
    for (let head = this.#queue[0]; head !== undefined && head.dueAt <= now; head = this.#queue[0]) {
      this.#queue.shift();
      this.arrived.emit(head.frame);
    }
    this.#isDraining = false;
    this.#schedule();
  }

  #guard(): void {
    const now = this.#clock.now();
    if (now !== this.#instant) {
      this.#instant = now;
      this.#framesInInstant = 0;
    }
    this.#framesInInstant++;
    if (this.#framesInInstant > stormFrames)
      throw new InvariantError(`fewer than ${stormFrames} frames cross a cable in one instant`);
  }
}
