// GPIO by /sys/class/gpio through the `onoff` package, for kernels without the character device. The kernel numbers
// lines over all chips there, so a chip's base is looked up by its label. Edges carry the time they are noticed; bias is
// the device tree's. Exporting a line needs root.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Gpio as OnoffLine } from "onoff";
import type { InputLine, LineEdge, OutputLine } from "#hal/contract/bus.ts";
import { HalError } from "#hal/contract/errors.ts";
import { Emitter } from "#hal/contract/stream.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { loadAddon } from "#hal/linux/addons/load.ts";
import { type Gpio, type InputWish, type LineRef, lineName, type OutputWish } from "./gpio.ts";

/** The part of `onoff` that is used. */
export type OnoffConstructor = new (
  number: number,
  direction: "in" | "out" | "high" | "low",
  edge?: "none" | "both",
) => Pick<OnoffLine, "readSync" | "writeSync" | "watch" | "unwatchAll" | "unexport" | "setDirection">;

export interface SysfsGpioOptions {
  now(): MonoMs;
  failed(line: LineRef, error: HalError): void;
  /** `/sys/class/gpio` unless told. */
  readonly folder?: string;
  /** The `onoff` package unless told. */
  readonly onoff?: OnoffConstructor;
}

class SysfsGpio implements Gpio {
  readonly kind = "sysfs";
  readonly #options: SysfsGpioOptions;
  readonly #folder: string;
  readonly #line: OnoffConstructor;
  readonly #ends: (() => void)[] = [];

  constructor(options: SysfsGpioOptions) {
    this.#options = options;
    this.#folder = options.folder ?? "/sys/class/gpio";
    if (!existsSync(this.#folder))
      throw new HalError("unsupported", this.#folder, "open", "this kernel has no GPIO in sysfs");
    this.#line = options.onoff ?? loadOnoff();
  }

  input(wish: InputWish): InputLine {
    const line = this.#open(wish, (number) => new this.#line(number, "in", "both"));
    const edges = new Emitter<LineEdge>();
    line.watch((error, value) => {
      if (error)
        this.#options.failed(wish, new HalError("io", lineName(wish), "wait for edges", error.message));
      else edges.emit({ isHigh: value === 1, at: this.#options.now() });
    });
    this.#ends.push(() => {
      line.unwatchAll();
      line.unexport();
    });
    return { read: () => guarded(wish, "read level", () => line.readSync() === 1), edges };
  }

  output(wish: OutputWish): OutputLine {
    // Open drain is played: a line that is let go becomes an input.
    const start = !wish.isHighAtStart ? "low" : wish.isOpenDrain ? "in" : "high";
    const line = this.#open(wish, (number) => new this.#line(number, start));
    this.#ends.push(() => line.unexport());
    const drive = (isHigh: boolean): void => {
      if (!wish.isOpenDrain) line.writeSync(isHigh ? 1 : 0);
      else line.setDirection(isHigh ? "in" : "low");
    };
    return { write: (isHigh) => guarded(wish, "set level", () => drive(isHigh)) };
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #open<Line>(wish: LineRef, make: (number: number) => Line): Line {
    const number = this.#base(wish) + wish.line;
    if (existsSync(join(this.#folder, `gpio${number}`)))
      throw new HalError("busy", lineName(wish), "export", `gpio${number} is exported already`);
    return guarded(wish, `export gpio${number}`, () => make(number));
  }

  #base(wish: LineRef): number {
    const labels: string[] = [];
    for (const name of readdirSync(this.#folder)) {
      if (!/^gpiochip\d+$/.test(name)) continue;
      const read = (file: string): string => readFileSync(join(this.#folder, name, file), "utf8").trim();
      const label = read("label");
      labels.push(`"${label}"`);
      if (label !== wish.chip) continue;
      if (wish.line < Number(read("ngpio"))) return Number(read("base"));
      throw new HalError("missing", lineName(wish), "open", `the chip has ${read("ngpio")} lines`);
    }
    const there = labels.join(", ") || "no chip at all";
    throw new HalError("missing", lineName(wish), "open", `this kernel has ${there}`);
  }
}

/** Node's file errors as HalError. */
function guarded<Result>(wish: LineRef, operation: string, act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const code = "code" in cause ? cause.code : undefined;
    const kind =
      code === "EBUSY" ? "busy" : code === "EACCES" || code === "EPERM" ? "denied" : ("io" as const);
    throw new HalError(kind, lineName(wish), operation, cause.message, { cause });
  }
}

function loadOnoff(): OnoffConstructor {
  loadAddon("epoll"); // onoff falls silent without it; this says why
  return loadAddon("onoff")["Gpio"] as OnoffConstructor; // what the package exports under that name
}

/** Opens the sysfs interface. HalError `unsupported` (this kernel has none), `missing` (no add-on). */
export function openSysfsGpio(options: SysfsGpioOptions): Gpio {
  return new SysfsGpio(options);
}
