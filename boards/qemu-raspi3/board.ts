// QEMU's `raspi3b` machine: the SoC's own I2C and GPIO drivers. The panel is prototype B's, its bytes read from QEMU's
// trace of the bus; keys have lines of their own, on gpio-sim, because QEMU's BCM2837 lets nobody outside pull a pin.
import type { Board } from "#boards/schema/board.ts";
import type { BoardDrivers, DeviceOptions } from "#boards/schema/device.ts";
import { type HandsetData, series } from "#boards/schema/handset-data.ts";
import { openHandset } from "#boards/schema/open-handset.ts";
import { digitKeys, softKeys } from "#hal/contract/panel.ts";
import { createCharacterPanel, usualBackpack } from "#hal/drivers/panel-hd44780.ts";

const soc = "pinctrl-bcm2835";
const sim = "offhook-front";
const geometry = { kind: "cells", columns: 20, rows: 4 } as const;
const keys = [...digitKeys, "line1", "line2", ...softKeys, "speaker"] as const;
const i2cBus = 1;

export const qemuRaspi3 = {
  facts: {
    name: "qemu-raspi3",
    description: "QEMU raspi3b: the BCM2837's own bus drivers",
    lineKeyCount: 2,
    panel: geometry,
    keys,
    lamps: ["message", "speaker"],
    hasPcPort: false,
    hasHeadset: false,
    requestedMilliwatts: undefined,
    networkInterface: "eth0",
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
    i2c: { panel: { bus: i2cBus, address: 0x27, chip: "PCF8574 with HD44780" } },
    spi: {},
    kernel: {
      "I2C SDA": { chip: soc, line: 2 },
      "I2C SCL": { chip: soc, line: 3 },
      "console out": { chip: soc, line: 14 },
      "console in": { chip: soc, line: 15 },
    },
  },
  panelAttached: "i2c-1 address 0x27, HD44780",
  matrix: undefined,
  direct: { keys, isHighWhenDown: true, debounceMs: 10 },
  hook: { isHighOffHook: true, settleMs: 40, flash: undefined },
  sound: {
    kind: "alsa",
    capture: "plughw:CARD=Loopback,DEV=0,SUBDEV=1",
    playback: "plughw:CARD=Loopback,DEV=0,SUBDEV=0",
  },
  soundControls: undefined,
} as const satisfies HandsetData;

const drivers: BoardDrivers = {
  panel: (kit, failed) =>
    createCharacterPanel({
      geometry,
      bus: kit.i2c(i2cBus),
      address: qemuRaspi3.wiring.i2c.panel.address,
      wiring: usualBackpack,
      clock: kit.clock,
      failed,
      signal: kit.signal,
    }),
  backlight: undefined,
  codec: undefined,
  power: () => [],
};

/** `--board qemu-raspi3`. */
export const qemuRaspi3Board = {
  facts: qemuRaspi3.facts,
  open: (options) => openHandset(qemuRaspi3, drivers, options),
} satisfies Board<DeviceOptions>;
