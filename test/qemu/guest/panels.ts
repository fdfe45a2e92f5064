// Runs inside the guest of raspi3b, as root: the driver of one-bit panels shows a picture on QEMU's SSD0303 over I2C, and as
// an ST7565 is told over spidev, with data/command on a line of an expander. Prints one JSON object.

import { pca9552 } from "#hal/drivers/expander-chips.ts";
import { createExpanderLines } from "#hal/drivers/expander-lines.ts";
import {
  createPagePanel,
  type PageController,
  type PagePort,
  spiPagePort,
  st7565,
} from "#hal/drivers/panel-1bit.ts";
import { openI2cBus } from "#hal/linux/bus/i2c.ts";
import { openSpiDevice } from "#hal/linux/bus/spi.ts";
import { createRealClock } from "#test/lab/real-time.ts";
import { patternFrame } from "./pattern.ts";

const oled = { address: 0x3c, width: 96, height: 16 } as const;
const failures: string[] = [];
const failed = (error: Error): void => void failures.push(error.message);
const i2c = openI2cBus(1);

/** OSRAM's Pictiva panel of 96 × 16 on a Solomon SSD0303, as QEMU has it. */
const ssd0303: PageController = {
  name: "SSD0303",
  columnOffset: 36,
  initialise: (port) => port.command(0xa0, 0xa4, 0xa6, 0x40, 0xaf),
  seek: (port, page, column) => port.command(0xb0 | page, column & 0x0f, 0x10 | (column >> 4)),
  setContrast: (port, percent) => port.command(0x81, percent),
};
/** Each command in a transfer of its own, behind a control byte that says that one follows: QEMU knows no other way. */
const oledPort: PagePort = {
  command(...bytes) {
    for (const byte of bytes) i2c.transfer(oled.address, Uint8Array.of(0x80, byte), 0);
  },
  data: (bytes) => void i2c.transfer(oled.address, Uint8Array.of(0x40, ...bytes), 0),
};
const { width, height } = oled;
createPagePanel({
  geometry: { kind: "pixels", width, height, depthBits: 1 },
  controller: ssd0303,
  port: oledPort,
  failed,
}).show(patternFrame(width, height));

const ended = new AbortController();
const lines = createExpanderLines({
  bus: i2c,
  address: 0x61,
  chip: pca9552,
  notice: { kind: "poll", everyMs: 1000 },
  clock: createRealClock(),
  failed,
  signal: ended.signal,
});
const spi = openSpiDevice({ bus: 0, chipSelect: 0, mode: 0, maxSpeedHz: 500_000 });
createPagePanel({
  geometry: { kind: "pixels", width: 128, height: 64, depthBits: 1 },
  controller: st7565,
  port: spiPagePort(spi, lines.output(0, true)),
  failed,
}).show(patternFrame(128, 64));
ended.abort();
spi.close();
i2c.close();
console.log(JSON.stringify({ failures }));
process.exit(0);
