// Temperature, throttling and under-voltage from sysfs. Which file holds what differs per board, so the paths are given.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HealthMonitor } from "#hal/contract/power.ts";

export interface HealthPaths {
  /** Folder of thermal zones; the hottest counts. */
  readonly thermal: string;
  /** The Raspberry Pi firmware's flags, in hex; undefined where the board has none. Raspberry Pi's own kernels have it. */
  readonly throttled: string | undefined;
  /** Monitors, among them `rpi_volt`, which tells under-voltage on kernels of kernel.org; absent: not looked at. */
  readonly hwmon?: string;
}

/** Where Linux keeps them on a Raspberry Pi; elsewhere the second is absent and unknown. */
export const usualHealthPaths: HealthPaths = {
  thermal: "/sys/class/thermal",
  throttled: "/sys/devices/platform/soc/soc:firmware/get_throttled",
  hwmon: "/sys/class/hwmon",
};

// Bits of get_throttled (Raspberry Pi documentation, `vcgencmd get_throttled`): what is the case now.
const underVoltageNow = 1 << 0;
const frequencyCappedNow = 1 << 1;
const throttledNow = 1 << 2;

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined; // what cannot be read is unknown, and said so
  }
}

function entries(folder: string, prefix: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(folder, name));
  } catch {
    return []; // no driver of this class
  }
}

/** The alarm of the monitor `rpi_volt`, found by its name; undefined without one. */
function voltageAlarm(folder: string | undefined): boolean | undefined {
  const monitors = folder === undefined ? [] : entries(folder, "hwmon");
  const monitor = monitors.find((path) => readText(join(path, "name")) === "rpi_volt");
  const alarm = monitor === undefined ? undefined : readText(join(monitor, "in0_lcrit_alarm"));
  return alarm === undefined ? undefined : alarm === "1";
}

/** Reads a few short kernel files at each call; a value that is not there is undefined. */
export function createHealthMonitor(paths: HealthPaths): HealthMonitor {
  return {
    read() {
      const milliDegrees = entries(paths.thermal, "thermal_zone")
        .map((zone) => Number.parseInt(readText(join(zone, "temp")) ?? "", 10))
        .filter((value) => Number.isFinite(value));
      const flags = paths.throttled === undefined ? undefined : readText(paths.throttled);
      const bits = flags === undefined ? Number.NaN : Number.parseInt(flags, 16);
      const has = (mask: number): boolean | undefined =>
        Number.isNaN(bits) ? undefined : (bits & mask) !== 0;
      return {
        socTemperatureC: milliDegrees.length === 0 ? undefined : Math.max(...milliDegrees) / 1000,
        isThrottled: has(frequencyCappedNow | throttledNow),
        isUnderVoltage: has(underVoltageNow) ?? voltageAlarm(paths.hwmon),
      };
    },
  };
}
