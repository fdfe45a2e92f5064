// What a recorded boot is: one JSON value a line. The head says which phone it was; after it stand, in order, what came
// in through the hardware contracts and each call the firmware made of them with its answer. A tape holds what the phone
// held, passwords too: it is for the person who made it, a capture (console `capture`) is what one sends to others.
import type { BoardFacts } from "#boards/schema/board.ts";
import type { PhoneOptions } from "#firmware/bin/base.ts";
import type { DoorPaths } from "#firmware/bin/console-ways.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import type { Plain } from "./values.ts";

/** Changes when older tapes can no longer be played. */
export const tapeFormat = 2;

/** First line. */
export interface TapeHead {
  readonly offhookTape: typeof tapeFormat;
  readonly version: string;
  readonly commit: string;
  readonly facts: BoardFacts;
  readonly options: Omit<PhoneOptions, "fatal">;
  /** Seed of the lab it was recorded in; null on a real network, whose chance is on the tape itself. */
  readonly seed: number | null;
  /** The ways into its console that its process opened; what went through them is on the tape. */
  readonly doors: DoorPaths;
}

/** Something came in: the firmware runs until it has nothing left to do, then comes the next. */
export type TapeInput =
  | { readonly in: "begin"; readonly atMs: number }
  /** The hardware calls a function the firmware gave it. */
  | { readonly in: "call"; readonly atMs: number; readonly id: number; readonly args: readonly Plain[] }
  /** A promise of the hardware was kept or broken. */
  | { readonly in: "kept" | "broken"; readonly atMs: number; readonly id: number; readonly value: Plain }
  /** Somebody beside the hardware wants something: a line at the console, the end. */
  | { readonly in: "line"; readonly atMs: number; readonly line: string }
  | { readonly in: "farewell" | "stop"; readonly atMs: number };

/** The firmware used the hardware: a part's property, or a function of it. */
export type TapeUse =
  | { readonly get: string; readonly is: Plain }
  | { readonly do: string; readonly args: readonly Plain[]; readonly is: Plain }
  | { readonly do: string; readonly args: readonly Plain[]; readonly threw: Plain };

export type TapeEntry = TapeInput | TapeUse;

export interface Tape {
  readonly head: TapeHead;
  readonly entries: readonly TapeEntry[];
}

/** One line of a tape. */
export function printTapeLine(line: TapeHead | TapeEntry): string {
  return `${JSON.stringify(line)}\n`;
}

/** A tape as text. */
export function printTape({ head, entries }: Tape): string {
  return [head, ...entries].map(printTapeLine).join("");
}

/** The tape of a text; ConfigError where it is none, or of another format. */
export function parseTape(name: string, text: string): Tape {
  const [first = "", ...rest] = text.trimEnd().split("\n");
  const head = parseLine(name, 1, first) as TapeHead; // checked in the next line
  if (head.offhookTape !== tapeFormat)
    throw new ConfigError("malformed", name, "line 1", `a tape of format ${tapeFormat} begins so`);
  return { head, entries: rest.map((line, index) => parseLine(name, index + 2, line) as TapeEntry) }; // compared entry by entry when played
}

function parseLine(name: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError("malformed", name, `line ${line}`, "one JSON value a line", { cause });
  }
}
