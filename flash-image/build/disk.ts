// The card's image: an MBR with a boot partition for the boot loader, two slots for root file systems, and the data.
import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BootFiles } from "./boot.ts";
import { run } from "./run.ts";

const mebibyte = 1 << 20;
const sectorBytes = 512;

/**
 * Sizes in MiB. The first partition begins at 1 MiB, where every card's erase block does; the data partition is last, so
 * that it can be made larger on a larger card.
 */
export const sizes = { boot: 128, slot: 192, data: 64 } as const;

/** Partition types: FAT32 (LBA), Linux. */
const types = { boot: 0x0c, linux: 0x83 } as const;

/** Fixed, and its times with it, so that the same inputs give the same image. */
const dataUuid = "6f666668-6f6f-6b00-8000-000000000002";

export interface DiskOptions {
  readonly path: string;
  readonly boot: BootFiles;
  readonly rootA: string;
  /** A second slot that was never written is left empty. */
  readonly rootB: string | undefined;
}

interface Partition {
  readonly type: number;
  readonly firstMiB: number;
  readonly sizeMiB: number;
}

const partitions: readonly Partition[] = [
  { type: types.boot, firstMiB: 1, sizeMiB: sizes.boot },
  { type: types.linux, firstMiB: 1 + sizes.boot, sizeMiB: sizes.slot },
  { type: types.linux, firstMiB: 1 + sizes.boot + sizes.slot, sizeMiB: sizes.slot },
  { type: types.linux, firstMiB: 1 + sizes.boot + 2 * sizes.slot, sizeMiB: sizes.data },
];

/** The first sector. Addresses by cylinder are 0xfffffe: nothing reads them. */
function partitionTable(): Buffer {
  const sector = Buffer.alloc(sectorBytes);
  sector.writeUInt32LE(0x6f66_6f66, 440); // a disk signature of our own, the same in every image
  for (const [index, { type, firstMiB, sizeMiB }] of partitions.entries()) {
    const at = 446 + index * 16;
    sector.writeUInt8(index === 0 ? 0x80 : 0, at);
    sector.writeUIntBE(0xfeffff, at + 1, 3);
    sector.writeUInt8(type, at + 4);
    sector.writeUIntBE(0xfeffff, at + 5, 3);
    sector.writeUInt32LE((firstMiB * mebibyte) / sectorBytes, at + 8);
    sector.writeUInt32LE((sizeMiB * mebibyte) / sectorBytes, at + 12);
  }
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

function placeAt(disk: number, path: string, { firstMiB, sizeMiB }: Partition): void {
  const bytes = readFileSync(path);
  if (bytes.length > sizeMiB * mebibyte)
    throw new Error(`${path}: ${bytes.length} bytes, the partition holds ${sizeMiB} MiB`);
  writeSync(disk, bytes, 0, bytes.length, firstMiB * mebibyte);
}

function emptyFile(path: string, sizeMiB: number): void {
  writeFileSync(path, "");
  truncateSync(path, sizeMiB * mebibyte);
}

/** mtools takes the time of each file and folder from there: the first that FAT knows. */
const fatTime = { env: { SOURCE_DATE_EPOCH: String(Date.UTC(1980, 0, 1) / 1000), TZ: "UTC" } };

function makeBoot(files: BootFiles, folder: string): string {
  const boot = join(folder, "boot.vfat");
  emptyFile(boot, sizes.boot);
  run("mkfs.vfat", ["--invariant", "-F", "32", "-n", "OFFHOOK", boot]);
  const folders = new Set(Object.keys(files).map(dirname));
  folders.delete(".");
  for (const name of folders) run("mmd", ["-i", boot, `::${name}`], fatTime);
  for (const [name, from] of Object.entries(files)) {
    const source = typeof from === "string" ? from : join(folder, "part");
    if (typeof from !== "string") writeFileSync(source, from);
    run("mcopy", ["-o", "-i", boot, source, `::${name}`], fatTime);
  }
  return boot;
}

/** Writes the image; `folder` is for the parts it is made of. */
export function writeDisk(options: DiskOptions, folder: string): void {
  const [bootPlace, placeA, placeB, dataPlace] = partitions;
  if (bootPlace === undefined || placeA === undefined || placeB === undefined || dataPlace === undefined)
    return;
  const boot = makeBoot(options.boot, folder);
  const data = join(folder, "data.ext4");
  emptyFile(data, sizes.data);
  run(
    "mkfs.ext4",
    ["-q", "-F", "-L", "offhook-data", "-U", dataUuid, "-E", `hash_seed=${dataUuid}`, data],
    { env: { E2FSPROGS_FAKE_TIME: "1" } }, // 0 would be the present
  );
  emptyFile(options.path, 1 + sizes.boot + 2 * sizes.slot + sizes.data);
  const disk = openSync(options.path, "r+");
  writeSync(disk, partitionTable(), 0, sectorBytes, 0);
  placeAt(disk, boot, bootPlace);
  placeAt(disk, options.rootA, placeA);
  if (options.rootB !== undefined) placeAt(disk, options.rootB, placeB);
  placeAt(disk, data, dataPlace);
  closeSync(disk);
}

/** In MiB, for the report of a build. */
export const sizeMiB = (path: string): number => Math.round((statSync(path).size / mebibyte) * 10) / 10;
