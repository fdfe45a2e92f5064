// Plays a ToneSpec: sines, or a recording, in a cadence. Edges are rounded so that nothing clicks.
import type { ToneSegment, ToneSpec } from "#hal/contract/media.ts";
import { saturated } from "./mixing.ts";

/** Fade at each edge of a sound that begins or ends in silence. */
const edgeMs = 2;

interface Segment {
  readonly tone: ToneSegment;
  /** In samples; 0 on: without end. */
  readonly on: number;
  readonly off: number;
  /** Whether silence lies before and behind: where tones follow each other directly there is no edge. */
  readonly hasRise: boolean;
  readonly hasFall: boolean;
}

/** One tone being played; `isOver` once all its repeats were. */
export class ToneGenerator {
  readonly name: string;
  readonly #rateHz: number;
  readonly #edge: number;
  readonly #segments: readonly Segment[];
  readonly #recording: Int16Array | undefined;
  readonly #repeatFrom: number;
  #repeatsLeft: number;
  #index = 0;
  /** Samples into the present segment. */
  #at = 0;
  /** Of each sine, in radians: they run on from one segment to the next, so that tones that change do not jump. */
  readonly #phases: number[] = [];
  #isOver = false;

  constructor(spec: ToneSpec, sampleRateHz: number) {
    this.name = spec.name;
    this.#rateHz = sampleRateHz;
    this.#edge = (edgeMs * sampleRateHz) / 1000;
    this.#recording = spec.recording;
    this.#repeatFrom = spec.repeatFrom ?? 0;
    this.#repeatsLeft = spec.repeats === 0 ? Number.POSITIVE_INFINITY : spec.repeats;
    const samples = (ms: number): number => Math.round((ms * sampleRateHz) / 1000);
    const isSilent = (tone: ToneSegment | undefined): boolean =>
      tone === undefined || (tone.frequenciesHz.length === 0 && spec.recording === undefined);
    this.#segments = spec.segments.map((tone, i) => {
      const before = spec.segments[i - 1];
      return {
        tone,
        on: samples(tone.onMs),
        off: samples(tone.offMs),
        hasRise: isSilent(before) || (before?.offMs ?? 0) > 0,
        hasFall: tone.offMs > 0 || isSilent(spec.segments[i + 1]),
      };
    });
    if (this.#segments.every(({ tone, on, off }) => on === 0 && off === 0 && tone.frequenciesHz.length === 0))
      this.#isOver = true;
  }

  /** True once nothing but silence will follow. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Adds the next samples to `into`, without going beyond full scale. */
  addTo(into: Int16Array): void {
    for (let filled = 0; filled < into.length && !this.#isOver; ) {
      const segment = this.#segments[this.#index];
      if (segment === undefined) {
        this.#isOver = true;
        return;
      }
      const isEndless = segment.on === 0 && segment.tone.frequenciesHz.length > 0;
      const length = isEndless ? Number.POSITIVE_INFINITY : segment.on + segment.off;
      const count = Math.min(into.length - filled, length - this.#at);
      if (this.#at < segment.on || isEndless) this.#sound(segment, into.subarray(filled, filled + count));
      filled += count;
      this.#at += count;
      if (this.#at >= length) this.#next();
    }
  }

  #next(): void {
    this.#at = 0;
    this.#index++;
    if (this.#index < this.#segments.length) return;
    this.#index = this.#repeatFrom;
    this.#repeatsLeft--;
    if (this.#repeatsLeft <= 0) this.#isOver = true;
  }

  #sound(segment: Segment, into: Int16Array): void {
    const end = segment.on === 0 ? Number.POSITIVE_INFINITY : segment.on;
    const { frequenciesHz, levelDbfs } = segment.tone;
    const amplitude = 32767 * 10 ** (levelDbfs / 20);
    const steps = frequenciesHz.map((hz) => (2 * Math.PI * hz) / this.#rateHz);
    for (let i = 0; i < into.length; i++) {
      const at = this.#at + i;
      if (at >= end) return;
      const value = this.#recorded(at) ?? amplitude * this.#sines(steps);
      into[i] = saturated((into[i] as number) + value * this.#gain(segment, at, end)); // i is inside
    }
  }

  #sines(steps: readonly number[]): number {
    let sum = 0;
    for (let i = 0; i < steps.length; i++) {
      const phase = this.#phases[i] ?? 0;
      sum += Math.sin(phase);
      this.#phases[i] = (phase + (steps[i] as number)) % (2 * Math.PI); // i < steps.length
    }
    return sum;
  }

  /** Recordings begin and end at a zero crossing and repeat while the cadence is on. */
  #recorded(at: number): number | undefined {
    const recording = this.#recording;
    return recording === undefined ? undefined : recording[at % recording.length];
  }

  #gain(segment: Segment, at: number, end: number): number {
    if (segment.hasRise && at < this.#edge) return (at + 1) / (this.#edge + 1);
    if (segment.hasFall && end - at <= this.#edge) return (end - at) / (this.#edge + 1);
    return 1;
  }
}
