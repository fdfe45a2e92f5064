// Runs inside the guest, as root: the kernel's simulated GPIO chip through both back ends, and every add-on loaded. Prints
// one JSON object. `drivers.mjs CHIP_LABEL FOLDER_OF_ITS_LINES`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadAddon } from "#hal/linux/addons/load.ts";
import { createMonotonic, processOriginNs } from "#hal/linux/clock.ts";
import { openCharacterDeviceGpio } from "#hal/linux/gpio/character-device.ts";
import type { Gpio } from "#hal/linux/gpio/gpio.ts";
import { openSysfsGpio } from "#hal/linux/gpio/sysfs-gpio.ts";
import { startIo } from "#hal/linux/io/io.ts";

const [chip = "", lines = ""] = process.argv.slice(2);
const originNs = processOriginNs();
const now = createMonotonic(originNs);
const waitMs = 10_000;

const fail = (_: unknown, error: Error): never => {
  throw error;
};

/** Pulls line 0 up and down: what arrived. Drives line 1: what the chip sees. */
async function exercise(gpio: Gpio) {
  const pull = join(lines, "sim_gpio0/pull");
  writeFileSync(pull, "pull-down"); // whatever it was before
  const place = { chip, consumer: "offhook check" };
  const input = gpio.input({ ...place, line: 0, bias: undefined });
  const output = gpio.output({ ...place, line: 1, isHighAtStart: false, isOpenDrain: false });
  const edges: { isHigh: boolean; isTimely: boolean }[] = [];
  let pulledAt = now();
  input.edges.subscribe(({ isHigh, at }) => edges.push({ isHigh, isTimely: at >= pulledAt && at <= now() }), {
    signal: new AbortController().signal,
  });
  const read: boolean[] = [];
  for (const level of ["pull-up", "pull-down", "pull-up"]) {
    const before = edges.length;
    pulledAt = now();
    writeFileSync(pull, level);
    for (const end = now() + waitMs; edges.length === before && now() < end; )
      await new Promise((resolve) => setTimeout(resolve, 10));
    read.push(input.read());
  }
  const driven = [true, false].map((level) => {
    output.write(level);
    return readFileSync(join(lines, "sim_gpio1/value"), "utf8").trim() === "1";
  });
  const { kind } = gpio;
  gpio.close();
  return { kind, edges, read, driven };
}

const io = startIo({
  worker: new URL("./io-worker.mjs", import.meta.url),
  originNs,
  failed: (error) => fail(undefined, error instanceof Error ? error : new Error(String(error))),
});
const byCharacterDevice = await exercise(openCharacterDeviceGpio({ io, originNs, failed: fail }));
const bySysfs = await exercise(openSysfsGpio({ now, failed: fail }));
const addons = (["onoff", "i2c-bus", "spi-device"] as const).filter(
  (name) => Object.keys(loadAddon(name)).length > 0,
);
console.log(JSON.stringify({ backEnds: [byCharacterDevice, bySysfs], addons, arch: process.arch }));
process.exit(0);
