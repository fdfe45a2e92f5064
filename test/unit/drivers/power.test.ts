// Power sensors on fake lines, a fake bus and a fake sysfs: what is not there is unknown, never a number.
import { expect, test } from "vitest";
import { HalError } from "#hal/contract/errors.ts";
import type { PowerState } from "#hal/contract/power.ts";
import { createPoePd, joinReadings } from "#hal/drivers/poe-pd.ts";
import {
  axp20xUsb,
  hwmonSensor,
  inaSensor,
  poePlusHat,
  type SysfsReader,
  supplySensor,
  t2pSensor,
  tps2373Sensor,
} from "#hal/drivers/power-sensors.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { fakeI2c, fakeInput, registerChip } from "./fake-bus.ts";

const makeClock = (): VirtualClock => new VirtualClock({ settle: () => Promise.resolve() });

/** A sysfs of files by path; counts reads. */
function fakeSysfs(files: Readonly<Record<string, string>>) {
  const reads = new Map<string, number>();
  const present: Record<string, string> = { ...files };
  const sysfs: SysfsReader = {
    read(path) {
      reads.set(path, (reads.get(path) ?? 0) + 1);
      return present[path];
    },
    list: (path) => [
      ...new Set(
        Object.keys(present)
          .filter((name) => name.startsWith(`${path}/`))
          .map((name) => name.slice(path.length + 1).split("/")[0] ?? ""),
      ),
    ],
  };
  return { sysfs, reads, present };
}

const hat = {
  "class/power_supply/rpi-poe/online": "1",
  "class/power_supply/rpi-poe/current_now": "412000",
  "class/power_supply/rpi-poe/current_max": "5000000",
  "class/power_supply/rpi-poe/health": "Good",
};

test("BOOT-003 the PoE+ HAT's attributes are read, and without its folder everything is unknown", () => {
  expect(supplySensor(fakeSysfs(hat).sysfs, poePlusHat)()).toMatchObject({
    sources: ["poe-at"],
    limitMilliwatts: 25_000,
    drawMilliwatts: 2060,
    health: "good",
  });
  expect(supplySensor(fakeSysfs({}).sysfs, poePlusHat)()).toBeUndefined();
  expect(joinReadings([], [])).toEqual({
    sources: ["unknown"],
    limitMilliwatts: undefined,
    drawMilliwatts: undefined,
    health: "unknown",
    evidence: [],
  });
});

test("BOOT-004 health is read once per poll, and an over-current is reported once", async () => {
  const clock = makeClock();
  const { sysfs, reads, present } = fakeSysfs(hat);
  const pd = createPoePd({
    sensors: [supplySensor(sysfs, poePlusHat)],
    clock,
    signal: new AbortController().signal,
  });
  const changes: PowerState["health"][] = [];
  pd.changes.subscribe(({ health }) => changes.push(health), { signal: new AbortController().signal });
  await clock.advance(25_000);
  expect(reads.get("class/power_supply/rpi-poe/health")).toBe(3);
  present["class/power_supply/rpi-poe/health"] = "Unspecified failure";
  await clock.advance(10_000);
  present["class/power_supply/rpi-poe/health"] = "Good"; // reading cleared the latch
  await clock.advance(30_000);
  expect(changes).toEqual(["overcurrent", "good"]);
});

test("BOOT-005 watts computed from a current alone say that 5 V was assumed", () => {
  expect(supplySensor(fakeSysfs(hat).sysfs, poePlusHat)()?.evidence).toContain("5 V assumed");
});

test("a supply with a voltage of its own: draw by what is measured, the limit by the newer attribute's name; not online, neither", () => {
  const { sysfs, present } = fakeSysfs({
    "class/power_supply/axp20x-usb/online": "1",
    "class/power_supply/axp20x-usb/current_now": "150000",
    "class/power_supply/axp20x-usb/input_current_limit": "900000",
    "class/power_supply/axp20x-usb/voltage_now": "5100000",
    "class/power_supply/axp20x-usb/health": "Unspecified failure",
  });
  const read = supplySensor(sysfs, axp20xUsb);
  expect(read()).toEqual({
    sources: ["adapter"],
    limitMilliwatts: 4500,
    drawMilliwatts: 765,
    health: "undervoltage",
    evidence: "axp20x-usb online 1, 150 of 900 mA, 5100 mV, health Unspecified failure",
  });
  present["class/power_supply/axp20x-usb/online"] = "0";
  expect(read()).toMatchObject({ sources: [], limitMilliwatts: undefined, drawMilliwatts: undefined });
});

test("a sensor that was there and is gone is told once; where none was there the power is missing", async () => {
  const clock = makeClock();
  const { sysfs, present } = fakeSysfs(hat);
  const failures: string[] = [];
  const signal = new AbortController().signal;
  const sensors = [supplySensor(sysfs, poePlusHat)];
  const pd = createPoePd({ sensors, clock, failed: ({ code }) => failures.push(code), signal });
  for (const path of Object.keys(hat)) delete present[path];
  await clock.advance(25_000);
  expect(failures).toEqual(["missing"]);
  expect(pd.last()).toMatchObject({ sources: ["unknown"], health: "unknown" });
  expect(() => createPoePd({ sensors, clock, signal })).toThrow(HalError);
});

test("BOOT-006 T2P with either polarity, and the three pins of a TPS2373", () => {
  const clock = makeClock();
  const pin = fakeInput(clock, false);
  expect(t2pSensor({ line: pin.line, isActiveLow: true })()).toMatchObject({
    sources: ["poe-at"],
    limitMilliwatts: 25_500,
  });
  expect(t2pSensor({ line: pin.line, isActiveLow: false })()).toMatchObject({
    sources: ["poe-af"],
    limitMilliwatts: 12_950,
  });
  const codes: readonly (readonly [string, string | undefined, number | undefined])[] = [
    ["HHH", "poe-af", 12_950],
    ["HLH", "poe-at", 25_500],
    ["HHL", "poe-bt", 12_950],
    ["HLL", "poe-bt", 25_500],
    ["LLH", "poe-unknown", undefined],
    ["LHH", "adapter", undefined],
    ["LLL", undefined, undefined],
  ];
  for (const [code, source, limit] of codes) {
    const [tph, tpl, bt] = [...code].map((level) => fakeInput(clock, level === "H").line);
    if (tph === undefined || tpl === undefined || bt === undefined) throw new Error("three pins");
    const reading = tps2373Sensor({ tph, tpl, bt })();
    expect([reading?.sources[0], reading?.limitMilliwatts], code).toEqual([source, limit]);
  }
});

test("BOOT-007 a monitor is found by its name, whatever its number", () => {
  const { sysfs } = fakeSysfs({
    "class/hwmon/hwmon0/name": "cpu_thermal",
    "class/hwmon/hwmon0/power1_input": "1",
    "class/hwmon/hwmon7/name": "ina219",
    "class/hwmon/hwmon7/power1_input": "4321000",
  });
  expect(hwmonSensor(sysfs, ["ina219", "ina226"])()?.drawMilliwatts).toBe(4321);
  expect(hwmonSensor(sysfs, ["ina3221"])()).toBeUndefined();
});

test("BOOT-008 adapter and PoE together are both told, the smaller limit counts", () => {
  const part = { drawMilliwatts: undefined, health: "unknown" } as const;
  const state = joinReadings(
    [
      { ...part, sources: ["poe-at"], limitMilliwatts: 25_500, evidence: "T2P low" },
      { ...part, sources: ["adapter"], limitMilliwatts: 18_000, evidence: "AUX high" },
    ],
    [],
  );
  expect(state.sources).toEqual(["poe-at", "adapter"]);
  expect(state.limitMilliwatts).toBe(18_000);
  expect(state.evidence).toEqual(["T2P low", "AUX high"]);
});

test("an INA219 on the bus gives the draw, an absent one nothing", () => {
  const registers = new Uint8Array(8);
  const chip = registerChip(registers);
  const words = (register: number): Uint8Array => chip.transfer(Uint8Array.of(register * 2), 2);
  registers.set([0x03, 0xe8], 2); // shunt: 1000 × 10 µV = 10 mV over 10 mΩ = 1 A
  registers.set([(1250 << 3) >> 8, (1250 << 3) & 0xff], 4); // bus: 1250 × 4 mV = 5 V
  const bus = fakeI2c(new Map([[0x40, { transfer: (write) => words(write[0] ?? 0) }]]));
  const sensor = { bus, chip: "INA219", shuntMicroOhm: 10_000 } as const;
  expect(inaSensor({ ...sensor, address: 0x40 })()).toMatchObject({
    drawMilliwatts: 5000,
    evidence: "INA219 5000 mV 1000 mA",
  });
  expect(inaSensor({ ...sensor, address: 0x41 })()).toBeUndefined();
});

test("a sensor that fails is named and the others still count", async () => {
  const failures: HalError[] = [];
  const pd = createPoePd({
    sensors: [
      () => {
        throw new HalError("io", "INA219", "read", "bus stuck");
      },
      supplySensor(fakeSysfs(hat).sysfs, poePlusHat),
    ],
    clock: makeClock(),
    failed: (error) => failures.push(error),
    signal: new AbortController().signal,
  });
  const state = await pd.read();
  expect(state.health).toBe("good");
  expect(state.evidence).toContain("INA219: read: bus stuck");
  expect(failures.length).toBeGreaterThan(0);
});
