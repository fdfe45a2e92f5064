// Steps of the build, kept by the hash of what goes in: a step whose inputs did not change is not done again.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where steps are kept: OFFHOOK_IMAGE_CACHE, else inside node_modules. */
export const cacheFolder = process.env["OFFHOOK_IMAGE_CACHE"] ?? join(root, "node_modules/.cache/image");

export const say = (text: string): void => void process.stderr.write(`image: ${text}\n`);

/** Every file below a folder with its content, or one file. */
export function hashOf(...paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) addTo(hash, path, path);
  return hash.digest("hex");
}

function addTo(hash: ReturnType<typeof createHash>, path: string, top: string): void {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) addTo(hash, join(path, name), top);
    return;
  }
  hash.update(`${relative(top, path)}\0${statSync(path).mode & 0o111}\0`).update(readFileSync(path));
}

/** A step of the build: the folder it left, from now or from before. `inputs` is everything that decides the result. */
export async function step(
  name: string,
  inputs: readonly string[],
  make: (folder: string) => void | Promise<void>,
): Promise<string> {
  const key = createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 16);
  const folder = join(cacheFolder, `${name}-${key}`);
  if (existsSync(folder)) {
    say(`${name}: unchanged`);
    return folder;
  }
  const startMs = performance.now();
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await make(unfinished);
  renameSync(unfinished, folder);
  say(`${name}: ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
  return folder;
}

/** Copies with symbolic links as they are. */
export function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}
