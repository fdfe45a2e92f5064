// The second prototype, built from modules: Raspberry Pi 3, a 20 × 4 panel on I2C, the keys on an expander, USB audio.
import type { Board } from "#boards/schema/board.ts";
import type { BoardDrivers, DeviceOptions } from "#boards/schema/device.ts";
import { type HandsetData, series } from "#boards/schema/handset-data.ts";
import { openHandset } from "#boards/schema/open-handset.ts";
import {
  characterAttached,
  characterGeometry,
  characterPanel,
  characterPlace,
  piHeader,
} from "#boards/schema/shared-parts.ts";
import { digitKeys, functionKeys, softKeys } from "#hal/contract/panel.ts";
import { usbAdapter } from "#hal/drivers/codec-tables.ts";
import { mcp23017 } from "#hal/drivers/expander-chips.ts";
import { inaSensor, t2pSensor } from "#hal/drivers/power-sensors.ts";

const soc = "pinctrl-bcm2835";
const lamps = ["message", "mute", "headset", "speaker", "line1", "line2"] as const;
const i2cBus = 1;

export const protoB = {
  facts: {
    name: "proto-b",
    description: "prototype B: Raspberry Pi 3, 20 × 4 panel, keys on an expander, USB audio",
    lineKeyCount: 2,
    panel: characterGeometry,
    keys: [...digitKeys, "line1", "line2", ...softKeys, ...functionKeys],
    lamps,
    hasHeadset: true,
    requestedMilliwatts: 9_000,
    networkInterface: "eth0",
    pcPortInterface: undefined,
  },
  wiring: {
    lines: {
      hook: { chip: soc, line: 27, direction: "in", bias: "pull-up" },
      "keypad interrupt": { chip: soc, line: 17, direction: "in", bias: "pull-up" },
      "power T2P": { chip: soc, line: 22, direction: "in", bias: "pull-up" },
      headset: { chip: soc, line: 23, direction: "in", bias: "pull-up" },
      ...series(
        lamps.slice(0, 2).map((lamp) => `lamp ${lamp}`),
        soc,
        5,
        { direction: "out", isHighAtStart: false },
      ),
      "lamp headset": { chip: soc, line: 13, direction: "out", isHighAtStart: false },
      "lamp speaker": { chip: soc, line: 19, direction: "out", isHighAtStart: false },
      "lamp line1": { chip: soc, line: 16, direction: "out", isHighAtStart: false },
      "lamp line2": { chip: soc, line: 26, direction: "out", isHighAtStart: false },
    },
    expanders: {
      keypad: { bus: i2cBus, address: 0x20, chip: mcp23017, interrupt: "keypad interrupt", pollMs: 20 },
    },
    i2c: {
      panel: characterPlace,
      "power monitor": { bus: i2cBus, address: 0x41, chip: "INA219" },
    },
    spi: {},
    kernel: piHeader(soc),
  },
  panelAttached: characterAttached,
  matrix: {
    map: [
      ["1", "4", "7", "*", "line1", "soft1"],
      ["2", "5", "8", "0", "line2", "soft2"],
      ["3", "6", "9", "#", "up", "soft3"],
      ["volumeUp", "volumeDown", "mute", "speaker", "down", "soft4"],
      ["messages", "services", "directories", "settings", "info", "headset"],
    ],
    scanEveryMs: 10, // a scan is eleven transfers of 0.3 ms at 100 kHz
    debounceDownMs: 10,
    debounceUpMs: 30,
    canGhost: true,
  },
  direct: undefined,
  hook: { isHighOffHook: true, settleMs: 40, flash: undefined },
  sound: { kind: "alsa", capture: "plughw:CARD=Device", playback: "plughw:CARD=Device" },
  soundControls: "hw:CARD=Device",
} as const satisfies HandsetData;

const drivers: BoardDrivers = {
  panel: characterPanel,
  backlight: undefined,
  codec: usbAdapter({ playback: "Speaker", capture: "Mic" }),
  power: (kit) => [
    t2pSensor({ line: kit.input("power T2P"), isActiveLow: true }),
    inaSensor({ bus: kit.i2c(i2cBus), address: 0x41, chip: "INA219", shuntMicroOhm: 100_000 }),
  ],
};

/** `--board proto-b`. */
export const protoBBoard = {
  facts: protoB.facts,
  open: (options) => openHandset(protoB, drivers, options),
} satisfies Board<DeviceOptions>;
