// Runs other programs: what they say is shown when they fail.
import { execFileSync, spawnSync } from "node:child_process";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Its standard output. Throws with the program's own words. */
export function run(program: string, words: readonly string[], options: RunOptions = {}): string {
  const result = spawnSync(program, words, {
    encoding: "utf8",
    maxBuffer: 64 << 20,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, LC_ALL: "C", ...options.env },
  });
  if (result.error !== undefined) throw new Error(`${program}: ${result.error.message}`);
  if (result.status !== 0)
    throw new Error(
      `${program} ${words.join(" ")}: ended with ${result.status}\n${result.stdout}${result.stderr}`,
    );
  return result.stdout;
}

/** True where a program can be found. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
