// How much of a sound came back where time is real. On a machine that is busy packets come late, and the playout then
// moves by a block of 20 ms or more: measured at chan_skinny's echo, 39 of 40 windows of 700 ms matched 0.97 to 1.00, and
// the one in which the delay went from 120 to 180 ms matched 0.84. A single delay for a whole window is what is wrong,
// so each short piece of what was heard is looked for by itself, near where the whole of it is.
import { audioMatch } from "#firmware/media/audio-match.ts";

const perMs = 8;
/** A piece is looked for so far to both sides of where the whole seems to be: no playout moves further at once. */
const aroundMs = 120;

/** The median match of the pieces of `heard` in `played`; a pause or the one moment of a change does not count. */
export function matchInPieces(heard: Int16Array, played: Int16Array, pieceMs: number): number {
  const size = pieceMs * perMs;
  const whole = audioMatch(heard, played, played.length - size);
  const matches = Array.from({ length: Math.floor(heard.length / size) }, (_, i) => {
    const at = whole.delaySamples + i * size;
    const near = played.subarray(Math.max(0, at - aroundMs * perMs), at + size + aroundMs * perMs);
    return audioMatch(heard.subarray(i * size, (i + 1) * size), near, near.length).match;
  }).sort((a, b) => a - b);
  return matches[Math.floor(matches.length / 2)] ?? 0;
}
