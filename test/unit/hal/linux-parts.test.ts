// The small parts of the Linux HAL that need neither root nor hardware: digests, log sink, health, watchdog.
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digests } from "#hal/linux/digests.ts";
import { createHealthMonitor } from "#hal/linux/health.ts";
import { createLogSink } from "#hal/linux/log-sink.ts";
import { openWatchdog } from "#hal/linux/watchdog.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "offhook-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test("digests of published vectors: RFC 1321 A.5, RFC 2202 case 2, FIPS 180-4", () => {
  expect(hex(digests.digest("md5", text("abc")))).toBe("900150983cd24fb0d6963f7d28e17f72");
  expect(hex(digests.hmac("sha1", text("Jefe"), text("what do ya want for nothing?")))).toBe(
    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
  );
  expect(hex(digests.digest("sha512-256", text("abc")))).toBe(
    "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23",
  );
});

test("log lines reach the descriptor in order, and a dead descriptor hurts nobody", async () => {
  const path = join(directory, "log");
  const fd = openSync(path, "w");
  const sink = createLogSink(fd);
  for (let number = 0; number < 500; number++)
    sink.write({ atMs: 12_345.6, level: "info", area: "dhcp", text: `line ${number}` });
  await sink.flush();
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(500);
  expect(lines[0]).toBe("    12.346 info dhcp: line 0");
  expect(lines[499]).toContain("line 499");
  closeSync(fd);
  sink.write({ atMs: 1, level: "info", area: "a", text: "to nobody" });
  await sink.flush();
  sink.write({ atMs: 1, level: "info", area: "a", text: "to nobody" });
});

test("the hottest zone counts, throttling flags are read, and what is not there is unknown", () => {
  const thermal = join(directory, "thermal");
  for (const [zone, temperature] of [
    ["thermal_zone0", "48312\n"],
    ["thermal_zone1", "61000\n"],
  ] as const) {
    mkdirSync(join(thermal, zone), { recursive: true });
    writeFileSync(join(thermal, zone, "temp"), temperature);
  }
  const throttled = join(directory, "get_throttled");
  writeFileSync(throttled, "50001\n"); // under-voltage now; throttled only in the past
  expect(createHealthMonitor({ thermal, throttled }).read()).toEqual({
    socTemperatureC: 61,
    isThrottled: false,
    isUnderVoltage: true,
  });
  expect(createHealthMonitor({ thermal: join(directory, "none"), throttled: undefined }).read()).toEqual({
    socTemperatureC: undefined,
    isThrottled: undefined,
    isUnderVoltage: undefined,
  });
});

test("without the firmware's flags under-voltage comes from the monitor named rpi_volt, whatever its number", () => {
  for (const [monitor, files] of Object.entries({
    hwmon0: { name: "cpu_thermal\n" },
    hwmon7: { name: "rpi_volt\n", in0_lcrit_alarm: "1\n" },
  })) {
    mkdirSync(join(directory, monitor));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, monitor, name), text);
  }
  const paths = { thermal: join(directory, "none"), throttled: undefined, hwmon: directory };
  expect(createHealthMonitor(paths).read().isUnderVoltage).toBe(true);
  writeFileSync(join(directory, "hwmon7", "in0_lcrit_alarm"), "0\n");
  expect(createHealthMonitor(paths).read().isUnderVoltage).toBe(false);
});

test("a watchdog is fed with a byte, disarmed with the magic one, and a missing one is named", () => {
  const path = join(directory, "watchdog");
  writeFileSync(path, "");
  const watchdog = openWatchdog({ path, timeoutMs: 15_000 });
  watchdog.feed();
  watchdog.feed();
  watchdog.disarm();
  watchdog.feed(); // too late: nothing happens
  expect(readFileSync(path, "latin1")).toBe("\0\0V");
  expect(watchdog.timeoutMs).toBe(15_000);
  expect(() => openWatchdog({ path: join(directory, "none"), timeoutMs: 1 })).toThrow(
    expect.objectContaining({ code: "missing" }),
  );
});
