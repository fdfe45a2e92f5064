// First file of a bundled program: runs the script beside it with the code that V8 compiled for it in an earlier run. Node's
// own compile cache keeps a module as it is before it runs; most of a boot's functions are compiled when they are called
// first, a third of the time of a start.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

/** The script's file name: it has the script's hash in it, so that no code is taken for that of another script. */
declare const OFFHOOK_SCRIPT: string;

/** A program that goes on for long keeps its code after so long, when it has done what it does at its start. */
const keepAfterMs = 30_000;

const script = fileURLToPath(new URL(OFFHOOK_SCRIPT, import.meta.url));
const folder = process.env["NODE_COMPILE_CACHE"];
const kept = `${folder}/${OFFHOOK_SCRIPT}.compiled`;

/** What an earlier run kept; before there was one, what came with the script, on a device. */
function readCompiled(): Buffer | undefined {
  for (const path of folder === undefined ? [] : [kept, `${script}.compiled`]) {
    try {
      return readFileSync(path);
    } catch {
      // not this one
    }
  }
  return undefined;
}

/**
 * Whole or not at all: V8 believes what it reads, but for its own version, its flags and the script's length. Where it
 * cannot be kept the next start is slower, and that is all.
 */
function keep(compiled: Script): void {
  try {
    mkdirSync(`${folder}`, { recursive: true });
    writeFileSync(`${kept}.new`, compiled.createCachedData(), { flush: true });
    renameSync(`${kept}.new`, kept);
  } catch (error) {
    process.stderr.write(`compiled code is not kept: ${String(error)}\n`);
  }
}

const cachedData = readCompiled();
const compiled = new Script(readFileSync(script, "latin1"), { filename: script, cachedData });
if (folder !== undefined && (cachedData === undefined || compiled.cachedDataRejected === true)) {
  const timer = setTimeout(() => {
    process.off("exit", keepAtEnd);
    keep(compiled);
  }, keepAfterMs).unref();
  const keepAtEnd = (code: number): void => {
    clearTimeout(timer);
    if (code === 0) keep(compiled);
  };
  process.once("exit", keepAtEnd);
}
// the script is one function: see bundle.ts
await compiled.runInThisContext()(createRequire(import.meta.url), import.meta.url, import.meta.dirname);
