// Debian packages of another architecture, by a private apt folder: the machine's own packages are neither used nor touched.
// Versions and hashes are in flash-image/packages.lock.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, root, say } from "./cache.ts";
import { run } from "./run.ts";

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  /** What it is for: `root`, `development`, `init` (linked into it), `kernel`, `boot`. */
  readonly use: string;
}

export interface DebianOptions {
  /** A version that is not to be had any more fails, instead of being replaced with a warning. */
  readonly isLocked: boolean;
}

const lockPath = join(root, "flash-image/packages.lock");
const aptFolder = join(cacheFolder, "apt");
const debFolder = join(cacheFolder, "debs");
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const suites = ["trixie", "trixie-updates", "trixie-backports"] as const;

/** Lines of `use name version sha256`; `#` begins a remark. */
export function readLock(): readonly LockedPackage[] {
  return readFileSync(lockPath, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [use, name, version, sha256] = line.split(/\s+/);
      if (use === undefined || name === undefined || version === undefined || sha256 === undefined)
        throw new Error(`packages.lock: "${line}": use, name, version and sha256 belong`);
      return { use, name, version, sha256 };
    });
}

/** Where this machine gets Debian from, by its own apt sources. */
function findMirror(): string {
  const folder = "/etc/apt/sources.list.d";
  const files = [
    "/etc/apt/sources.list",
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ].filter((path) => existsSync(path));
  for (const path of files) {
    const found = /(?:^URIs:|^deb\s(?:\[[^\]]*\]\s*)?)\s*(\S+\/debian\/?)(?:\s|$)/m.exec(
      readFileSync(path, "utf8"),
    );
    if (found?.[1] !== undefined) return found[1];
  }
  throw new Error("no Debian mirror in this machine's apt sources (/etc/apt/sources.list.d)");
}

let isUpdated = false;

/** apt that knows nothing but arm64 packages of the suites above. */
function apt(program: string, words: readonly string[], cwd?: string): string {
  const configuration = join(aptFolder, "apt.conf");
  const options = { env: { APT_CONFIG: configuration }, ...(cwd === undefined ? {} : { cwd }) };
  if (!isUpdated) {
    for (const name of ["state/lists/partial", "cache/archives/partial", "etc/preferences.d", "dpkg"])
      mkdirSync(join(aptFolder, name), { recursive: true });
    writeFileSync(join(aptFolder, "dpkg/status"), "");
    const mirror = findMirror();
    const source = (suite: string): string =>
      `deb [arch=arm64 signed-by=${keyring}] ${mirror} ${suite} main non-free-firmware\n`;
    writeFileSync(join(aptFolder, "etc/sources.list"), suites.map(source).join(""));
    writeFileSync(
      configuration,
      [
        `Dir "${aptFolder}";`,
        `Dir::State "state"; Dir::State::status "${aptFolder}/dpkg/status"; Dir::Cache "cache"; Dir::Etc "etc";`,
        'Dir::Etc::sourcelist "sources.list"; Dir::Etc::sourceparts "-"; Dir::Etc::parts "-";',
        'APT::Architecture "arm64"; APT::Architectures { "arm64"; }; Acquire::Languages "none";',
        'APT::Sandbox::User "root";\n',
      ].join("\n"),
    );
    run("apt-get", ["-q", "update"], options);
    isUpdated = true;
  }
  return run(program, words, options);
}

const sha256Of = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

/** Downloads into the cache, named by its hash. */
function download(wish: string): { readonly path: string; readonly sha256: string } {
  const folder = join(cacheFolder, "download");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  apt("apt-get", ["-q", "download", wish], folder);
  const [name] = readdirSync(folder);
  if (name === undefined) throw new Error(`apt-get download ${wish}: nothing came`);
  const sha256 = sha256Of(join(folder, name));
  mkdirSync(debFolder, { recursive: true });
  const path = join(debFolder, `${sha256}.deb`);
  renameSync(join(folder, name), path);
  return { path, sha256 };
}

/** The package file of the lock; where its version is gone, today's with a warning, or an error if locked. */
export function fetchPackage(locked: LockedPackage, options: DebianOptions): string {
  const kept = join(debFolder, `${locked.sha256}.deb`);
  if (existsSync(kept)) return kept;
  const wish = `${locked.name}=${locked.version}`;
  let drift: string;
  try {
    const { path, sha256 } = download(wish);
    if (sha256 === locked.sha256) return path;
    drift = `${wish} has the hash ${sha256}, ${locked.sha256} belongs`;
  } catch (error) {
    drift = `${wish}: ${error instanceof Error ? error.message.split("\n").slice(-2).join(" ") : String(error)}`;
  }
  if (options.isLocked) throw new Error(`drift: ${drift}; --update-lock takes today's versions`);
  say(`DRIFT: ${drift}; today's version is used`);
  return download(locked.name).path;
}

/** Package files of one use, in the lock's order. */
export function fetchAll(use: string, options: DebianOptions): readonly string[] {
  return readLock()
    .filter((locked) => locked.use === use)
    .map((locked) => fetchPackage(locked, options));
}

/** Writes today's versions of the same packages into the lock. */
export function updateLock(): void {
  const lines = readFileSync(lockPath, "utf8")
    .split("\n")
    .map((line) => {
      if (line === "" || line.startsWith("#")) return line;
      const [use = "", name = ""] = line.split(/\s+/);
      const { path, sha256 } = download(name);
      const version = run("dpkg-deb", ["-f", path, "Version"]).trim();
      say(`${name} ${version}`);
      return `${use} ${name} ${version} ${sha256}`;
    });
  writeFileSync(lockPath, lines.join("\n"));
}

/** Unpacks without running anything of the package. */
export function unpack(packages: readonly string[], folder: string): void {
  for (const path of packages) run("dpkg-deb", ["-x", path, folder]);
}

/** `name version (source name version)` per package, for the image's list of sources. */
export function sourceLines(packages: readonly string[]): readonly string[] {
  return packages
    .map((path) => {
      const field = (name: string): string => run("dpkg-deb", ["-f", path, name]).trim();
      const [name, version] = [field("Package"), field("Version")];
      // `Source: name (version)`; the version, or the whole field, is left out where it is the package's own (deb-control(5))
      const [source = name, sourceVersion = version] = field("Source").match(/[^\s()]+/g) ?? [];
      return `${name} ${version} (${source} ${sourceVersion})`;
    })
    .sort();
}
