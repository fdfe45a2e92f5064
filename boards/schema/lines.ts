// The lines of a handset by name: the kernel's GPIO, and the expanders whose lines look no different from it.
import type { I2cBus, InputLine, OutputLine } from "#hal/contract/bus.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Clock } from "#hal/contract/time.ts";
import { createExpanderLines, type ExpanderLines } from "#hal/drivers/expander-lines.ts";
import type { Gpio } from "#hal/linux/gpio/gpio.ts";
import type { ExpanderPlace, LineUse, Wiring } from "./handset-data.ts";

export interface LinesOptions {
  readonly wiring: Wiring;
  /** Opened at the first line that needs it; HalError when the kernel has no GPIO. */
  gpio(): Gpio;
  i2c(bus: number): I2cBus;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** An expander that worked no longer answers. */
  expanderFailed(name: string, error: HalError): void;
}

/** Opens lines by the names of the wiring. */
export class Lines {
  readonly #options: LinesOptions;
  readonly #expanders = new Map<string, ExpanderLines>();

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  /** HalError `missing` (not wired, or nothing there), `busy`, `denied`. */
  input(name: string): InputLine {
    const { use, expander } = this.#find(name, "in");
    if (expander !== undefined) return this.#expander(use.chip, expander).input(use.line);
    const bias = use.direction === "in" ? use.bias : undefined;
    return this.#options.gpio().input({ chip: use.chip, line: use.line, bias, consumer: `offhook ${name}` });
  }

  output(name: string): OutputLine {
    const { use, expander } = this.#find(name, "out");
    const isHighAtStart = use.direction === "out" && use.isHighAtStart;
    if (expander !== undefined) return this.#expander(use.chip, expander).output(use.line, isHighAtStart);
    const isOpenDrain = use.direction === "out" && use.isOpenDrain === true;
    const { chip, line } = use;
    return this.#options
      .gpio()
      .output({ chip, line, isHighAtStart, isOpenDrain, consumer: `offhook ${name}` });
  }

  #find(name: string, direction: LineUse["direction"]) {
    const { wiring } = this.#options;
    const use = wiring.lines[name];
    if (use === undefined || use.direction !== direction)
      throw new HalError("missing", name, "open", `the board has no line of this name going ${direction}`);
    return { use, expander: wiring.expanders[use.chip] };
  }

  #expander(name: string, place: ExpanderPlace): ExpanderLines {
    const open = this.#expanders.get(name);
    if (open !== undefined) return open;
    const { i2c, clock, signal, expanderFailed } = this.#options;
    const made = createExpanderLines({
      bus: i2c(place.bus),
      address: place.address,
      chip: place.chip,
      notice:
        place.interrupt === undefined
          ? { kind: "poll", everyMs: place.pollMs }
          : { kind: "interrupt", line: this.input(place.interrupt) },
      clock,
      failed: (error) => expanderFailed(name, error),
      signal,
    });
    this.#expanders.set(name, made);
    return made;
  }
}

/** `"pinctrl-bcm2711" 5 6 13, i2c-1 0x41 INA219`: lines and chips of a group as `show hal` names them. */
export function attachedLines(wiring: Wiring, isOf: (name: string) => boolean): string {
  const chips = new Map<string, number[]>();
  for (const [name, { chip, line }] of Object.entries(wiring.lines))
    if (isOf(name)) chips.set(chip, [...(chips.get(chip) ?? []), line]);
  const lines = [...chips].map(([chip, numbers]) => `"${chip}" ${numbers.join(" ")}`);
  const places = Object.entries(wiring.i2c)
    .filter(([name]) => isOf(name))
    .map(([, { bus, address, chip }]) => `i2c-${bus} 0x${address.toString(16)} ${chip}`);
  return [...lines, ...places].join(", ") || "nothing";
}
