// Chooses how GPIO lines are reached: the character device wherever the kernel has it, sysfs through `onoff` else.
import { existsSync } from "node:fs";
import type { HalError } from "#hal/contract/errors.ts";
import { createMonotonic } from "#hal/linux/clock.ts";
import type { Io } from "#hal/linux/io/io.ts";
import { openCharacterDeviceGpio } from "./character-device.ts";
import type { Gpio, LineRef } from "./gpio.ts";
import { openSysfsGpio } from "./sysfs-gpio.ts";

export interface GpioOptions {
  readonly io: Io;
  readonly originNs: bigint;
  /** A line that worked was lost. */
  failed(line: LineRef, error: HalError): void;
}

/** HalError `unsupported` when the kernel has neither, `denied` when it lets us at none. */
export function openGpio(options: GpioOptions): Gpio {
  if (existsSync("/dev/gpiochip0") || !existsSync("/sys/class/gpio")) return openCharacterDeviceGpio(options);
  return openSysfsGpio({ now: createMonotonic(options.originNs), failed: options.failed });
}
