// DTMF frequencies (ITU-T Q.23) and levels, for digits inside the sound.
import type { ToneSpec } from "#hal/contract/media.ts";

const rowsHz = [697, 770, 852, 941];
const columnsHz = [1209, 1336, 1477, 1633];
const pad = ["123A", "456B", "789C", "*0#D"];

/** The two frequencies of a digit `0`–`9`, `*`, `#`, `A`–`D`; undefined for anything else. */
function dtmfFrequencies(digit: string): readonly number[] | undefined {
  if (digit.length !== 1) return undefined;
  const row = pad.findIndex((keys) => keys.includes(digit));
  const low = rowsHz[row];
  const high = columnsHz[pad[row]?.indexOf(digit) ?? -1];
  return low === undefined || high === undefined ? undefined : [low, high];
}

/** A digit as a tone that lasts until it is stopped. Each frequency has `levelDbfs`. */
export function dtmfTone(digit: string, levelDbfs: number): ToneSpec | undefined {
  const frequenciesHz = dtmfFrequencies(digit);
  if (frequenciesHz === undefined) return undefined;
  return { name: `dtmf ${digit}`, segments: [{ frequenciesHz, levelDbfs, onMs: 0, offMs: 0 }], repeats: 0 };
}

/** Nominal sending level of each frequency: −9 dBm0, about what Q.23 sets ask of a telephone at the line. */
const nominalDbfs = -12.2;

/** `dtmf_db_level` 1–5 as a level: "1 = −6 dB, 2 = −3 dB, 3 = nominal, 4 = +3 dB, 5 = +6 dB" (reference CFG-028). */
export function inBandLevelDbfs(dbLevel: number): number {
  return nominalDbfs + (dbLevel - 3) * 3;
}
