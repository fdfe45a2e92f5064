// Is anybody speaking? Decides which packets silence suppression leaves out (RFC 3551 §4.1, RFC 3389 §5).

/** Speech must stand out of the background by so much, and by more than this above all. */
const marginDb = 9;
const floorDbov = -60;
/** Never quieter than this between two words: the ends of words are soft. */
const hangoverMs = 240;
/** How fast the idea of the background follows a rising and a falling level, in dB per second. */
const riseDbPerSec = 6;
const fallDbPerSec = 60;

/** What one block of sound is. */
export interface Activity {
  readonly isSpeech: boolean;
  /** Level of the block relative to a full-scale square wave. */
  readonly levelDbov: number;
}

/** Level of samples in dB relative to a full-scale square wave; −127 for silence. */
export function levelDbov(samples: Int16Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  if (energy === 0) return -127;
  return Math.max(-127, 10 * Math.log10(energy / samples.length / (32767 * 32767)));
}

/** Follows one microphone, block by block. */
export class VoiceActivity {
  #backgroundDbov = floorDbov;
  #hangoverMs = 0;

  judge(samples: Int16Array, spanMs: number): Activity {
    const level = levelDbov(samples);
    const stepDb = (level > this.#backgroundDbov ? riseDbPerSec : -fallDbPerSec) * (spanMs / 1000);
    const reached = this.#backgroundDbov + stepDb;
    this.#backgroundDbov = stepDb > 0 ? Math.min(level, reached) : Math.max(level, reached);
    const isLoud = level > Math.max(floorDbov, this.#backgroundDbov + marginDb);
    this.#hangoverMs = isLoud ? hangoverMs : Math.max(0, this.#hangoverMs - spanMs);
    return { isSpeech: isLoud || this.#hangoverMs > 0, levelDbov: level };
  }
}
