// `npm run image [-- --locked] [--variant release|development] [--update-lock] [--twice] [--version V] [--out FOLDER]`: builds
// what is flashed, what QEMU starts and what a phone installs. What did not change since the last build is taken from the cache.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sourceStamp } from "../bundle.ts";
import { bootFiles, packKernel, prepareLoaders } from "./boot.ts";
import { cacheFolder, root, say } from "./cache.ts";
import { updateLock } from "./debian.ts";
import { sizeMiB, sizes, writeDisk } from "./disk.ts";
import { buildInitramfs } from "./initramfs.ts";
import { prepareKernel } from "./kernel.ts";
import { readKey } from "./key.ts";
import { piFiles } from "./pi.ts";
import { buildBundle, buildInit, buildModules } from "./programs.ts";
import { buildRoot, type Variant, veritySettings } from "./root-file-system.ts";
import { isInstalled } from "./run.ts";
import { isSameTwice } from "./twice.ts";
import { writeUpdate } from "./update.ts";

/** Program and the Debian package that has it. */
const programs = {
  "apt-get": "apt",
  "dpkg-deb": "dpkg",
  depmod: "kmod",
  mksquashfs: "squashfs-tools",
  veritysetup: "cryptsetup-bin",
  "mkfs.vfat": "dosfstools",
  mcopy: "mtools",
  gzip: "gzip",
  dtc: "device-tree-compiler",
  "mkfs.ext4": "e2fsprogs",
  "aarch64-linux-gnu-gcc": "gcc-aarch64-linux-gnu",
  "aarch64-linux-gnu-g++": "g++-aarch64-linux-gnu",
  "qemu-aarch64": "qemu-user",
  xz: "xz-utils",
  make: "make",
  python3: "python3",
} as const;

/** Ends with 2 and a sentence where the machine lacks something. */
function requireProgramsOrExit(): void {
  process.env["PATH"] = `${process.env["PATH"]}:/usr/sbin:/sbin`;
  const missing = Object.entries(programs).filter(([program]) => !isInstalled(program));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))].join(" ");
  process.stderr.write(
    `The image needs ${missing.map(([name]) => name).join(", ")}: apt-get install --no-install-recommends ${packages}\n`,
  );
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    locked: { type: "boolean", default: false },
    variant: { type: "string", default: "development" },
    "update-lock": { type: "boolean", default: false },
    twice: { type: "boolean", default: false },
    version: { type: "string", default: sourceStamp().version },
    out: { type: "string", default: join(root, "flash-image/out") },
  },
});
const variant: Variant = values.variant === "release" ? "release" : "development";
requireProgramsOrExit();
mkdirSync(cacheFolder, { recursive: true });
if (values["update-lock"]) {
  updateLock();
  process.exit(0);
}
const options = { isLocked: values.locked };
const startMs = performance.now();
const kernel = await prepareKernel(options);
const modules = await buildModules();
const bundle = await buildBundle(values.version);
const init = await buildInit(options);
const key = readKey();
const inputs = { variant, kernel, modules, bundle, init, imageKey: key.publicHex };
const rootImage = await buildRoot(inputs, options);
const initramfs = await buildInitramfs(kernel, init);
const loaders = await prepareLoaders(options);
const stamp = sourceStamp();
const settings = `${veritySettings(rootImage)} offhook.version=${values.version}`;
const parts = {
  kernel: await packKernel(kernel),
  initramfs,
  root: rootImage.path,
  settings: Buffer.from(`settings=${settings}\n`),
};

const out = resolve(values.out);
mkdirSync(out, { recursive: true });
copyFileSync(kernel.image, join(out, "vmlinuz"));
copyFileSync(join(kernel.trees, "bcm2837-rpi-3-b.dtb"), join(out, "raspi3b.dtb"));
copyFileSync(initramfs, join(out, "initramfs"));
copyFileSync(rootImage.path, join(out, "root.img"));
const work = join(cacheFolder, "disk");
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const cards = {
  "offhook-qemu.img": bootFiles("qemu", parts),
  "offhook-pi.img": { ...bootFiles("pi", parts), ...(await piFiles(kernel, loaders)) },
};
for (const [name, boot] of Object.entries(cards))
  writeDisk({ path: join(out, name), boot, rootA: rootImage.path, rootB: undefined }, work);
rmSync(work, { recursive: true });
copyFileSync(loaders.qemu, join(out, "u-boot-virt.bin"));
const manifest = writeUpdate({ version: values.version, parts, key }, join(out, "update"));
writeFileSync(
  join(out, "image.json"),
  `${JSON.stringify({ variant, version: values.version, commit: stamp.commit, kernel: kernel.release, rootHash: rootImage.rootHash, settings, partitionsMiB: sizes, rootMiB: sizeMiB(rootImage.path) }, null, 2)}\n`,
);
say(`root file system ${sizeMiB(rootImage.path)} MiB, hash ${rootImage.rootHash}`);
say(`${((performance.now() - startMs) / 1000).toFixed(1)} s in all; see ${relative(process.cwd(), out)}`);
if (values.twice) {
  const words = ["--variant", variant, "--version", values.version, ...(values.locked ? ["--locked"] : [])];
  const isSame = isSameTwice({ words, keyPath: key.path, manifest: relative(out, manifest) });
  process.exitCode = isSame ? 0 : 1;
}
