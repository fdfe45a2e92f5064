// Parts that more than one board has, each described once: a board names them where it lists its own.
import { createCharacterPanel, usualBackpack } from "#hal/drivers/panel-hd44780.ts";
import type { LineRef } from "#hal/linux/gpio/gpio.ts";
import type { SoundCardSpec } from "#hal/linux/media-protocol.ts";
import type { BoardDrivers } from "./device.ts";
import type { I2cPlace } from "./handset-data.ts";

/** The Raspberry Pi's 40-pin header: what the kernel uses for I2C and the console, whatever the SoC's chip is called. */
export function piHeader(soc: string): Readonly<Record<string, LineRef>> {
  return {
    "I2C SDA": { chip: soc, line: 2 },
    "I2C SCL": { chip: soc, line: 3 },
    "console out": { chip: soc, line: 14 },
    "console in": { chip: soc, line: 15 },
  };
}

/** Twenty columns, four rows: an HD44780 behind a PCF8574. */
export const characterGeometry = { kind: "cells", columns: 20, rows: 4 } as const;

/** Where its backpack answers. */
export const characterPlace: I2cPlace = { bus: 1, address: 0x27, chip: "PCF8574 with HD44780" };

/** For people. */
export const characterAttached = "i2c-1 address 0x27, HD44780";

/** The driver of that panel. */
export const characterPanel: BoardDrivers["panel"] = (kit, failed) =>
  createCharacterPanel({
    geometry: characterGeometry,
    bus: kit.i2c(characterPlace.bus),
    address: characterPlace.address,
    wiring: usualBackpack,
    clock: kit.clock,
    failed,
    signal: kit.signal,
  });

/** snd-aloop: what is played on one end of the loop is heard at the other; sub-device 0 is the ear, 1 the mouth. */
export const loopSound = {
  kind: "alsa",
  capture: "plughw:CARD=Loopback,DEV=0,SUBDEV=1",
  playback: "plughw:CARD=Loopback,DEV=0,SUBDEV=0",
} as const satisfies SoundCardSpec;
