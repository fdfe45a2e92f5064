// `npm run image -- --twice`: builds the present commit once more in another folder, with no step of the first build to take
// from a cache, and compares what came out byte by byte. Packages that were downloaded are not downloaded again: their
// hashes are in the lock.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder, root, say } from "./cache.ts";
import { run } from "./run.ts";

/** What a handset is written with, and what QEMU starts. */
export const products = ["root.img", "vmlinuz", "initramfs", "offhook-qemu.img", "offhook-pi.img"] as const;

const sha256Of = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

/** What the second build is told. */
export interface TwiceOptions {
  readonly words: readonly string[];
  /** The file of the key that both sign with. */
  readonly keyPath: string;
  /** The update's manifest, in the folder of what came out: it has the hash of each part. */
  readonly manifest: string;
}

/** Builds again; true when every file is the same. Throws where the tree is not what was committed. */
export function isSameTwice({ words, keyPath, manifest }: TwiceOptions): boolean {
  if (run("git", ["status", "--porcelain"], { cwd: root }) !== "")
    throw new Error("--twice builds what is committed, and this tree holds changes: commit them first");
  const folder = mkdtempSync(join(tmpdir(), "offhook-again-"));
  try {
    const tree = join(folder, "tree");
    const cache = join(folder, "cache");
    run("git", ["clone", "--quiet", root, tree]);
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
    mkdirSync(cache);
    for (const name of ["debs", "apt"])
      if (existsSync(join(cacheFolder, name))) symlinkSync(join(cacheFolder, name), join(cache, name));
    say(`once more, in ${tree}`);
    const beganMs = performance.now();
    run(process.execPath, ["flash-image/build/image.ts", ...words], {
      cwd: tree,
      env: { OFFHOOK_IMAGE_CACHE: cache, OFFHOOK_IMAGE_KEY: keyPath },
    });
    say(`the second build, every step anew: ${((performance.now() - beganMs) / 1000).toFixed(1)} s`);
    return [...products, manifest]
      .map((name) => isSame(name, join(tree, "flash-image/out")))
      .every((same) => same);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isSame(name: string, again: string): boolean {
  const first = sha256Of(join(root, "flash-image/out", name));
  const second = sha256Of(join(again, name));
  say(first === second ? `${name}: the same, ${first}` : `${name}: DIFFERS, ${first} and ${second}`);
  return first === second;
}
