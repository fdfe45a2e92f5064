// The first prototype: Raspberry Pi 4, PoE, a colour panel on SPI, 30 keys in a matrix and four on an expander, a WM8960.
import type { Board } from "#boards/schema/board.ts";
import type { BoardDrivers, DeviceOptions } from "#boards/schema/device.ts";
import { bank, type HandsetData, series } from "#boards/schema/handset-data.ts";
import { openHandset } from "#boards/schema/open-handset.ts";
import { piHeader } from "#boards/schema/shared-parts.ts";
import { digitKeys, functionKeys, lampIds, lineKeys, softKeys } from "#hal/contract/panel.ts";
import { createPwmBacklight } from "#hal/drivers/backlight.ts";
import { wm8960 } from "#hal/drivers/codec-tables.ts";
import { pca9555 } from "#hal/drivers/expander-chips.ts";
import { createColourPanel, ili9341, orientation } from "#hal/drivers/panel-colour.ts";
import { inaSensor, poePlusHat, supplySensor, t2pSensor } from "#hal/drivers/power-sensors.ts";
import { openPwm } from "#hal/linux/bus/pwm.ts";
import { openSysfs } from "#hal/linux/sysfs.ts";

const soc = "pinctrl-bcm2711";
const geometry = { kind: "pixels", width: 320, height: 240, depthBits: 24 } as const;
const i2cBus = 1;

export const protoA = {
  facts: {
    name: "proto-a",
    description: "prototype A: Raspberry Pi 4, PoE, colour panel, key matrix, WM8960",
    lineKeyCount: 6,
    panel: geometry,
    keys: [...digitKeys, ...lineKeys, ...softKeys, ...functionKeys],
    lamps: lampIds,
    hasHeadset: true,
    requestedMilliwatts: 12_000,
    networkInterface: "eth0",
    pcPortInterface: undefined,
  },
  wiring: {
    lines: {
      hook: { chip: soc, line: 4, direction: "in", bias: "pull-up" },
      ...bank("keypad column", soc, [5, 6, 13, 16, 26], {
        direction: "out",
        isHighAtStart: true,
        isOpenDrain: true,
      }),
      ...bank("keypad row", soc, [17, 22, 23, 24, 27, 7], { direction: "in", bias: "pull-up" }),
      "front interrupt": { chip: soc, line: 9, direction: "in", bias: "pull-up" },
      "panel data/command": { chip: soc, line: 25, direction: "out", isHighAtStart: false },
      ...series(
        lampIds.map((lamp) => `lamp ${lamp}`),
        "front",
        0,
        { direction: "out", isHighAtStart: false },
      ),
      headset: { chip: "front", line: 10, direction: "in" },
      "power T2P": { chip: "front", line: 11, direction: "in" },
      ...series(["key volumeUp", "key volumeDown", "key mute", "key headset"], "front", 12, {
        direction: "in",
      }),
    },
    expanders: {
      front: { bus: i2cBus, address: 0x20, chip: pca9555, interrupt: "front interrupt", pollMs: 20 },
    },
    i2c: {
      codec: { bus: i2cBus, address: 0x1a, chip: "WM8960" },
      "power monitor": { bus: i2cBus, address: 0x40, chip: "INA226" },
    },
    spi: { panel: { bus: 0, chipSelect: 0, mode: 0, maxSpeedHz: 40_000_000 } },
    kernel: {
      ...piHeader(soc),
      "SPI select 0": { chip: soc, line: 8 },
      "SPI data out": { chip: soc, line: 10 },
      "SPI clock": { chip: soc, line: 11 },
      "panel backlight PWM": { chip: soc, line: 12 },
      "I2S clock": { chip: soc, line: 18 },
      "I2S frame": { chip: soc, line: 19 },
      "I2S data in": { chip: soc, line: 20 },
      "I2S data out": { chip: soc, line: 21 },
    },
  },
  panelAttached: "spi0.0, ILI9341",
  matrix: {
    map: [
      ["1", "4", "7", "*", "line1", "soft1"],
      ["2", "5", "8", "0", "line2", "soft2"],
      ["3", "6", "9", "#", "line3", "soft3"],
      ["up", "down", "speaker", "line4", "line5", "soft4"],
      ["messages", "services", "directories", "settings", "info", "line6"],
    ],
    scanEveryMs: 5,
    debounceDownMs: 10,
    debounceUpMs: 20,
    canGhost: true,
  },
  direct: { keys: ["volumeUp", "volumeDown", "mute", "headset"], isHighWhenDown: false, debounceMs: 15 },
  hook: { isHighOffHook: true, settleMs: 40, flash: undefined },
  sound: { kind: "alsa", capture: "plughw:CARD=wm8960soundcard", playback: "plughw:CARD=wm8960soundcard" },
  soundControls: "hw:CARD=wm8960soundcard",
} as const satisfies HandsetData;

const drivers: BoardDrivers = {
  panel: (kit, failed) =>
    createColourPanel({
      geometry,
      controller: ili9341(orientation.exchange | orientation.bgr),
      bus: kit.spi("panel"),
      dataCommand: kit.output("panel data/command"),
      clock: kit.clock,
      failed,
      signal: kit.signal,
    }),
  backlight(kit, _panel, failed) {
    const pwm = openPwm({ device: "fe20c000.pwm", channel: 0, periodNs: 50_000 }); // 20 kHz: not heard
    kit.signal.addEventListener("abort", () => pwm.close(), { once: true });
    return createPwmBacklight(pwm, failed);
  },
  codec: wm8960,
  power: (kit) => [
    t2pSensor({ line: kit.input("power T2P"), isActiveLow: true }),
    inaSensor({ bus: kit.i2c(i2cBus), address: 0x40, chip: "INA226", shuntMicroOhm: 10_000 }),
    supplySensor(openSysfs(), poePlusHat),
  ],
};

/** `--board proto-a`. */
export const protoABoard = {
  facts: protoA.facts,
  open: (options) => openHandset(protoA, drivers, options),
} satisfies Board<DeviceOptions>;
