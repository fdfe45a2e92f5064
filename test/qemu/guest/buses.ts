// Runs inside the guest of raspi3b, as root: a thermometer on the SoC's I2C, an address where nobody is, a flash chip on its
// SPI through spidev. Prints one JSON object.
import { HalError } from "#hal/contract/errors.ts";
import { openI2cBus } from "#hal/linux/bus/i2c.ts";
import { openSpiDevice } from "#hal/linux/bus/spi.ts";

const thermometer = 0x48;
const nobody = 0x50;
const readIdentity = 0x9f;

const i2c = openI2cBus(1);
const [whole = 0, part = 0] = i2c.transfer(thermometer, Uint8Array.of(0), 2);
let absent = "answers";
try {
  i2c.transfer(nobody, Uint8Array.of(0), 0);
} catch (error) {
  if (!(error instanceof HalError)) throw error;
  absent = error.code;
}
i2c.close();

const spi = openSpiDevice({ bus: 0, chipSelect: 0, mode: 0, maxSpeedHz: 500_000 });
const [, ...identity] = spi.transfer(Uint8Array.of(readIdentity, 0, 0, 0));
spi.close();

console.log(JSON.stringify({ temperatureC: whole + part / 256, absent, identity }));
