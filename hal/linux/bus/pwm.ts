// A PWM channel through sysfs, for a backlight. Exporting a channel needs root, so the image's init does it before the
// firmware starts; what is not exported yet is exported here where that is permitted.
import { existsSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PwmOutput } from "#hal/contract/bus.ts";
import { HalError } from "#hal/contract/errors.ts";

export interface PwmPlace {
  /** Name of the device behind the chip, e.g. `fe20c000.pwm`: chip numbers change from kernel to kernel. */
  readonly device: string;
  readonly channel: number;
  /** Length of one cycle. */
  readonly periodNs: number;
}

export interface LinuxPwm extends PwmOutput {
  close(): void;
}

/** Opens and starts the channel. HalError `missing` (no such chip), `denied`, `io`. */
export function openPwm(place: PwmPlace, folder = "/sys/class/pwm"): LinuxPwm {
  const name = `pwm ${place.device} channel ${place.channel}`;
  const write = (path: string, value: number): void => {
    try {
      writeFileSync(path, String(value));
    } catch (cause) {
      const isDenied = cause instanceof Error && "code" in cause && cause.code === "EACCES";
      throw new HalError(isDenied ? "denied" : "io", name, `write ${path}`, String(cause), { cause });
    }
  };
  const chip = findChip(folder, place.device, name);
  const channel = join(chip, `pwm${place.channel}`);
  if (!existsSync(channel)) write(join(chip, "export"), place.channel);
  write(join(channel, "period"), place.periodNs);
  write(join(channel, "enable"), 1);
  return {
    setDuty(share) {
      const bounded = Math.max(0, Math.min(1, share));
      write(join(channel, "duty_cycle"), Math.round(bounded * place.periodNs));
    },
    close: () => write(join(channel, "enable"), 0),
  };
}

function findChip(folder: string, device: string, name: string): string {
  const chips = existsSync(folder) ? readdirSync(folder) : [];
  const behind = chips.map((chip) => ({ chip, device: deviceOf(join(folder, chip)) }));
  const found = behind.find((entry) => entry.device === device);
  if (found !== undefined) return join(folder, found.chip);
  const there = behind.map((entry) => entry.device).join(", ") || "no PWM at all";
  throw new HalError("missing", name, "open", `this kernel has ${there}`);
}

function deviceOf(chip: string): string {
  try {
    return readlinkSync(join(chip, "device")).split("/").at(-1) ?? "";
  } catch {
    return ""; // a chip without a parent device is none of ours
  }
}
