// The card of a machine that U-Boot starts: a copy of the image that is changed from outside, while nothing in the guest has
// its boot partition mounted.
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { readBuilt } from "./built.ts";

export type SlotName = "A" | "B";

const mebibyte = 1 << 20;

/** The boot partition begins at 1 MiB, where the others count from. */
const bootMiB = 1;

/** Runs one of mtools on an image's boot partition: what it printed. Their `::NAME` is NAME there. */
export const mtools = (image: string, program: string, ...words: string[]): string =>
  execFileSync(program, ["-i", `${image}@@${bootMiB}M`, ...words], { encoding: "utf8" });

/** Takes a file off an image's boot partition, into a folder. */
export function takeBootFile(image: string, name: string, folder: string): string {
  const path = join(folder, name.replaceAll("/", "-"));
  mtools(image, "mcopy", "-o", `::${name}`, path);
  return path;
}

export interface Card {
  readonly path: string;
  /** What a file of the boot partition holds, e.g. `slot.txt`. */
  read(name: string): string;
  write(name: string, text: string): void;
  remove(name: string): void;
  /** Copies kernel, initramfs, settings and root of a slot over the other. */
  copySlot(from: SlotName, to: SlotName): void;
  /** Writes zeros over the first megabyte of a slot's root file system. */
  damageRoot(slot: SlotName): void;
}

/** Copies an image into the folder; as large as told, as QEMU's card readers want a power of two. */
export function makeCard(folder: string, image: string, bytes?: number): Card {
  const path = join(folder, "card.img");
  execFileSync("cp", ["--sparse=always", image, path]);
  if (bytes !== undefined) truncateSync(path, bytes);
  const part = join(folder, "part");
  const { boot, slot } = readBuilt().partitionsMiB;
  const placeOf = (name: SlotName): number => (bootMiB + boot + (name === "A" ? 0 : slot)) * mebibyte;
  const onCard = (bytesAt: number, content: Uint8Array): void => {
    const card = openSync(path, "r+");
    writeSync(card, content, 0, content.length, bytesAt);
    closeSync(card);
  };
  return {
    path,
    read: (name) => readFileSync(takeBootFile(path, name, folder), "latin1"),
    write(name, text) {
      writeFileSync(part, text, "latin1");
      mtools(path, "mcopy", "-o", part, `::${name}`);
    },
    remove: (name) => void mtools(path, "mdel", `::${name}`),
    copySlot(from, to) {
      mtools(path, "mmd", "-D", "s", `::${to}`);
      for (const name of ["vmlinuz", "initramfs", "settings.txt"])
        mtools(path, "mcopy", "-o", takeBootFile(path, `${from}/${name}`, folder), `::${to}/${name}`);
      const whole = readFileSync(path).subarray(placeOf(from), placeOf(from) + slot * mebibyte);
      onCard(placeOf(to), whole);
    },
    damageRoot: (name) => onCard(placeOf(name), new Uint8Array(mebibyte)),
  };
}
