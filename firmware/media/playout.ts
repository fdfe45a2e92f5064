// The jitter buffer and the player behind it: packets in any order and at any time go in, an even flow of sound
// comes out. Time is counted in samples on the sender's timeline, moved by `#shift` onto ours.
//
//     played already | handed out next …            queue (sorted)                 | not yet arrived
//     ---------------+-- #position -----[packet]------[packet][packet]-------------+---->
//
// A gap is concealed. A packet that comes while its own gap is being concealed is played after all: the delay has
// then grown by what was needed. It shrinks, at a quiet moment, when every packet of the last seconds came early.
import type { Random } from "#hal/contract/random.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { type ComfortNoise, NoiseGenerator } from "./comfort-noise.ts";
import { Concealer } from "./concealment.ts";
import { SlackWindow } from "./slack.ts";

/** One block is one packet of 20 ms, the step in which the delay changes. */
const blockMs = 20;
/** A first packet waits at least so long for its successor: what a switched network and a busy sender scatter. */
const guardMs = 10;
/** The delay shrinks by a block when all packets came earlier than this: a block and twice the guard. */
const shrinkAboveMs = blockMs + 2 * guardMs;
/** After this wait for a quiet moment it shrinks all the same. */
const shrinkPatienceMs = 2000;
/** A packet later than this is given up, and a gap longer than this in the timestamps is a new beginning. */
const latestMs = 120;
const longestGapMs = 200;
/** More than this is never kept: the oldest goes. */
const mostQueuedMs = 400;
/** Packets in a row that are given up before the timeline is believed to have moved. */
const lateBeforeRestart = 3;
/** A straggler of the known timeline is never older than this; what seems older belongs to a new one. */
const oldestStragglerMs = 2000;
/** Mean magnitude below which a block is quiet enough to leave out. */
const quietMagnitude = 120;

/** What a packet holds for the ear. */
export type Content =
  /** `decode` is called once, in order of play. */
  | { readonly kind: "sound"; readonly samples: number; decode(): Int16Array }
  /** From its position on, until there is sound again, this is what belongs there. */
  | { readonly kind: "noise"; readonly noise: ComfortNoise }
  | { readonly kind: "silence" };

export interface PlayoutPacket {
  /** On the sender's timeline, unwrapped, in samples of our rate. */
  readonly position: number;
  readonly content: Content;
  /** First of a talkspurt (RFC 3551 §4.1). */
  readonly marker: boolean;
}

/** `late`: it came after its time, whether it could still be played or not. */
export type Verdict = "on-time" | "late";

interface Queued {
  readonly position: number;
  readonly end: number;
  readonly content: Content;
}

export class Playout {
  readonly #perMs: number;
  readonly #block: number;
  readonly #concealer: Concealer;
  readonly #noise: NoiseGenerator;
  readonly #slack = new SlackWindow();
  readonly #queue: Queued[] = [];
  #isStarted = false;
  #shift = 0;
  /** Newest position on the sender's timeline. */
  #newest = Number.NEGATIVE_INFINITY;
  /** Next sample to make. */
  #position = 0;
  /** End of the last real sound that was made. */
  #realEnd = Number.NEGATIVE_INFINITY;
  #ready: Int16Array = new Int16Array(0);
  /** What gaps are filled with. */
  #filler: "concealment" | "noise" | "silence" = "concealment";
  #takenAt: MonoMs | undefined;
  #takenMs = blockMs;
  #growBlocks = 0;
  #shrinkBlocks = 0;
  #shrinkBy: number = Number.POSITIVE_INFINITY;
  #lateRun: { readonly count: number; readonly latenessMs: number } = { count: 0, latenessMs: 0 };

  constructor(options: { readonly sampleRateHz: number; readonly random: Random }) {
    this.#perMs = options.sampleRateHz / 1000;
    this.#block = blockMs * this.#perMs;
    this.#concealer = new Concealer(options.sampleRateHz);
    this.#noise = new NoiseGenerator(options.random);
  }

  /** Sound that has arrived and was not yet handed out, in ms. */
  get queuedMs(): number {
    return this.#isStarted ? Math.max(0, this.#queueEnd() - this.#handedOut()) / this.#perMs : 0;
  }

  /** The next packet comes from another source or timeline: it follows what is queued. */
  restart(): void {
    this.#lateRun = { count: lateBeforeRestart, latenessMs: 0 };
    this.#slack.restart();
  }

  /** A packet arrived at `at`. Duplicates have been taken out before. */
  put(packet: PlayoutPacket, at: MonoMs): Verdict {
    if (!this.#isStarted) this.#start(packet.position, at);
    else if (this.#lateRun.count >= lateBeforeRestart) this.#rebase(packet.position);
    let position = packet.position + this.#shift;
    if (position - Math.max(this.#queueEnd(), this.#position) > longestGapMs * this.#perMs) {
      this.#rebase(packet.position);
      position = packet.position + this.#shift;
    }
    const isLate = position < this.#position;
    const isAdmitted = !isLate || this.#admitLate(packet, position, this.#slackMs(position, at) ?? 0);
    this.#newest = Math.max(this.#newest, packet.position);
    if (!isAdmitted) return "late";
    if (isLate) position = packet.position + this.#shift;
    else this.#lateRun = { count: 0, latenessMs: 0 };
    this.#enqueue(position, packet.content);
    const slackMs = this.#slackMs(position, at);
    if (slackMs !== undefined && this.#slack.add(slackMs, at)) this.#considerShrinking(at);
    return isLate ? "late" : "on-time";
  }

  /** The next `count` samples, handed out at `at`. */
  take(count: number, at: MonoMs): Int16Array {
    const out = new Int16Array(count);
    for (let filled = 0; filled < count; ) {
      if (this.#ready.length === 0) this.#ready = this.#nextBlock(at);
      const part = this.#ready.subarray(0, count - filled);
      out.set(part, filled);
      filled += part.length;
      this.#ready = this.#ready.subarray(part.length);
    }
    this.#takenAt = at;
    this.#takenMs = count / this.#perMs;
    return out;
  }

  #handedOut(): number {
    return this.#position - this.#ready.length;
  }

  #queueEnd(): number {
    return this.#queue.at(-1)?.end ?? Number.NEGATIVE_INFINITY;
  }

  /** Time from `at` to the taking that needs `position`; undefined before the first taking. */
  #slackMs(position: number, at: MonoMs): number | undefined {
    if (this.#takenAt === undefined) return undefined;
    const takings = Math.floor((position - this.#handedOut()) / this.#perMs / this.#takenMs);
    return (takings + 1) * this.#takenMs - (at - this.#takenAt);
  }

  #start(position: number, at: MonoMs): void {
    this.#isStarted = true;
    this.#position = position;
    const slackMs = this.#slackMs(position, at);
    if (slackMs === undefined || slackMs < guardMs) this.#position -= this.#block;
  }

  /** From this packet on the timeline is another one: it is heard after what is queued, or in a block's time. */
  #rebase(position: number): void {
    const next = Math.max(this.#queueEnd(), this.#position + (this.#queue.length === 0 ? this.#block : 0));
    this.#shift = next - position;
    this.#newest = position;
    this.#lateRun = { count: 0, latenessMs: 0 };
    this.#slack.restart();
  }

  /** True if a packet behind `#position` is to be queued, with `#position` or `#shift` made to fit. */
  #admitLate(packet: PlayoutPacket, position: number, slackMs: number): boolean {
    if (packet.content.kind !== "sound") return true;
    if (this.#realEnd <= position && this.#position - position <= latestMs * this.#perMs) {
      this.#slack.shift((this.#position - position) / this.#perMs);
      this.#position = position;
      this.#lateRun = { count: 0, latenessMs: 0 };
      return true;
    }
    if (position + packet.content.samples > this.#position) return true;
    if (packet.marker && position < this.#position - latestMs * this.#perMs) {
      this.#rebase(packet.position);
      return true;
    }
    const latenessMs = -slackMs;
    const isStraggler =
      packet.position <= this.#newest && packet.position > this.#newest - oldestStragglerMs * this.#perMs;
    if (!isStraggler) {
      const isCatchingUp = latenessMs < this.#lateRun.latenessMs - blockMs / 4;
      this.#lateRun = { count: isCatchingUp ? 1 : this.#lateRun.count + 1, latenessMs };
    }
    if (latenessMs <= latestMs) this.#growBlocks = Math.max(1, Math.ceil(latenessMs / blockMs));
    return false;
  }

  #enqueue(position: number, content: Content): void {
    const end = position + (content.kind === "sound" ? content.samples : 0);
    let place = this.#queue.length;
    while (place > 0 && (this.#queue[place - 1]?.position ?? 0) > position) place--;
    this.#queue.splice(place, 0, { position, end, content });
    const surplus = this.#queueEnd() - this.#position - mostQueuedMs * this.#perMs;
    if (surplus > 0) {
      this.#position = this.#queueEnd() - longestGapMs * this.#perMs;
      this.#concealer.gap(0);
      this.#slack.restart();
    }
  }

  #considerShrinking(at: MonoMs): void {
    const least = this.#slack.leastMs();
    if (least <= shrinkAboveMs || this.#shrinkBlocks > 0) return;
    this.#shrinkBlocks = Math.floor((least - 2 * guardMs) / blockMs);
    this.#shrinkBy = at + shrinkPatienceMs;
  }

  #nextBlock(at: MonoMs): Int16Array {
    if (!this.#isStarted) return new Int16Array(this.#block);
    if (this.#growBlocks > 0) {
      this.#growBlocks--;
      this.#slack.shift(blockMs);
      return this.#fill(this.#block);
    }
    for (;;) {
      const block = this.#nextReal();
      if (block === undefined) return this.#gap();
      if (!this.#leavesOut(block, at)) {
        this.#concealer.real(block);
        return block;
      }
      // Left out: the next block is blended with what would have followed the last one heard.
      this.#concealer.gap(0);
      this.#shrinkBlocks--;
      this.#slack.shift(-blockMs);
    }
  }

  /** The sound that begins at, or goes on from, `#position`; undefined where there is a gap. */
  #nextReal(): Int16Array | undefined {
    for (;;) {
      const first = this.#queue[0];
      if (first === undefined || first.position > this.#position) return undefined;
      this.#queue.shift();
      if (first.content.kind !== "sound") {
        this.#filler = first.content.kind;
        if (first.content.kind === "noise") this.#noise.describe(first.content.noise);
        continue;
      }
      const sound = first.content.decode();
      if (first.end <= this.#position) continue;
      const rest = sound.subarray(this.#position - first.position);
      this.#position = first.end;
      this.#realEnd = first.end;
      this.#filler = "concealment";
      return rest;
    }
  }

  #leavesOut(block: Int16Array, at: MonoMs): boolean {
    if (this.#shrinkBlocks === 0 || (this.#queue[0]?.position ?? -1) !== this.#position) return false;
    if (block.length !== this.#block) return false;
    let sum = 0;
    for (const sample of block) sum += Math.abs(sample);
    return sum / block.length < quietMagnitude || at >= this.#shrinkBy;
  }

  #gap(): Int16Array {
    const next = this.#queue[0];
    const span = next === undefined ? this.#block : Math.min(this.#block, next.position - this.#position);
    this.#position += span;
    return this.#fill(span);
  }

  #fill(count: number): Int16Array {
    switch (this.#filler) {
      case "concealment":
        return this.#concealer.gap(count);
      case "silence":
        return new Int16Array(count);
      case "noise": {
        const noise = new Int16Array(count);
        this.#noise.fill(noise);
        return noise;
      }
    }
  }
}
