// The boot partition: the boot loader's script and settings, and each slot's kernel, initramfs and settings.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { hashOf, root, step } from "./cache.ts";
import { type DebianOptions, fetchAll, unpack } from "./debian.ts";
import type { Kernel } from "./kernel.ts";
import { run } from "./run.ts";

/** Files of the boot partition by their name there: a path, or what is in them. */
export type BootFiles = Readonly<Record<string, string | Buffer>>;

export type Card = "qemu" | "pi";

const sources = join(root, "flash-image/boot");

/** What came of Debian's boot packages. */
export interface Loaders {
  /** U-Boot for QEMU's `virt`: its firmware, not on the card. */
  readonly qemu: string;
  /** U-Boot for Raspberry Pi 3 and 4: what the firmware of the board starts from the card. */
  readonly pi: string;
  /** The folder of the Raspberry Pi's own firmware. */
  readonly firmware: string;
  readonly firmwareLicence: string;
}

export async function prepareLoaders(options: DebianOptions): Promise<Loaders> {
  const packages = fetchAll("boot", options);
  const folder = await step(
    "loaders",
    packages.map((path) => basename(path)),
    (out) => unpack(packages, out),
  );
  return {
    qemu: join(folder, "usr/lib/u-boot/qemu_arm64/u-boot.bin"),
    pi: join(folder, "usr/lib/u-boot/rpi_arm64/u-boot.bin"),
    firmware: join(folder, "usr/lib/raspi-firmware"),
    firmwareLicence: join(folder, "usr/share/doc/raspi-firmware/copyright"),
  };
}

/** The kernel as a slot has it: packed, for a card is slow. */
export async function packKernel(kernel: Kernel): Promise<string> {
  const folder = await step("packed-kernel", ["gzip -9", hashOf(kernel.image)], (out) => {
    run("sh", ["-c", 'gzip -9 -n -c "$1" > "$2"', "sh", kernel.image, join(out, "vmlinuz")]);
  });
  return join(folder, "vmlinuz");
}

const headBytes = 64;
/** U-Boot's include/image.h: Linux, arm64, script. */
const script = { magic: 0x27051956, system: 5, machine: 22, type: 6 } as const;

/** A script in U-Boot's legacy image format; its time is 0, so that the same text gives the same bytes. */
export function scriptImage(text: Buffer): Buffer {
  const data = Buffer.concat([Buffer.alloc(8), text]); // lengths of the texts, a zero after the last
  data.writeUInt32BE(text.length, 0);
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(script.magic, 0);
  head.writeUInt32BE(data.length, 12);
  head.writeUInt32BE(crc32(data), 24);
  head.set([script.system, script.machine, script.type], 28);
  head.write("Offhook", 32);
  head.writeUInt32BE(crc32(head), 4);
  return Buffer.concat([head, data]);
}

/** CONFIG_ENV_SIZE of rpi_arm64. */
const environmentBytes = 0x4000;

/** U-Boot's environment as a file (U-Boot's env/common.c: a checksum, then texts that each end in a zero). */
function environmentImage(text: string): Buffer {
  const texts = Buffer.alloc(environmentBytes - 4);
  texts.write(text.replaceAll("\n", "\0"));
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(texts));
  return Buffer.concat([sum, texts]);
}

/** What one slot has on the boot partition; an update brings the same. */
export interface SlotParts {
  readonly kernel: string;
  readonly initramfs: string;
  /** A line `settings=…`, for the kernel's command line. */
  readonly settings: Buffer;
}

const slotFiles = (slot: "A" | "B", { kernel, initramfs, settings }: SlotParts): BootFiles => ({
  [`${slot}/vmlinuz`]: kernel,
  [`${slot}/initramfs`]: initramfs,
  [`${slot}/settings.txt`]: settings,
});

/** Slot A confirmed, slot B empty; and what the machines of this card read. */
export function bootFiles(card: Card, parts: SlotParts): BootFiles {
  const own = readdirSync(join(sources, card)).map((name) => [name, join(sources, card, name)] as const);
  return {
    "boot.scr": scriptImage(readFileSync(join(sources, "boot.cmd"))),
    "uboot.env": environmentImage(readFileSync(join(sources, "environment.txt"), "latin1")),
    "slot.txt": Buffer.from("slot=A\ntrial=0\ntries=0\nother=bad\n"),
    ...Object.fromEntries(own),
    ...slotFiles("A", parts),
  };
}
