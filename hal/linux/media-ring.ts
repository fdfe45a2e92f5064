// Samples between two threads: a ring in shared memory with one writer and one reader, never waiting.

const counters = 2;
const headBytes = counters * Int32Array.BYTES_PER_ELEMENT;
/** Samples ever written and ever taken, modulo 2³². */
const written = 0;
const taken = 1;

/** Memory for a ring of at least `samples`. */
export function ringMemory(samples: number): SharedArrayBuffer {
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(2, samples)));
  return new SharedArrayBuffer(headBytes + capacity * Int16Array.BYTES_PER_ELEMENT);
}

/** One end of a ring; which end it is shows in what is called. */
export class SoundRing {
  readonly #head: Int32Array;
  readonly #samples: Int16Array;

  constructor(memory: SharedArrayBuffer) {
    this.#head = new Int32Array(memory, 0, counters);
    this.#samples = new Int16Array(memory, headBytes);
  }

  /** Samples that wait. */
  get waiting(): number {
    return (Atomics.load(this.#head, written) - Atomics.load(this.#head, taken)) >>> 0;
  }

  get room(): number {
    return this.#samples.length - this.waiting;
  }

  /** Puts in what fits; returns how many did. */
  write(samples: Int16Array): number {
    const count = Math.min(samples.length, this.room);
    const at = Atomics.load(this.#head, written);
    const mask = this.#samples.length - 1;
    for (let i = 0; i < count; i++) this.#samples[(at + i) & mask] = samples[i] as number; // i < samples.length
    Atomics.store(this.#head, written, (at + count) | 0);
    return count;
  }

  /** Takes out at most `most`. */
  read(most: number): Int16Array {
    const count = Math.min(most, this.waiting);
    const at = Atomics.load(this.#head, taken);
    const mask = this.#samples.length - 1;
    const out = new Int16Array(count);
    for (let i = 0; i < count; i++) out[i] = this.#samples[(at + i) & mask] as number; // inside by the mask
    Atomics.store(this.#head, taken, (at + count) | 0);
    return out;
  }
}
