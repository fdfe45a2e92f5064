// What a phone fetches to install this image: a signed manifest and the parts it names, as files for a TFTP server. README.md
// has the format; init/manifest.c reads it.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./cache.ts";
import type { ImageKey } from "./key.ts";

/** In this order they come; each is a file, or what is in it. */
export interface UpdateParts {
  readonly kernel: string;
  readonly initramfs: string;
  /** With its hash tree. */
  readonly root: string;
  /** For the boot loader: `settings=…`. */
  readonly settings: Buffer;
}

export interface Update {
  readonly version: string;
  readonly parts: UpdateParts;
  readonly key: ImageKey;
}

/** The name by which a configuration asks for it. */
export const updateName = (version: string): string => `offhook-${version}`;

/** Boards that the root has modules for. */
const boards = (): readonly string[] =>
  readdirSync(join(root, "flash-image/rootfs/boards"))
    .filter((name) => name.endsWith(".modules"))
    .map((name) => name.slice(0, -".modules".length))
    .sort();

const order = ["kernel", "initramfs", "root", "settings"] as const satisfies readonly (keyof UpdateParts)[];

function manifestOf({ version, key }: Update, contents: readonly (readonly [string, Buffer])[]): string {
  const parts = contents.map(
    ([name, bytes]) => `${name} ${bytes.length} ${createHash("sha256").update(bytes).digest("hex")}`,
  );
  const head = [`name ${updateName(version)}`, `version ${version}`, `boards ${boards().join(" ")}`];
  const text = ["offhook-image 1", ...head, ...parts, ""].join("\n");
  return `${text}signature ${key.sign(Buffer.from(text))}\n`;
}

/** Writes `NAME.loads`, which names the others in their order, and those; the path of the manifest. */
export function writeUpdate(update: Update, folder: string): string {
  const name = updateName(update.version);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const contents = order.map((part) => {
    const from = update.parts[part];
    return [part, typeof from === "string" ? readFileSync(from) : from] as const;
  });
  const manifest = join(folder, `${name}.manifest`);
  writeFileSync(manifest, manifestOf(update, contents));
  for (const part of order) {
    const from = update.parts[part];
    const to = join(folder, `${name}.${part}`);
    if (typeof from === "string") copyFileSync(from, to);
    else writeFileSync(to, from);
  }
  const names = ["manifest", ...order].map((part) => `${name}.${part}\n`);
  writeFileSync(join(folder, `${name}.loads`), names.join(""));
  return manifest;
}
