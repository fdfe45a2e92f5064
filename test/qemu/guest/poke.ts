// Runs inside the guest of raspi3b, as root: `poke.mjs ADDRESS REGISTER=VALUE …` writes a chip's registers over the SoC's I2C,
// although a driver of the kernel has it: what the chip would have measured.
import { loadAddon } from "#hal/linux/addons/load.ts";

interface Bus {
  writeByteSync(address: number, register: number, value: number): void;
  closeSync(): void;
}

const [address = "", ...words] = process.argv.slice(2);
const open = loadAddon("i2c-bus")["openSync"] as (bus: number, options: { forceAccess: boolean }) => Bus; // as it documents
const bus = open(1, { forceAccess: true });
for (const word of words) {
  const [register, value] = word.split("=").map(Number);
  bus.writeByteSync(Number(address), register ?? 0, value ?? 0);
}
bus.closeSync();
