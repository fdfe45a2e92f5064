// A handset as data: which part is on which line, bus and address. One table serves the board's `open`, its check, its
// pinout table and its wiring drawing, so that they cannot disagree.

import type { DirectKeypadConfig } from "#hal/drivers/direct-keypad.ts";
import type { ExpanderChip } from "#hal/drivers/expander-chips.ts";
import type { HookSwitchConfig } from "#hal/drivers/hook-switch.ts";
import type { MatrixKeypadConfig } from "#hal/drivers/matrix-keypad.ts";
import type { SpiPlace } from "#hal/linux/bus/spi.ts";
import type { Bias, LineRef } from "#hal/linux/gpio/gpio.ts";
import type { SoundCardSpec } from "#hal/linux/media-protocol.ts";
import type { BoardFacts } from "./board.ts";

/** A line and what it is to be. */
export type LineUse = LineRef &
  (
    | { readonly direction: "in"; readonly bias?: Bias }
    | { readonly direction: "out"; readonly isHighAtStart: boolean; readonly isOpenDrain?: boolean }
  );

/** A chip on an I2C bus. */
export interface I2cPlace {
  readonly bus: number;
  readonly address: number;
  /** Part number, for people. */
  readonly chip: string;
}

/** An expander whose lines are used by name like any other: its key stands for the chip's label. */
export interface ExpanderPlace {
  readonly bus: number;
  readonly address: number;
  readonly chip: ExpanderChip;
  /** Line that falls when an input changes; undefined: inputs are read every `pollMs`. */
  readonly interrupt: string | undefined;
  readonly pollMs: number;
}

/** Everything that is connected. */
export interface Wiring {
  /** By what it does: `hook`, `keypad column 1`, `key soft2`, `lamp message`. */
  readonly lines: Readonly<Record<string, LineUse>>;
  readonly expanders: Readonly<Record<string, ExpanderPlace>>;
  readonly i2c: Readonly<Record<string, I2cPlace>>;
  readonly spi: Readonly<Record<string, SpiPlace>>;
  /** Lines that drivers of the kernel use by themselves: the console's, the buses'. */
  readonly kernel: Readonly<Record<string, LineRef>>;
}

/** A whole handset. */
export interface HandsetData {
  readonly facts: BoardFacts;
  readonly wiring: Wiring;
  /** How the panel is attached, for people: `spi0.0 ILI9341`. */
  readonly panelAttached: string;
  /** Keys in a matrix: its map's columns and rows are the lines `keypad column N`, `keypad row N`, counted from 1. */
  readonly matrix: MatrixKeypadConfig | undefined;
  /** Keys with a line of their own: each key's line is `key NAME`. */
  readonly direct: (DirectKeypadConfig & { readonly keys: BoardFacts["keys"] }) | undefined;
  readonly hook: HookSwitchConfig;
  readonly sound: SoundCardSpec;
  /** Card whose controls are the mixer; undefined: the card is what `sound` names, as loud as it is. */
  readonly soundControls: string | undefined;
}

/** `keypad column 1` … as many as there are. */
export function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index + 1}`);
}

/** Lines of one chip, numbered from 1 as `numbered` names them. */
export function bank(prefix: string, chip: string, lines: readonly number[], use: LineTail): NamedLines {
  return Object.fromEntries(lines.map((line, index) => [`${prefix} ${index + 1}`, { chip, line, ...use }]));
}

/** Lines of one chip by name, in rising order from `first` on. */
export function series(names: readonly string[], chip: string, first: number, use: LineTail): NamedLines {
  return Object.fromEntries(names.map((name, index) => [name, { chip, line: first + index, ...use }]));
}

type NamedLines = Readonly<Record<string, LineUse>>;
type LineTail =
  | { readonly direction: "in"; readonly bias?: Bias }
  | { readonly direction: "out"; readonly isHighAtStart: boolean; readonly isOpenDrain?: boolean };
