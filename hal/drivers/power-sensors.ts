// What a board can know of its power (reference boot-and-provisioning 1.3): PD status pins, monitors on I2C, the
// kernel's power_supply and hwmon folders. Each sensor gives a partial reading; what it cannot read stays undefined.
import type { I2cBus, InputLine } from "#hal/contract/bus.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { PowerSource, PowerState } from "#hal/contract/power.ts";

/** One sensor's part of the truth. */
export interface PowerReading {
  readonly sources: readonly PowerSource[];
  readonly limitMilliwatts: number | undefined;
  readonly drawMilliwatts: number | undefined;
  readonly health: PowerState["health"];
  readonly evidence: string;
}

/** Reads now; undefined when the part is not there. Throws HalError when it is there and fails. */
export type PowerSensor = () => PowerReading | undefined;

const unknownReading = {
  sources: [],
  limitMilliwatts: undefined,
  drawMilliwatts: undefined,
  health: "unknown",
} as const;

/** Power at the PD by classification, milliwatts (IEEE 802.3 clauses 33 and 145). */
const pdMilliwatts = { type1: 12_950, type2: 25_500 } as const;

/** A T2P pin: asserted means two-event classification, or an auxiliary adapter on controllers that say so too. */
export function t2pSensor(options: {
  readonly line: InputLine;
  /** An optocoupler inverts; TPS2378 and TPS2379 are active low. */
  readonly isActiveLow: boolean;
}): PowerSensor {
  return () => {
    const isHigh = options.line.read();
    const isAsserted = isHigh !== options.isActiveLow;
    return {
      ...unknownReading,
      sources: [isAsserted ? "poe-at" : "poe-af"],
      limitMilliwatts: isAsserted ? pdMilliwatts.type2 : pdMilliwatts.type1,
      evidence: `T2P ${isHigh ? "high" : "low"}`,
    };
  };
}

/** The three status pins of a TPS2373 (data sheet table 1), all active low; H is high-impedance. */
export function tps2373Sensor(options: {
  readonly tph: InputLine;
  readonly tpl: InputLine;
  readonly bt: InputLine;
}): PowerSensor {
  return () => {
    const pin = (line: InputLine): string => (line.read() ? "H" : "L");
    const code = `${pin(options.tph)}${pin(options.tpl)}${pin(options.bt)}`;
    const evidence = `TPS2373 TPH TPL BT = ${code}`;
    switch (code) {
      case "HHH":
        return { ...unknownReading, sources: ["poe-af"], limitMilliwatts: pdMilliwatts.type1, evidence };
      case "HLH":
        return { ...unknownReading, sources: ["poe-at"], limitMilliwatts: pdMilliwatts.type2, evidence };
      case "HHL":
        return { ...unknownReading, sources: ["poe-bt"], limitMilliwatts: pdMilliwatts.type1, evidence };
      case "HLL":
        return { ...unknownReading, sources: ["poe-bt"], limitMilliwatts: pdMilliwatts.type2, evidence };
      case "LLH":
        return { ...unknownReading, sources: ["poe-unknown"], evidence: `${evidence} (non-standard PSE)` };
      case "LHH":
        return { ...unknownReading, sources: ["adapter"], evidence };
      default:
        return { ...unknownReading, evidence: `${evidence} (no such code)` };
    }
  };
}

/** INA219 / INA226: bus voltage and shunt voltage; the shunt's resistance is the board's. */
export function inaSensor(options: {
  readonly bus: I2cBus;
  readonly address: number;
  readonly chip: "INA219" | "INA226";
  readonly shuntMicroOhm: number;
}): PowerSensor {
  const { bus, address, chip, shuntMicroOhm } = options;
  const read16 = (register: number): number => {
    const [high = 0, low = 0] = bus.transfer(address, Uint8Array.of(register), 2);
    return (high << 8) | low;
  };
  return () => {
    try {
      const shuntRaw = (read16(0x01) << 16) >> 16;
      const busRaw = read16(0x02);
      // INA219: shunt 10 µV, bus 4 mV in the upper 13 bits (SBOS448 8.6.3); INA226: 2.5 µV and 1.25 mV (SBOS547 7.6).
      const shuntMicroVolt = chip === "INA219" ? shuntRaw * 10 : shuntRaw * 2.5;
      const busMilliVolt = chip === "INA219" ? (busRaw >> 3) * 4 : busRaw * 1.25;
      const milliAmp = (shuntMicroVolt * 1000) / shuntMicroOhm;
      return {
        ...unknownReading,
        drawMilliwatts: Math.round((busMilliVolt * milliAmp) / 1000),
        evidence: `${chip} ${Math.round(busMilliVolt)} mV ${Math.round(milliAmp)} mA`,
      };
    } catch (error) {
      if (error instanceof HalError && error.code === "missing") return undefined;
      throw error;
    }
  };
}

/** Small text files of the kernel; hal/linux meets it with /sys, tests with a map. */
export interface SysfsReader {
  /** Trimmed content; undefined when absent. */
  read(path: string): string | undefined;
  /** Names in a folder; empty when absent. */
  list(path: string): readonly string[];
}

const numberIn = (sysfs: SysfsReader, path: string): number | undefined => {
  const text = sysfs.read(path);
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
};

/** A supply of the kernel's `power_supply` class. */
export interface KernelSupply {
  /** Its folder, which is the driver's name for it: `rpi-poe`, `axp20x-usb`. */
  readonly name: string;
  /** The rail where the driver measures no voltage; watts then say that it was assumed. */
  readonly nominalMilliVolt: number;
  /** What feeds it, by the current it may draw. */
  sourceOf(mostMilliAmp: number | undefined): PowerSource;
  /** What its driver means by `Unspecified failure`. */
  readonly failure: PowerState["health"];
}

/** The Raspberry Pi PoE+ HAT: currents only, behind its 5 V rail. */
export const poePlusHat: KernelSupply = {
  name: "rpi-poe",
  nominalMilliVolt: 5000,
  sourceOf: (most) => (most === 5000 ? "poe-at" : most === 2500 ? "poe-af" : "poe-unknown"),
  failure: "overcurrent",
};

/** The USB input of an X-Powers AXP202 or AXP209, by axp20x_usb_power.c: it fails when the input's voltage is not valid. */
export const axp20xUsb: KernelSupply = {
  name: "axp20x-usb",
  nominalMilliVolt: 5000,
  sourceOf: () => "adapter",
  failure: "undervoltage",
};

/** Reads a supply; where it is not online neither limit nor draw means anything. */
export function supplySensor(sysfs: SysfsReader, supply: KernelSupply): PowerSensor {
  const folder = `class/power_supply/${supply.name}`;
  /** The kernel's micro units as milli. */
  const milli = (attribute: string): number | undefined => {
    const micro = numberIn(sysfs, `${folder}/${attribute}`);
    return micro === undefined ? undefined : Math.round(micro / 1000);
  };
  return () => {
    const online = numberIn(sysfs, `${folder}/online`);
    if (online === undefined) return undefined;
    const now = milli("current_now");
    const most = milli("current_max") ?? milli("input_current_limit"); // newer drivers of chargers say the latter
    const measured = milli("voltage_now");
    const milliVolt = measured ?? supply.nominalMilliVolt;
    const watts = (milliAmp: number | undefined, volts: number): number | undefined =>
      milliAmp === undefined || online !== 1 ? undefined : Math.round((milliAmp * volts) / 1000);
    // Reading `health` clears a latched over-current of the HAT: exactly one read per poll.
    const health = sysfs.read(`${folder}/health`);
    const rail = measured === undefined ? `${milliVolt / 1000} V assumed` : `${milliVolt} mV`;
    return {
      sources: online === 1 ? [supply.sourceOf(most)] : [],
      limitMilliwatts: watts(most, supply.nominalMilliVolt),
      drawMilliwatts: watts(now, milliVolt),
      health: healthOf(health, supply),
      evidence: `${supply.name} online ${online}, ${now ?? "?"} of ${most ?? "?"} mA, ${rail}, health ${health ?? "?"}`,
    };
  };
}

/** The kernel's words (power_supply_sysfs.c); the contract has no better one for what is left. */
function healthOf(word: string | undefined, { failure }: KernelSupply): PowerState["health"] {
  switch (word) {
    case undefined:
    case "Unknown":
      return "unknown";
    case "Good":
      return "good";
    case "Under voltage":
    case "Dead":
      return "undervoltage";
    default:
      return failure;
  }
}

/** A monitor the kernel drives: found by its name, never by its number. */
export function hwmonSensor(sysfs: SysfsReader, names: readonly string[]): PowerSensor {
  return () => {
    for (const entry of sysfs.list("class/hwmon")) {
      const folder = `class/hwmon/${entry}`;
      const name = sysfs.read(`${folder}/name`);
      if (name === undefined || !names.includes(name)) continue;
      const micro = numberIn(sysfs, `${folder}/power1_input`);
      return {
        ...unknownReading,
        drawMilliwatts: micro === undefined ? undefined : Math.round(micro / 1000),
        evidence: `${name} power1_input ${micro ?? "unreadable"} µW`,
      };
    }
    return undefined;
  };
}
