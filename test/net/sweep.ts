// Removes what a run of the net tier left: namespaces named after the run, the processes in them, its folders.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Every namespace begins so; the number is the process that stands for the run. */
export const namespacePrefix = (run: string): string => `oh${run}-`;
export const folderPrefix = (run: string): string => `offhook-net-${run}-`;

const ip = (...words: string[]): string => execFileSync("ip", words, { encoding: "utf8" });

/** Names of the namespaces that there are. */
export function listNamespaces(): string[] {
  return ip("netns", "list")
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter((name) => name !== "");
}

/** Ends every process in the namespace and removes it. */
export function removeNamespace(name: string): void {
  const pids = ip("netns", "pids", name)
    .split("\n")
    .filter((line) => line !== "");
  for (const pid of pids) {
    if (Number(pid) === process.pid) continue; // a test that entered the namespace itself
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // gone in between
    }
  }
  ip("netns", "del", name);
}

/** File systems mounted below a folder, the deepest first. */
function unmountBelow(folder: string): void {
  const below = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of below.reverse()) execFileSync("umount", ["-l", path]);
}

/** Removes a folder of a run, and what is mounted in it. */
export function removeFolder(folder: string): void {
  unmountBelow(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** Everything of one run. */
export function sweepRun(run: string): void {
  for (const name of listNamespaces()) if (name.startsWith(namespacePrefix(run))) removeNamespace(name);
  for (const name of readdirSync(tmpdir()))
    if (name.startsWith(folderPrefix(run))) removeFolder(join(tmpdir(), name));
}

/** What runs left whose process is gone: they were killed without a chance to clean up. */
export function sweepDeadRuns(): void {
  const runs = listNamespaces().map((name) => /^oh(\d+)-/.exec(name)?.[1]);
  for (const run of new Set(runs)) if (run !== undefined && !existsSync(`/proc/${run}`)) sweepRun(run);
}
