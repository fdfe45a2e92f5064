// The image that `npm run image` left, and what is missing for this tier.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isInstalled } from "#test/net/prerequisites.ts";

const out = join(import.meta.dirname, "../../flash-image/out");

/** What flash-image/build/image.ts writes beside the image. */
export interface BuiltImage {
  readonly variant: "release" | "development";
  readonly commit: string;
  readonly kernel: string;
  readonly rootHash: string;
  /** For the kernel's command line. */
  readonly settings: string;
  readonly partitionsMiB: { readonly boot: number; readonly slot: number; readonly data: number };
  readonly rootMiB: number;
}

/** Files of the image by what they are. */
export const files = {
  kernel: join(out, "vmlinuz"),
  initramfs: join(out, "initramfs"),
  disk: join(out, "offhook-qemu.img"),
  piCard: join(out, "offhook-pi.img"),
  /** U-Boot of `virt`; that of the Raspberry Pi is on its card. */
  loader: join(out, "u-boot-virt.bin"),
  raspi3Tree: join(out, "raspi3b.dtb"),
  description: join(out, "image.json"),
} as const;

export function readBuilt(): BuiltImage {
  return JSON.parse(readFileSync(files.description, "utf8")) as BuiltImage; // written by our own build
}

/** Sentences that say what is missing; empty when the tier can run. */
export function findMissing(): readonly string[] {
  const programs = {
    "qemu-system-aarch64": "qemu-system-arm",
    "qemu-img": "qemu-utils",
    fdtput: "device-tree-compiler",
    gcc: "gcc libc6-dev libsodium-dev",
    mcopy: "mtools",
    setpriv: "util-linux",
  };
  const missing = Object.entries(programs).filter(([program]) => !isInstalled(program));
  if (missing.length > 0)
    return [
      `The image tier needs ${missing.map(([name]) => name).join(", ")}: apt-get install --no-install-recommends ${missing.map(([, name]) => name).join(" ")} (QEMU 9 or newer: bookworm-backports has it)`,
    ];
  return existsSync(files.description)
    ? []
    : ["There is no image in flash-image/out: npm run image builds it."];
}
