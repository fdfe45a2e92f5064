// How much of a sound came back: the peak of the normalised cross-correlation between what was played and what was
// heard, over every delay up to a limit. 1 is a perfect echo whatever its level, about 0 is something else.

/** The best match and where it is. */
export interface AudioMatch {
  /** −1 … 1; 0 where one of the two is silent. */
  readonly match: number;
  /** How much later it was heard, in samples. */
  readonly delaySamples: number;
}

/** An overlap shorter than this share of the shorter sound proves nothing: two short sounds always fit somewhere. */
const leastOverlap = 0.5;

/** Compares `played` with `heard` for delays of 0 … `mostDelaySamples`. */
export function audioMatch(played: Int16Array, heard: Int16Array, mostDelaySamples: number): AudioMatch {
  const least = Math.max(1, leastOverlap * Math.min(played.length, heard.length));
  const correlation = crossCorrelation(played, heard, mostDelaySamples);
  const playedEnergy = energyUpTo(played);
  const heardEnergy = energyUpTo(heard);
  let best: AudioMatch = { match: 0, delaySamples: 0 };
  for (let delay = 0; delay < correlation.length; delay++) {
    const overlap = Math.min(played.length, heard.length - delay);
    if (overlap < least) break;
    const ofPlayed = playedEnergy[overlap] as number; // overlap ≤ played.length
    const ofHeard = (heardEnergy[delay + overlap] as number) - (heardEnergy[delay] as number); // ≤ heard.length
    if (ofPlayed === 0 || ofHeard === 0) continue;
    const match = (correlation[delay] as number) / Math.sqrt(ofPlayed * ofHeard); // as long as the loop
    if (match > best.match) best = { match, delaySamples: delay };
  }
  return best;
}

/** Energy of the first n samples, for every n. */
function energyUpTo(samples: Int16Array): Float64Array {
  const sums = new Float64Array(samples.length + 1);
  let sum = 0;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i] as number; // i is inside
    sum += sample * sample;
    sums[i + 1] = sum;
  }
  return sums;
}

/** Σ played[i] · heard[i + delay] for every delay, by way of the spectrum: O(n log n). */
function crossCorrelation(played: Int16Array, heard: Int16Array, mostDelay: number): Float64Array {
  const needed = played.length + heard.length;
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, needed)));
  // Both are real: one goes into the real, the other into the imaginary part of a single transform.
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  re.set(played);
  im.set(heard);
  transform(re, im);
  const outRe = new Float64Array(size);
  const outIm = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    const mirror = (size - k) % size;
    const [a, b] = [re[k] as number, im[k] as number]; // k and its mirror are inside
    const [c, d] = [re[mirror] as number, im[mirror] as number];
    const [playedRe, playedIm] = [(a + c) / 2, (b - d) / 2];
    const [heardRe, heardIm] = [(b + d) / 2, (c - a) / 2];
    // conj(played) · heard, conjugated again so that a second forward transform goes back.
    outRe[k] = playedRe * heardRe + playedIm * heardIm;
    outIm[k] = -(playedRe * heardIm - playedIm * heardRe);
  }
  transform(outRe, outIm);
  const count = Math.min(mostDelay, Math.max(0, heard.length - 1)) + 1;
  return outRe.subarray(0, count).map((value) => value / size);
}

/** Fast Fourier transform in place (Cooley and Tukey, radix 2). */
function transform(re: Float64Array, im: Float64Array): void {
  reorder(re, im);
  const size = re.length;
  for (let half = 1; half < size; half *= 2) {
    const angle = -Math.PI / half;
    const cos = Float64Array.from({ length: half }, (_, k) => Math.cos(angle * k));
    const sin = Float64Array.from({ length: half }, (_, k) => Math.sin(angle * k));
    for (let start = 0; start < size; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const [i, j] = [start + k, start + k + half];
        const [wr, wi] = [cos[k] as number, sin[k] as number]; // k < half
        const [xr, xi] = [re[j] as number, im[j] as number]; // j < size
        const tr = xr * wr - xi * wi;
        const ti = xr * wi + xi * wr;
        re[j] = (re[i] as number) - tr;
        im[j] = (im[i] as number) - ti;
        re[i] = (re[i] as number) + tr;
        im[i] = (im[i] as number) + ti;
      }
    }
  }
}

/** Bit-reversed order. */
function reorder(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    const [r, m] = [re[i] as number, im[i] as number]; // i and j are inside
    re[i] = re[j] as number;
    im[i] = im[j] as number;
    re[j] = r;
    im[j] = m;
  }
}
