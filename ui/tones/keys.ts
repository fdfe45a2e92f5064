// What is heard in the ear when a digit key is pressed (ITU-T Q.23).
import type { ToneSpec } from "#hal/contract/media.ts";
import { lineLevelDbfs } from "./level.ts";

const rowsHz = [697, 770, 852, 941];
const columnsHz = [1209, 1336, 1477, 1633];
const pad = ["123A", "456B", "789C", "*0#D"];

/** The two tones of every key, as long as they are not stopped. */
export const keyTones: ReadonlyMap<string, ToneSpec> = new Map(
  pad.flatMap((keys, row) =>
    [...keys].map((key, column): [string, ToneSpec] => {
      const frequenciesHz = [rowsHz[row] ?? 0, columnsHz[column] ?? 0];
      const segment = { frequenciesHz, levelDbfs: lineLevelDbfs(-13), onMs: 0, offMs: 0 };
      return [key, { name: `key ${key}`, segments: [segment], repeats: 0 }];
    }),
  ),
);
