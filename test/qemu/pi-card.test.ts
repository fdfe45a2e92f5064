// The card for Raspberry Pi 3 and 4, as far as a build machine can see: its partitions by another program's reading, every
// file that the board's firmware and the script are told to take, its device trees with their overlays, its modules.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { files, readBuilt } from "./built.ts";
import { mtools, takeBootFile } from "./card.ts";

const mebibyte = 1 << 20;
const sectorBytes = 512;
const folder = mkdtempSync(join(tmpdir(), "offhook-card-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (program: string, ...words: string[]): string =>
  execFileSync(program, words, { encoding: "utf8", maxBuffer: 64 * mebibyte });
const take = (name: string): string => takeBootFile(files.piCard, name, folder);
const textOf = (name: string): string => readFileSync(take(name), "latin1");
const names = (): readonly string[] =>
  mtools(files.piCard, "mdir", "-b", "-/", "::")
    .split("\n")
    .map((line) => line.replace("::/", ""));
/** `NAME=VALUE` lines. */
const valuesOf = (text: string, name: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value]) => value ?? "");

test("util-linux reads the four partitions, and the root file system of slot A verifies against the slot's own settings", () => {
  const { boot, slot, data } = readBuilt().partitionsMiB;
  const table = run("partx", "--raw", "--noheadings", "-o", "START,SECTORS,TYPE", files.piCard);
  const sectors = (sizeMiB: number): number => (sizeMiB * mebibyte) / sectorBytes;
  expect(table.trim().split("\n")).toEqual([
    `${sectors(1)} ${sectors(boot)} 0xc`,
    `${sectors(1 + boot)} ${sectors(slot)} 0x83`,
    `${sectors(1 + boot + slot)} ${sectors(slot)} 0x83`,
    `${sectors(1 + boot + 2 * slot)} ${sectors(data)} 0x83`,
  ]);
  const [settings = ""] = valuesOf(textOf("A/settings.txt"), "settings");
  const setting = (name: string): string => new RegExp(`offhook\\.${name}=(\\S+)`).exec(settings)?.[1] ?? "";
  const root = join(folder, "root.img");
  run("dd", `if=${files.piCard}`, `of=${root}`, "bs=1M", `skip=${1 + boot}`, `count=${slot}`, "status=none");
  run("veritysetup", "verify", root, root, setting("roothash"), `--hash-offset=${setting("rootbytes")}`);
});

test("every file is there that the board's firmware takes by itself, by config.txt, and U-Boot by the script", () => {
  const there = names();
  const config = textOf("config.txt");
  const wanted = [
    ...["bootcode.bin", "start.elf", "fixup.dat", "start4.elf", "fixup4.dat"],
    ...["bcm2837-rpi-3-b.dtb", "bcm2837-rpi-3-b-plus.dtb", "bcm2711-rpi-4-b.dtb"],
    ...valuesOf(config, "kernel"),
    ...valuesOf(config, "dtoverlay").map((name) => `overlays/${name}.dtbo`),
    ...[
      "uboot.env",
      "boot.scr",
      "slot.txt",
      "pi3.txt",
      "pi4.txt",
      "A/vmlinuz",
      "A/initramfs",
      "A/settings.txt",
    ],
  ];
  expect(wanted.filter((name) => !there.includes(name))).toEqual([]);
  expect(valuesOf(config, "dtoverlay")).toEqual(["proto-b", "proto-a"]);
  expect(readFileSync(take("A/vmlinuz")).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  expect(textOf("slot.txt")).toContain("slot=A\ntrial=0\n");
});

test.each([
  ["pi3", "bcm2837-rpi-3-b.dtb", "/soc/mmc@7e202000", []],
  ["pi3", "bcm2837-rpi-3-b-plus.dtb", "/soc/mmc@7e202000", []],
  [
    "pi4",
    "bcm2711-rpi-4-b.dtb",
    "/emmc2-bus@fe000000/mmc@7e340000",
    ["/soc/spi@7e204000", "/soc/i2s@7e203000", "/soc/pwm@7e20c000"],
  ],
] as const)(
  "the tree of %s, %s: card, console, I2C and the handset's parts are on",
  (machine, name, card, parts) => {
    const [board = ""] = valuesOf(textOf(`${machine}.txt`), "board");
    const tree = join(folder, "tree.dtb");
    run("fdtoverlay", "-i", take(name), "-o", tree, take(`overlays/${board}.dtbo`));
    const get = (node: string, property: string): string => run("fdtget", tree, node, property).trim();
    expect(get("/aliases", "mmc0")).toBe(card);
    expect(get(get("/aliases", "mmc0"), "status")).toBe("okay");
    expect(get("/chosen", "stdout-path")).toMatch(/^serial1:115200/); // Linux calls it ttyS1
    expect(valuesOf(textOf(`${machine}.txt`), "arguments")[0]).toContain("console=ttyS1,115200");
    for (const node of ["/soc/i2c@7e804000", ...parts])
      expect([node, get(node, "status")]).toEqual([node, "okay"]);
  },
);

test("the root has the modules of both handsets, each in its place", () => {
  const { boot } = readBuilt().partitionsMiB;
  const offset = String((1 + boot) * mebibyte);
  const listing = run("unsquashfs", "-o", offset, "-l", files.piCard);
  for (const board of ["proto-a", "proto-b"]) {
    expect(listing).toContain(`/etc/offhook/${board}.setup`);
    const list = run("unsquashfs", "-o", offset, "-cat", files.piCard, `etc/offhook/${board}.modules`);
    const modules = list.split("\n").filter((line) => line !== "");
    expect(modules.length).toBeGreaterThan(5);
    expect(modules.filter((line) => !listing.includes(line.split(" ")[0] ?? ""))).toEqual([]);
  }
});
