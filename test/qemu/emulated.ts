// What QEMU is told for each of the two machines: `virt`, whose hardware is driven from outside, and `raspi3b`, whose own
// I2C, SPI, SD and USB controllers the kernel's drivers run.
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { files, readBuilt } from "./built.ts";
import { type Card, makeCard, takeBootFile } from "./card.ts";

export interface EmulatedOptions {
  readonly mac: string;
  /** `virt` unless told. */
  readonly kind?: "virt" | "raspi3b";
  /** Who starts the kernel: QEMU unless told; `loader`: U-Boot, with nothing but the card. */
  readonly startedBy?: "loader";
  /** Added to the kernel's command line; a later setting of a name does not replace an earlier one. */
  readonly settings?: string;
  /** Devices of `virt` that are left out. */
  readonly without?: readonly ("panel" | "watchdog")[];
  /** Partition the guest takes for its data; the image's own unless told. */
  readonly dataPartition?: string;
  /** A disk of an earlier machine, to boot it again. */
  readonly disk?: string;
  /** A file put where slot B would be. */
  readonly slotB?: string;
  /** `virt` has a terminal more, for the browser's page (page.ts); not for U-Boot. */
  readonly hasPage?: boolean;
  /** Plain files that the guest of `virt` sees as /dev/vdb, /dev/vdc …: sound in and out. */
  readonly plainDisks?: readonly string[];
}

/**
 * The guest's time is the instructions it was given, 8 ns each: a processor of 125 million a second that is never too slow
 * for its own sound card, however busy this machine is. Only then does the guest's second last longer than ours.
 */
const shift = 3;
/** A card's size must be a power of two. */
const cardBytes = 1 << 30;

const socketIn = (folder: string, name: string): string =>
  `socket,id=${name},path=${join(folder, name)},server=on,wait=off`;

/** What the guest has as its disk. */
export interface MachineDisk {
  readonly path: string;
  readonly format: "qcow2" | "raw";
  /** Where U-Boot starts from it: to be changed from outside. */
  readonly card?: Card;
}

/** Makes the guest's disk in its folder: laid over the image, or for U-Boot a copy of it. */
export function makeDisk(
  folder: string,
  { kind, slotB, startedBy, disk: earlier }: EmulatedOptions,
): MachineDisk {
  if (earlier !== undefined) return { path: earlier, format: "qcow2" };
  if (startedBy === "loader") {
    const card = kind === "raspi3b" ? makePiCard(folder) : makeCard(folder, files.disk);
    return { path: card.path, format: "raw", card };
  }
  const disk = join(folder, "disk.qcow2");
  const size = kind === "raspi3b" ? [String(cardBytes)] : [];
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", "-b", files.disk, "-F", "raw", disk, ...size]);
  if (slotB !== undefined) {
    const { boot, slot } = readBuilt().partitionsMiB;
    const at = `${1 + boot + slot}M`; // the first partition begins at 1 MiB
    execFileSync("qemu-io", ["-f", "qcow2", "-c", `write -s ${slotB} ${at} ${statSync(slotB).size}`, disk]);
  }
  return { path: disk, format: "qcow2" };
}

/** The card for the Raspberry Pi, but for the handset that QEMU is. */
function makePiCard(folder: string): Card {
  const card = makeCard(folder, files.piCard, cardBytes);
  card.write("pi3.txt", readFileSync(takeBootFile(files.disk, "pi3.txt", folder), "latin1"));
  return card;
}

const socketNames = ({ hasPage }: EmulatedOptions): readonly string[] => [
  ...["serial", "shell", "console"],
  ...(hasPage === true ? ["page"] : []),
];

/** QEMU's command line. */
export function wordsFor(folder: string, disk: MachineDisk, options: EmulatedOptions): readonly string[] {
  return [
    ...[
      "-accel",
      "tcg,thread=single",
      "-icount",
      `shift=${shift},sleep=on`,
      "-nodefaults",
      "-display",
      "none",
    ],
    ...["-netdev", `stream,id=net,server=off,addr.type=unix,addr.path=${join(folder, "net")}`],
    ...socketNames(options).flatMap((name) => ["-chardev", socketIn(folder, name)]),
    ...["-qmp", `unix:${join(folder, "qmp")},server=on,wait=off`],
    ...["-qtest", `unix:${join(folder, "qtest")},server=on,wait=off`, "-qtest-log", "none"],
    ...(options.kind === "raspi3b" ? raspi3Words(folder, disk, options) : virtWords(folder, disk, options)),
  ];
}

/** What starts first, and what it is told. */
function starterFor(
  folder: string,
  options: EmulatedOptions,
  settings: readonly string[],
): readonly string[] {
  if (options.startedBy !== "loader")
    return ["-kernel", files.kernel, "-initrd", files.initramfs, "-append", settings.join(" ")];
  return options.kind === "raspi3b"
    ? ["-kernel", takeBootFile(files.piCard, "u-boot.bin", folder)]
    : ["-bios", files.loader];
}

const settingsFor = (
  board: string,
  partition: (number: number) => string,
  options: EmulatedOptions,
): readonly string[] => [
  "quiet loglevel=6 panic=5",
  `offhook.board=${board} offhook.root=${partition(2)}`,
  `offhook.data=${options.dataPartition ?? partition(4)}`,
  readBuilt().settings,
  ...(options.settings === undefined ? [] : [options.settings]),
];

function virtWords(folder: string, disk: MachineDisk, options: EmulatedOptions): readonly string[] {
  const without = options.without ?? [];
  const settings = [
    "console=ttyAMA0 vt.global_cursor_default=0 fbcon=map:1",
    ...settingsFor("qemu-virt", (number) => `/dev/vda${number}`, options),
    `offhook.consoles=ttyAMA0,hvc1${options.hasPage === true ? ",hvc2" : ""} offhook.shell=hvc0`,
  ];
  return [
    ...["-M", "virt,gic-version=3", "-cpu", "cortex-a72", "-smp", "2", "-m", "768"],
    ...starterFor(folder, options, settings),
    ...["-drive", `file=${disk.path},format=${disk.format},if=virtio,cache=unsafe`],
    ...(options.plainDisks ?? []).flatMap((path) => ["-drive", `file=${path},format=raw,if=virtio`]),
    ...["-device", `virtio-net-pci,netdev=net,mac=${options.mac},romfile=`],
    ...["-netdev", `stream,id=computer,server=off,addr.type=unix,addr.path=${join(folder, "computer")}`],
    ...["-device", "virtio-net-pci,netdev=computer,romfile="],
    ...["-serial", "chardev:serial", "-device", "virtio-serial-pci"],
    ...["-device", "virtconsole,chardev=shell", "-device", "virtconsole,chardev=console"],
    ...(options.hasPage === true ? ["-device", "virtconsole,chardev=page"] : []),
    ...(without.includes("panel") ? [] : ["-device", "virtio-gpu-pci,xres=320,yres=240,romfile="]),
    ...(without.includes("watchdog") ? [] : ["-device", "i6300esb"]),
  ];
}

/** Where the bytes of the I2C buses and of the SPI chip are written in their order, one line each. */
export const traceIn = (folder: string): string => join(folder, "trace");

/** Where what the sound card on USB is told is written, as libpcap has it. */
export const usbTraceIn = (folder: string): string => join(folder, "usb.pcap");

/** A power management chip; its interrupt is a GPIO line that QEMU never moves. */
const powerChip = { address: 0x34, interruptLine: 17, isLevelLow: 8 } as const;

/**
 * At 0x27, where the panel's expander is, something that takes every byte; at chip select 0 a flash chip. The expander at 0x60
 * has the hook and the keys, that at 0x61 a line for a test. QEMU's Bluetooth is none: its port is the phone's console.
 * Network card, root shell and a sound card are on USB.
 */
function raspi3Words(folder: string, disk: MachineDisk, options: EmulatedOptions): readonly string[] {
  const settings = [
    "console=ttyS1,115200",
    ...settingsFor("qemu-raspi3", (number) => `/dev/mmcblk0p${number}`, options),
    "offhook.consoles=ttyAMA0 offhook.shell=ttyUSB0",
  ];
  return [
    ...["-M", "raspi3b", "-dtb", raspi3Tree(folder, options), ...starterFor(folder, options, settings)],
    ...["-drive", `file=${disk.path},format=${disk.format},if=sd,cache=unsafe`],
    ...["-serial", "chardev:console", "-serial", "chardev:serial"],
    ...["-device", "usb-hub,bus=usb-bus.0,port=1"],
    ...["-device", `usb-net,bus=usb-bus.0,port=1.1,netdev=net,mac=${options.mac}`],
    ...["-device", "usb-serial,bus=usb-bus.0,port=1.2,chardev=shell"],
    ...["-device", "at24c-eeprom,bus=i2c-bus.1,address=0x27,rom-size=256"],
    ...["-device", "tmp105,bus=i2c-bus.1,address=0x48,id=thermometer"],
    ...["-device", `axp209_pmu,bus=i2c-bus.1,address=${powerChip.address}`],
    ...["-device", "pca9552,bus=i2c-bus.1,address=0x60,id=expander"],
    ...["-device", "pca9552,bus=i2c-bus.1,address=0x61"],
    ...["-device", "ssd0303,bus=i2c-bus.1,address=0x3c,id=oled"],
    ...["-device", "m25p16,bus=spi"],
    ...["-audiodev", "none,id=nothing"],
    ...["-device", `usb-audio,bus=usb-bus.0,port=1.3,audiodev=nothing,pcap=${usbTraceIn(folder)}`],
    ...["-trace", "i2c_send", "-trace", "m25p80_transfer", "-D", traceIn(folder)],
  ];
}

/** The stock tree, or for U-Boot what the board's firmware makes of it; with a device at SPI 0 that spidev takes, and without the Bluetooth chip at the first serial port. */
function raspi3Tree(folder: string, { startedBy }: EmulatedOptions): string {
  const tree = join(folder, "tree.dtb");
  if (startedBy === "loader") execFileSync("fdtoverlay", overlaid(folder, tree));
  else copyFileSync(files.raspi3Tree, tree);
  const run = (program: string, ...words: string[]): string =>
    execFileSync(program, words, { encoding: "utf8" }).trim();
  const spi = "/soc/spi@7e204000";
  const gpio = run("fdtget", tree, "/soc/gpio@7e200000", "phandle");
  run("fdtput", "-r", tree, "/soc/serial@7e201000/bluetooth");
  run("fdtput", "-t", "s", tree, spi, "status", "okay");
  run("fdtput", "-d", tree, spi, "dmas", "dma-names"); // QEMU's controller takes one byte of each word of a long transfer
  run("fdtput", "-t", "i", tree, spi, "cs-gpios", gpio, "8", "1");
  run("fdtput", "-c", tree, `${spi}/device@0`);
  run("fdtput", "-t", "s", tree, `${spi}/device@0`, "compatible", "rohm,dh2228fv"); // one of spidev's own list
  run("fdtput", "-t", "i", tree, `${spi}/device@0`, "reg", "0");
  run("fdtput", "-t", "i", tree, `${spi}/device@0`, "spi-max-frequency", "1000000");
  // the power chip, which only the tree can tell the kernel of
  const power = `/soc/i2c@7e804000/pmic@${powerChip.address.toString(16)}`;
  const child = (name: string, compatible: string): string => {
    run("fdtput", "-c", tree, name);
    run("fdtput", "-t", "s", tree, name, "compatible", compatible);
    return name;
  };
  child(power, "x-powers,axp209");
  const numbers = (node: string, name: string, ...values: readonly (number | string)[]): string =>
    run("fdtput", "-t", "i", tree, node, name, ...values.map(String));
  numbers(power, "reg", powerChip.address);
  numbers(power, "interrupt-parent", gpio);
  numbers(power, "interrupts", powerChip.interruptLine, powerChip.isLevelLow);
  run("fdtput", tree, power, "interrupt-controller");
  numbers(power, "#interrupt-cells", 1);
  child(`${power}/usb-power`, "x-powers,axp202-usb-power-supply");
  numbers(child(`${power}/adc`, "x-powers,axp209-adc"), "#io-channel-cells", 1);
  return tree;
}

/** What the board's firmware does to the tree by the card's config.txt. */
function overlaid(folder: string, tree: string): readonly string[] {
  const take = (name: string): string => takeBootFile(files.piCard, name, folder);
  return ["-i", take("bcm2837-rpi-3-b.dtb"), "-o", tree, take("overlays/proto-b.dtbo")];
}
