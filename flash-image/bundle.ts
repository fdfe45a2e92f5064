// Bundles the firmware for a device: one program, its workers beside it, nothing of node_modules but the native add-ons.
// `node flash-image/bundle.ts OUT [NAME=SOURCE …]` writes to OUT; the image's build calls `bundle`.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface BundleOptions {
  /** Folder that the files go to; made when it is not there. */
  readonly out: string;
  /** Programs by the name of the file written, sources relative to the repository. */
  readonly entries: Readonly<Record<string, string>>;
  readonly commit: string;
  readonly buildUnixMs: number;
}

/** Programs of a device. Workers are entries of their own: main.ts looks for them beside itself. */
export const deviceEntries = {
  main: "firmware/bin/main.ts",
  "io-worker": "hal/linux/io/io-worker.ts",
  "store-worker": "hal/linux/store-worker.ts",
  "media-worker": "firmware/bin/media-worker.ts",
  console: "firmware/bin/console-client.ts",
} as const;

/** They find their machine code by their own place: copied as they are, never bundled. */
export const nativePackages = ["koffi", "onoff", "i2c-bus", "spi-device"];

const root = fileURLToPath(new URL("..", import.meta.url));

/** Writes `NAME.mjs` for each entry, and shared chunks. The same sources give the same bytes. */
export async function bundle({ out, entries, commit, buildUnixMs }: BundleOptions): Promise<void> {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { version: string }; // npm requires it
  await build({
    absWorkingDir: root,
    entryPoints: { ...entries },
    outdir: out,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    outExtension: { ".js": ".mjs" },
    chunkNames: "part-[hash]",
    external: nativePackages,
    preserveSymlinks: true, // else the place of a linked node_modules gets into the files, and into their names
    legalComments: "none", // the image carries every licence in a file of its own
    define: {
      OFFHOOK_IS_BUNDLE: "true",
      OFFHOOK_VERSION: JSON.stringify(version),
      OFFHOOK_COMMIT: JSON.stringify(commit),
      OFFHOOK_BUILD_UNIX_MS: String(buildUnixMs),
    },
    // CommonJS packages ask for Node's modules with require
    banner: {
      js: 'import { createRequire as bannerRequire } from "node:module"; const require = bannerRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
}

const git = (...words: string[]): string =>
  execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();

/** The commit and its time: what a build is named by, so that building it again gives the same. */
export const sourceStamp = () => ({
  commit: git("rev-parse", "--short=12", "HEAD"),
  buildUnixMs: Number(git("log", "-1", "--format=%ct")) * 1000,
});

/** `NAME=SOURCE …`, or the programs of a device. */
function readEntries(words: readonly string[]): Readonly<Record<string, string>> {
  if (words.length === 0) return deviceEntries;
  return Object.fromEntries(
    words.map((word) => {
      const [name, source] = word.split("=");
      if (name === undefined || source === undefined) throw new Error(`${word}: NAME=SOURCE belongs`);
      return [name, source];
    }),
  );
}

if (process.argv[1] !== undefined && basename(process.argv[1]) === "bundle.ts") {
  const [out, ...words] = process.argv.slice(2);
  if (out === undefined) throw new Error("bundle.ts OUT [NAME=SOURCE …]: the folder is missing");
  await bundle({ out, entries: readEntries(words), ...sourceStamp() });
}
