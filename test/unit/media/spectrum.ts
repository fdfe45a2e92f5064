// Measures tones: the level of one frequency by Goertzel's algorithm, and where sound begins and ends.

/** Level of `hz` in the samples, dB relative to a full-scale sine. Use whole periods, or many. */
export function levelAtDbfs(samples: Int16Array, hz: number, rateHz = 8000): number {
  const omega = (2 * Math.PI * hz) / rateHz;
  const coefficient = 2 * Math.cos(omega);
  let before = 0;
  let last = 0;
  for (const sample of samples) {
    const next = sample + coefficient * last - before;
    before = last;
    last = next;
  }
  const power = last * last + before * before - coefficient * last * before;
  const amplitude = (2 * Math.sqrt(Math.max(power, 1e-9))) / samples.length;
  return 20 * Math.log10(amplitude / 32767);
}

/** Power of everything, dB relative to a full-scale sine; −Infinity for silence. */
export function powerDbfs(samples: Int16Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return 10 * Math.log10((2 * energy) / samples.length / 32767 ** 2);
}

/** Lengths in ms of sound and silence in turn, beginning with sound; 5 ms of zeros and more are silence. */
export function cadenceMs(samples: Int16Array, rateHz = 8000): readonly number[] {
  const perMs = rateHz / 1000;
  const spans: number[] = [];
  let start = 0;
  let isSound = true;
  let zeros = 0;
  const close = (end: number): void => {
    if (end > start || !isSound) spans.push(Math.round((end - start) / perMs));
    start = end;
    isSound = !isSound;
  };
  for (let i = 0; i < samples.length; i++) {
    if (samples[i] === 0) {
      zeros++;
      if (isSound && zeros === 5 * perMs) close(i + 1 - zeros);
    } else {
      if (!isSound) close(i);
      zeros = 0;
    }
  }
  spans.push(Math.round((samples.length - start) / perMs));
  return spans;
}
