// GPIO lines as boards name them: a chip by its label (numbers change from kernel to kernel), a line by its offset.
import type { InputLine, OutputLine } from "#hal/contract/bus.ts";

/** One line of one chip. */
export interface LineRef {
  /** Label of the chip, e.g. `pinctrl-bcm2711`; never `gpiochip0`. */
  readonly chip: string;
  /** Offset within the chip; on a Raspberry Pi's own chip the BCM number. */
  readonly line: number;
}

export type Bias = "pull-up" | "pull-down" | "none";

export interface InputWish extends LineRef {
  /** Undefined leaves it as it is; a chip without bias of its own ignores it. */
  readonly bias: Bias | undefined;
  /** Who uses the line, for people who look at it with other tools. */
  readonly consumer: string;
}

export interface OutputWish extends LineRef {
  readonly isHighAtStart: boolean;
  /** Pulled low or let go, never driven high: for matrix columns. */
  readonly isOpenDrain: boolean;
  readonly consumer: string;
}

/** Opens lines. HalError `missing` (no such chip or line), `busy` (somebody holds it), `denied`. */
export interface Gpio {
  /** How lines are reached: `character device` or `sysfs`. */
  readonly kind: string;
  input(wish: InputWish): InputLine;
  output(wish: OutputWish): OutputLine;
  /** Lets go of every line. */
  close(): void;
}

/** `gpiochip "pinctrl-bcm2711" line 17`: how a line is named in errors and in `show hal`. */
export function lineName({ chip, line }: LineRef): string {
  return `gpiochip "${chip}" line ${line}`;
}
