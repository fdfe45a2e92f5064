// Whether what was heard is what was said, piece by piece: on a real clock a buffer on the way grows or shrinks now and
// then, and moves all that follows. One such move spoils the match over seconds, but only the piece that it falls into
// (seen on a busy machine: 0.83 in one half second, 1.00 in the fifteen others, 0.90 over all of them at one delay).
import { expect } from "vitest";
import { audioMatch } from "#firmware/media/audio-match.ts";

const pieceSamples = 4000; // half a second at 8000 Hz: some syllables, or a change of the page's melody
const goodMatch = 0.9;
const quietest = 100;

/** Of `pieces` half seconds that are not silent on purpose, `spoilt` are not what was said anywhere. */
export interface Heard {
  readonly pieces: number;
  readonly spoilt: number;
}

/** Looks for each whole half second of what was heard in what was said. */
export function heardOf(heard: Int16Array, said: Int16Array): Heard {
  const hasPauses = piecesOf(said).some(isSilent);
  const pieces = piecesOf(heard).filter((piece) => !(hasPauses && isSilent(piece)));
  const spoilt = pieces.filter((piece) => audioMatch(piece, said, said.length).match <= goodMatch);
  return { pieces: pieces.length, spoilt: spoilt.length };
}

/**
 * At least so many half seconds were heard, and at most one of each six begun was spoilt: a buffer moved once in three
 * seconds. Of three that are heard, that is one.
 */
export function expectHeard(heard: Int16Array, said: Int16Array, leastPieces: number): void {
  expectWell(heardOf(heard, said), leastPieces);
}

/** The same of what was compared already. */
export function expectWell({ pieces, spoilt }: Heard, leastPieces: number): void {
  expect(pieces).toBeGreaterThanOrEqual(leastPieces);
  expect(spoilt, `of ${pieces} half seconds`).toBeLessThanOrEqual(Math.ceil(pieces / 6));
}

function piecesOf(samples: Int16Array): readonly Int16Array[] {
  const count = Math.floor(samples.length / pieceSamples);
  return Array.from({ length: count }, (_, i) => samples.subarray(i * pieceSamples, (i + 1) * pieceSamples));
}

const isSilent = (piece: Int16Array): boolean => piece.every((sample) => Math.abs(sample) < quietest);
