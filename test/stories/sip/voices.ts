// Tones that tell one voice from another: made as a microphone would, found by the Goertzel algorithm.
import type { SampleSource } from "#hal/contract/audio.ts";

const rateHz = 8000;
const levelDbfs = -15;
/** A tone counts as heard above this; G.711 and a mix of three stay well clear of it. */
const heardDbfs = -30;

/** Somebody who says one tone for ever. */
export function toneOf(hz: number): SampleSource {
  const amplitude = 32_767 * 10 ** (levelDbfs / 20);
  let at = 0;
  return (count) =>
    Int16Array.from({ length: count }, () =>
      Math.round(amplitude * Math.sin((2 * Math.PI * hz * at++) / rateHz)),
    );
}

/** Whether there was anything but silence. */
export const hasSound = (pieces: readonly Int16Array[]): boolean =>
  pieces.some((piece) => piece.some((sample) => sample !== 0));

/** Whether this tone was there for a fifth of a second at least: a cadence has pauses. */
export function wasHeard(pieces: readonly Int16Array[], hz: number): boolean {
  const all = Int16Array.from(pieces.flatMap((piece) => [...piece]));
  const window = rateHz / 5;
  for (let at = 0; at + window <= all.length; at += window)
    if (isHeard([all.subarray(at, at + window)], hz)) return true;
  return false;
}

/** Whether this tone is in what was heard. */
export function isHeard(pieces: readonly Int16Array[], hz: number): boolean {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / rateHz);
  let [last, before, count] = [0, 0, 0];
  for (const piece of pieces) {
    for (const sample of piece) {
      [last, before] = [sample + coefficient * last - before, last];
      count++;
    }
  }
  if (count === 0) return false;
  const power = last * last + before * before - coefficient * last * before;
  const amplitude = (2 * Math.sqrt(Math.max(0, power))) / count;
  return 20 * Math.log10(amplitude / 32_767 + 1e-9) > heardDbfs;
}
