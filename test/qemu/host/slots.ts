// Init's slot code, compiled for this machine, on a folder of files that stands for a card.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const sources = join(import.meta.dirname, "../../../flash-image/init");
const wrapped = ["write", "open", "rename", "unlink", "mkdir", "fsync"];
/** Of a slot's partition. */
const partitionBytes = 512 * 1024;

/** What init said, and what it took. */
export interface Answer {
  /** `done`, or `failed CODE SENTENCE`. */
  readonly end: string;
  /** Whether the old content of the other slot was taken out of use. */
  readonly isEmptied: boolean;
  /** Calls that change a file. */
  readonly calls: number;
  readonly memoryKiB: number;
}

export interface Compiled {
  readonly folder: string;
  readonly program: string;
  readonly key: KeyObject;
}

const publicHexOf = (key: KeyObject): string =>
  Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url").toString("hex");

/** Compiles it; with checks it ends at the first access outside of what it owns. */
export function compileSlots(isChecked: boolean): Compiled {
  const folder = mkdtempSync("/dev/shm/offhook-slots-"); // in memory: every call that syncs costs nothing
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  writeFileSync(join(folder, "key"), `${publicHexOf(publicKey)}\n`);
  const program = join(folder, "slots");
  execFileSync("gcc", [
    ...["-std=gnu17", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-o", program],
    `-Dimage_key_path="${join(folder, "key")}"`,
    `-Wl,${wrapped.map((name) => `--wrap=${name}`).join(",")}`,
    ...(isChecked ? ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"] : []),
    ...["slots.c", "manifest.c", "part.c", "write-slot.c"].map((name) => join(sources, name)),
    join(import.meta.dirname, "slots.c"),
    "-lsodium",
  ]);
  return { folder, program, key: privateKey };
}

export interface Parts {
  readonly kernel: Buffer;
  readonly initramfs: Buffer;
  readonly root: Buffer;
  readonly settings: Buffer;
}

const orderOf = ({ kernel, initramfs, root, settings }: Parts): readonly (readonly [string, Buffer])[] => [
  ["kernel", kernel],
  ["initramfs", initramfs],
  ["root", root],
  ["settings", settings],
];

/** Bytes that are those of no other name, or length. */
export function bytesOf(name: string, length: number): Buffer {
  const block = createHash("sha512").update(`${name} ${length}`).digest();
  return Buffer.alloc(length, block);
}

export const partsOf = (name: string): Parts => ({
  kernel: bytesOf(`${name} kernel`, 150_000),
  initramfs: bytesOf(`${name} initramfs`, 30_000),
  root: bytesOf(`${name} root`, 300_000),
  settings: Buffer.from(`settings=offhook.version=${name}\n`),
});

/** The lines of a manifest before its signature. */
export function linesOf(parts: Parts, name = "offhook-0.2.0", boards = "proto-a desk"): string[] {
  const lines = orderOf(parts).map(
    ([part, bytes]) => `${part} ${bytes.length} ${createHash("sha256").update(bytes).digest("hex")}`,
  );
  return ["offhook-image 1", `name ${name}`, "version 0.2.0", `boards ${boards}`, ...lines];
}

/** With its signature. */
export function signed(lines: readonly string[], key: KeyObject): Buffer {
  const text = Buffer.from(`${lines.join("\n")}\n`, "latin1");
  return Buffer.concat([text, Buffer.from(`signature ${sign(null, text, key).toString("hex")}\n`)]);
}

/** Manifest and parts, as they come over the socket. */
export const bundleOf = (manifest: Buffer, parts: Parts): Buffer =>
  Buffer.concat([manifest, ...orderOf(parts).map(([, bytes]) => bytes)]);

/** A card: slot A runs and is confirmed; slot B holds an older image. */
export class Card {
  readonly folder: string;
  readonly #compiled: Compiled;
  readonly running = partsOf("0.1.0");

  constructor(compiled: Compiled) {
    this.#compiled = compiled;
    this.folder = mkdtempSync(join(compiled.folder, "card-"));
    this.#place("A", "disk2", this.running);
    this.#place("B", "disk3", partsOf("0.0.9"));
    writeFileSync(join(this.folder, "slot.txt"), "slot=A\ntries=0\ntrial=0\nother=good\n");
  }

  #place(slot: string, partition: string, parts: Parts): void {
    mkdirSync(join(this.folder, slot));
    writeFileSync(join(this.folder, slot, "vmlinuz"), parts.kernel);
    writeFileSync(join(this.folder, slot, "initramfs"), parts.initramfs);
    writeFileSync(join(this.folder, slot, "settings.txt"), parts.settings);
    writeFileSync(
      join(this.folder, partition),
      Buffer.concat([parts.root, Buffer.alloc(partitionBytes - parts.root.length)]),
    );
  }

  /** Undefined: the process was gone before its end. */
  run(
    words: readonly string[],
    bundle: Buffer,
    settings: Readonly<Record<string, string>> = {},
  ): Answer | undefined {
    const { program } = this.#compiled;
    const file = join(this.folder, "bundle");
    writeFileSync(file, bundle);
    const input = openSync(file, "r");
    const own = { offhook_slot: "A", offhook_board: "desk", offhook_root: join(this.folder, "disk2") };
    const { status, stdout, stderr } = spawnSync(program, words, {
      stdio: [input, "pipe", "pipe"],
      encoding: "utf8",
      env: { ...own, offhook_boot: this.folder, ...settings },
    });
    closeSync(input);
    if (status === 99) return undefined;
    if (status !== 0) throw new Error(`slots ended with ${status}: ${stderr}`);
    const value = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(stdout)?.[1]);
    const end = /^(done|failed .*)$/m.exec(stdout)?.[1] ?? stdout;
    const isEmptied = stdout.includes("progress 0");
    return { end, isEmptied, calls: value("calls"), memoryKiB: value("memory") };
  }

  install(bundle: Buffer, settings: Readonly<Record<string, string>> = {}): Answer | undefined {
    return this.run(["install", "offhook-0.2.0"], bundle, settings);
  }

  slotFile(): string {
    return readFileSync(join(this.folder, "slot.txt"), "utf8").trim().replaceAll("\n", " ");
  }

  /** Whether everything of these parts is in the slot. */
  holds(slot: "A" | "B", parts: Parts): boolean {
    const read = (name: string): Buffer | undefined => {
      try {
        return readFileSync(join(this.folder, name));
      } catch {
        return undefined;
      }
    };
    const root = read(slot === "A" ? "disk2" : "disk3");
    const same = (bytes: Buffer | undefined, wanted: Buffer): boolean => bytes?.equals(wanted) === true;
    return (
      same(read(`${slot}/vmlinuz`), parts.kernel) &&
      same(read(`${slot}/initramfs`), parts.initramfs) &&
      same(read(`${slot}/settings.txt`), parts.settings) &&
      same(root?.subarray(0, parts.root.length), parts.root)
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
