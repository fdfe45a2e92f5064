// What paces the media loop: a sound card, or a timer where there is none.
import { c, layout } from "./ffi/abi.ts";
import { errno, lastErrno } from "./ffi/errno.ts";
import { closeDescriptor, libc, must } from "./ffi/libc.ts";
import { type SoundRings, tickMs } from "./media-protocol.ts";
import { SoundRing } from "./media-ring.ts";

/** A descriptor for poll, and what to wait for. */
export interface Waited {
  readonly fd: number;
  readonly events: number;
}

/** Samples in and out in step with real time. HalError from `start` when the device is not to be had. */
export interface SoundCard {
  /** For people: which device it is. */
  readonly name: string;
  start(): void;
  stop(): void;
  /** Poll these while it runs. */
  waited(): readonly Waited[];
  /** How many samples are due now: 0, or what has been captured since the last call. HalError when the device was lost. */
  due(): number;
  capture(count: number): Int16Array;
  /** As many as were captured; `ringer` undefined is silence. */
  play(samples: Int16Array, ringer: Int16Array | undefined): void;
  close(): void;
}

/** A card paced by CLOCK_MONOTONIC, its sound in rings. */
export class SimulatedCard implements SoundCard {
  readonly name = "simulated, paced by a timer";
  readonly #fd: number;
  readonly #samplesPerTick: number;
  readonly #microphone: SoundRing;
  readonly #speaker: SoundRing;
  readonly #ringer: SoundRing;
  readonly #expirations = new Uint8Array(8);

  constructor(rings: SoundRings, sampleRateHz: number) {
    this.#microphone = new SoundRing(rings.microphone);
    this.#speaker = new SoundRing(rings.speaker);
    this.#ringer = new SoundRing(rings.ringer);
    this.#samplesPerTick = (sampleRateHz * tickMs) / 1000;
    const flags = c.TFD_NONBLOCK | c.TFD_CLOEXEC;
    this.#fd = must(libc().timerfd_create(c.CLOCK_MONOTONIC, flags), "media timer", "create");
  }

  start(): void {
    this.#set(tickMs);
  }

  stop(): void {
    this.#set(0);
  }

  waited(): readonly Waited[] {
    return [{ fd: this.#fd, events: c.POLLIN }];
  }

  due(): number {
    const length = libc().read(this.#fd, this.#expirations, 8);
    if (length < 0 && lastErrno() === errno.EAGAIN) return 0;
    must(length, "media timer", "read");
    return Number(new DataView(this.#expirations.buffer).getBigUint64(0, true)) * this.#samplesPerTick;
  }

  capture(count: number): Int16Array {
    const samples = this.#microphone.read(count);
    if (samples.length === count) return samples;
    const padded = new Int16Array(count);
    padded.set(samples);
    return padded;
  }

  play(samples: Int16Array, ringer: Int16Array | undefined): void {
    this.#speaker.write(samples);
    if (ringer !== undefined) this.#ringer.write(ringer);
  }

  close(): void {
    closeDescriptor(this.#fd);
  }

  /** The kernel moves a periodic timer on by whole intervals: however late one is noticed, the next are not. */
  #set(ms: number): void {
    const at = layout.itimerspec;
    const value = new Uint8Array(at.sizeof);
    const view = new DataView(value.buffer);
    const ns = BigInt(ms * 1_000_000);
    view.setBigInt64(at.it_interval + layout.timespec.tv_nsec, ns, true);
    view.setBigInt64(at.it_value + layout.timespec.tv_nsec, ns, true);
    must(libc().timerfd_settime(this.#fd, 0, value, null), "media timer", "set");
  }
}
