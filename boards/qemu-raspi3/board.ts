// QEMU's `raspi3b` machine: the SoC's own I2C and GPIO drivers. The panel is prototype B's, its bytes read from QEMU's
// trace of the bus; hook and most keys are on an I2C expander, whose pins QEMU lets one pull from outside, as it does with
// none of the BCM2837's; the other keys are on gpio-sim. Power is what the kernel's driver reads of a chip on I2C; the mixer
// is a USB sound card's, the sound itself a loop's.
import type { Board } from "#boards/schema/board.ts";
import type { BoardDrivers, DeviceOptions } from "#boards/schema/device.ts";
import { type HandsetData, series } from "#boards/schema/handset-data.ts";
import { openHandset } from "#boards/schema/open-handset.ts";
import {
  characterAttached,
  characterGeometry,
  characterPanel,
  characterPlace,
  loopSound,
  piHeader,
} from "#boards/schema/shared-parts.ts";
import { digitKeys, softKeys } from "#hal/contract/panel.ts";
import { usbAdapter } from "#hal/drivers/codec-tables.ts";
import { pca9552 } from "#hal/drivers/expander-chips.ts";
import { axp20xUsb, supplySensor } from "#hal/drivers/power-sensors.ts";
import { openSysfs } from "#hal/linux/sysfs.ts";

const soc = "pinctrl-bcm2835";
const sim = "offhook-front";
const expander = "front";
const i2cBus = 1;
const onExpander = [...digitKeys, "speaker", "volumeUp", "volumeDown"] as const;
const onSim = ["line1", "line2", ...softKeys] as const;
const keys = [...onExpander, ...onSim] as const;

export const qemuRaspi3 = {
  facts: {
    name: "qemu-raspi3",
    description: "QEMU raspi3b: the BCM2837's own bus drivers",
    lineKeyCount: 2,
    panel: characterGeometry,
    keys,
    lamps: ["message", "speaker"],
    hasHeadset: false,
    requestedMilliwatts: undefined,
    networkInterface: "eth0",
    pcPortInterface: undefined,
  },
  wiring: {
    lines: {
      hook: { chip: expander, line: 0, direction: "in" },
      ...series(
        onExpander.map((key) => `key ${key}`),
        expander,
        1,
        { direction: "in" },
      ),
      ...series(
        onSim.map((key) => `key ${key}`),
        sim,
        0,
        { direction: "in", bias: "pull-up" },
      ),
      "lamp message": { chip: soc, line: 5, direction: "out", isHighAtStart: false },
      "lamp speaker": { chip: soc, line: 6, direction: "out", isHighAtStart: false },
    },
    expanders: {
      [expander]: { bus: i2cBus, address: 0x60, chip: pca9552, interrupt: undefined, pollMs: 20 },
    },
    i2c: {
      panel: characterPlace,
      "power supply": { bus: i2cBus, address: 0x34, chip: "AXP209 by the kernel's driver" },
    },
    spi: {},
    kernel: piHeader(soc),
  },
  panelAttached: characterAttached,
  matrix: undefined,
  direct: { keys, isHighWhenDown: false, debounceMs: 10 },
  hook: { isHighOffHook: false, settleMs: 40, flash: undefined },
  sound: loopSound,
  soundControls: "hw:CARD=Audio",
} as const satisfies HandsetData;

const drivers: BoardDrivers = {
  panel: characterPanel,
  backlight: undefined,
  codec: usbAdapter({ playback: "Audio Output Volume Control" }),
  power: () => [supplySensor(openSysfs(), axp20xUsb)],
};

/** `--board qemu-raspi3`. */
export const qemuRaspi3Board = {
  facts: qemuRaspi3.facts,
  open: (options) => openHandset(qemuRaspi3, drivers, options),
} satisfies Board<DeviceOptions>;
