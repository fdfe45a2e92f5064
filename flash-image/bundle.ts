// Bundles the firmware for a device: one program, its threads beside it, nothing of node_modules but the native add-ons.
// `node flash-image/bundle.ts OUT [NAME=SOURCE …]` writes to OUT; the image's build calls `bundle`.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";

/** Programs by the name of the file written, sources relative to the repository. */
type Entries = Readonly<Record<string, string>>;

export interface BundleOptions {
  /** Folder that the files go to; made when it is not there. */
  readonly out: string;
  /** What starts as a process, and shall start fast: a script of its own with code compiled in an earlier run. */
  readonly programs: Entries;
  /** Threads, and what is small: modules that share chunks. */
  readonly modules: Entries;
  readonly version: string;
  readonly commit: string;
  readonly buildUnixMs: number;
}

/** What runs on a device. main.ts looks for its threads beside itself. */
export const deviceEntries = {
  programs: { main: "firmware/bin/main.ts" },
  modules: {
    "io-worker": "hal/linux/io/io-worker.ts",
    "store-worker": "hal/linux/store-worker.ts",
    "media-worker": "firmware/bin/media-worker.ts",
    console: "firmware/bin/console-client.ts",
  },
} as const;

/** They find their machine code by their own place: copied as they are, never bundled. */
export const nativePackages = ["koffi", "onoff", "i2c-bus", "spi-device"];

/** Characters after which a line of the bundle ends. */
const lineLimit = 160;

const root = fileURLToPath(new URL("..", import.meta.url));

/** Node's own module as a source whose exports are read one by one: those that nobody imports fall out of the bundle. */
function builtinSource(name: string): string {
  const names = Object.keys(process.getBuiltinModule(name) ?? {}).filter((key) => key !== "default");
  return [
    `const builtin = process.getBuiltinModule("${name}"), part = (key) => builtin[key];`,
    "export default builtin;",
    ...names.map(
      (key, at) => `const part${at} = /* @__PURE__ */ part("${key}"); export { part${at} as ${key} };`,
    ),
  ].join("\n");
}

/**
 * An `import` of one of Node's own modules reads every property that it has, and some load much when they are read:
 * `WebSocket` of `node:http` a second HTTP client, `TextDecoder` of `node:util` the worker threads. The bundle reads what it
 * uses; koffi comes by `require`, because its other half imports Node's modules so.
 */
const onlyWhatIsUsed: Plugin = {
  name: "only what is used",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === "import-statement"
        ? { path, namespace: "builtin", sideEffects: false }
        : { path, external: true },
    );
    onLoad({ filter: /^/, namespace: "builtin" }, ({ path }) => ({ contents: builtinSource(path) }));
    onResolve({ filter: /^koffi$/ }, ({ path, kind }) =>
      kind === "import-statement" ? { path, namespace: "required" } : { path, external: true },
    );
    onLoad({ filter: /^/, namespace: "required" }, ({ path }) => ({
      contents: `module.exports = require("${path}");`,
    }));
  },
};

type Shared = Pick<BundleOptions, "out" | "version" | "commit" | "buildUnixMs">;

const optionsOf = ({ out, version, commit, buildUnixMs }: Shared) => {
  return {
    absWorkingDir: root,
    outdir: out,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    external: nativePackages,
    plugins: [onlyWhatIsUsed],
    preserveSymlinks: true, // else the place of a linked node_modules gets into the files, and into their names
    legalComments: "none", // the image carries every licence in a file of its own
    // The names of the sources and short lines: the stack in a crash record still says who called whom, and where.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit,
    define: {
      OFFHOOK_IS_BUNDLE: "true",
      OFFHOOK_VERSION: JSON.stringify(version),
      OFFHOOK_COMMIT: JSON.stringify(commit),
      OFFHOOK_BUILD_UNIX_MS: String(buildUnixMs),
    },
    logLevel: "warning",
  } satisfies BuildOptions;
};

/** CommonJS packages ask for Node's modules with require. */
const withRequire = `const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);`;

/** `NAME.mjs` for each entry, and the chunks they share. */
async function bundleModules(entries: Entries, shared: Shared): Promise<void> {
  await build({
    ...optionsOf(shared),
    entryPoints: { ...entries },
    splitting: true,
    outExtension: { ".js": ".mjs" },
    chunkNames: "part-[hash]",
    banner: { js: withRequire },
  });
}

/** What a module has and a script has not, as arguments of the one function that a program's script is. */
const opening = '(async (require, bundleUrl, bundleFolder) => { "use strict";';

/** `NAME.mjs`, which is program.ts, and beside it `NAME-HASH.js` with everything else. */
async function bundleProgram(name: string, source: string, shared: Shared): Promise<void> {
  const options = optionsOf(shared);
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: { [name]: source },
    write: false,
    metafile: true,
    define: { ...options.define, "import.meta.url": "bundleUrl", "import.meta.dirname": "bundleFolder" },
    banner: { js: opening },
    footer: { js: "})" },
  });
  const left = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
  const imported = left.filter(({ kind }) => kind !== "require-call").map(({ path }) => path);
  if (imported.length > 0)
    throw new Error(`${source} imports ${imported.join(", ")}: a script can import nothing`);
  const [script] = outputFiles;
  if (script === undefined) throw new Error(`${source}: nothing was made of it`);
  const file = `${name}-${createHash("sha256").update(script.contents).digest("hex").slice(0, 12)}.js`;
  mkdirSync(shared.out, { recursive: true });
  writeFileSync(join(shared.out, file), script.contents);
  await build({
    ...options,
    entryPoints: { [name]: "flash-image/program.ts" },
    outExtension: { ".js": ".mjs" },
    define: { OFFHOOK_SCRIPT: JSON.stringify(file) },
  });
}

/** Writes every program and module. The same sources give the same bytes. */
export async function bundle({ programs, modules, ...shared }: BundleOptions): Promise<void> {
  await bundleModules(modules, shared);
  for (const [name, source] of Object.entries(programs)) await bundleProgram(name, source, shared);
}

const git = (...words: string[]): string =>
  execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { version: string }; // npm requires it
  return version;
}

/** The version, the commit and its time: what a build is named by, so that building it again gives the same. */
export const sourceStamp = () => ({
  version: ownVersion(),
  commit: git("rev-parse", "--short=12", "HEAD"),
  buildUnixMs: Number(git("log", "-1", "--format=%ct")) * 1000,
});

/** `NAME=SOURCE …`, threads by the ending of their source; or what runs on a device. */
function readEntries(words: readonly string[]): Pick<BundleOptions, "programs" | "modules"> {
  if (words.length === 0) return deviceEntries;
  const entries = words.map((word) => {
    const [name, source] = word.split("=");
    if (name === undefined || source === undefined) throw new Error(`${word}: NAME=SOURCE belongs`);
    return [name, source] as const;
  });
  const isThread = ([, source]: readonly [string, string]): boolean => source.endsWith("-worker.ts");
  return {
    programs: Object.fromEntries(entries.filter((entry) => !isThread(entry))),
    modules: Object.fromEntries(entries.filter(isThread)),
  };
}

if (process.argv[1] !== undefined && basename(process.argv[1]) === "bundle.ts") {
  const [out, ...words] = process.argv.slice(2);
  if (out === undefined) throw new Error("bundle.ts OUT [NAME=SOURCE …]: the folder is missing");
  await bundle({ out: resolve(out), ...readEntries(words), ...sourceStamp() });
}
