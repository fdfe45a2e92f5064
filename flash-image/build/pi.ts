// What a card for Raspberry Pi 3 and 4 has besides: the board's own firmware, U-Boot, device trees and what each handset's
// parts add to them.
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { BootFiles, Loaders } from "./boot.ts";
import { hashOf, root, step } from "./cache.ts";
import type { Kernel } from "./kernel.ts";
import { run } from "./run.ts";

const overlays = join(root, "flash-image/boot/overlays");

/** The first stage of the Pi 3 (the Pi 4 has it in its EEPROM), and what each of them loads next. */
const firmware = ["bootcode.bin", "start.elf", "fixup.dat", "start4.elf", "fixup4.dat"];

/** Trees by the names that the firmware looks for, and the overlay that config.txt names for each. */
const trees = {
  "bcm2837-rpi-3-b.dtb": "proto-b",
  "bcm2837-rpi-3-b-plus.dtb": "proto-b",
  "bcm2711-rpi-4-b.dtb": "proto-a",
} as const;

/** The folder of compiled overlays; each is tried on its trees here, for the board's firmware would only go on without it. */
function buildOverlays(kernel: Kernel): Promise<string> {
  return step("overlays", [kernel.release, hashOf(overlays), JSON.stringify(trees)], (out) => {
    for (const name of readdirSync(overlays)) {
      const compiled = join(out, `${basename(name, ".dts")}.dtbo`);
      run("dtc", ["-@", "-q", "-I", "dts", "-O", "dtb", "-o", compiled, join(overlays, name)]);
    }
    for (const [tree, overlay] of Object.entries(trees)) {
      const words = ["-i", join(kernel.trees, tree), "-o", "/dev/null", join(out, `${overlay}.dtbo`)];
      run("fdtoverlay", words);
    }
  });
}

/** Files of the boot partition, beside those of every card. */
export async function piFiles(kernel: Kernel, loaders: Loaders): Promise<BootFiles> {
  const compiled = await buildOverlays(kernel);
  const named = (names: readonly string[], folder: string, place = ""): BootFiles =>
    Object.fromEntries(names.map((name) => [`${place}${name}`, join(folder, name)]));
  return {
    "u-boot.bin": loaders.pi,
    "LICENCE.firmware": loaders.firmwareLicence,
    ...named(firmware, loaders.firmware),
    ...named(Object.keys(trees), kernel.trees),
    ...named(readdirSync(compiled).sort(), compiled, "overlays/"),
  };
}
