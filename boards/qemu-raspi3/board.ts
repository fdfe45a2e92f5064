// QEMU's `raspi3b` machine: the SoC's own I2C and GPIO drivers. The panel is prototype B's, its bytes read from QEMU's
// trace of the bus; keys have lines of their own, on gpio-sim, because QEMU's BCM2837 lets nobody outside pull a pin.
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

const soc = "pinctrl-bcm2835";
const sim = "offhook-front";
const keys = [...digitKeys, "line1", "line2", ...softKeys, "speaker"] as const;

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
      hook: { chip: sim, line: 0, direction: "in", bias: "pull-down" },
      ...series(
        keys.map((key) => `key ${key}`),
        sim,
        1,
        { direction: "in", bias: "pull-down" },
      ),
      "lamp message": { chip: soc, line: 5, direction: "out", isHighAtStart: false },
      "lamp speaker": { chip: soc, line: 6, direction: "out", isHighAtStart: false },
    },
    expanders: {},
    i2c: { panel: characterPlace },
    spi: {},
    kernel: piHeader(soc),
  },
  panelAttached: characterAttached,
  matrix: undefined,
  direct: { keys, isHighWhenDown: true, debounceMs: 10 },
  hook: { isHighOffHook: true, settleMs: 40, flash: undefined },
  sound: loopSound,
  soundControls: undefined,
} as const satisfies HandsetData;

const drivers: BoardDrivers = {
  panel: characterPanel,
  backlight: undefined,
  codec: undefined,
  power: () => [],
};

/** `--board qemu-raspi3`. */
export const qemuRaspi3Board = {
  facts: qemuRaspi3.facts,
  open: (options) => openHandset(qemuRaspi3, drivers, options),
} satisfies Board<DeviceOptions>;
