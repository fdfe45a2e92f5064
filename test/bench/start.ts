// `npm run bench -- start`: a process that starts, boots a handset in the lab and is registered, bundled and with a compile
// cache, beside an empty Node process, in turns. What is counted: README.md.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Figure } from "./bench.ts";

const turns = 40;
const cacheFolder = join(import.meta.dirname, "../../node_modules/.cache");

/** A process from its start to the first byte that it says. */
interface Run {
  readonly wallMs: number;
  /** Processor time of all its threads. */
  readonly cpuMs: number;
  readonly mostMb: number;
}

/** What Linux knows of a process now. Its threads that have ended by then are not counted. */
function standing(pid: number): Omit<Run, "wallMs"> {
  const tasks = `/proc/${pid}/task`;
  const ranNs = readdirSync(tasks).map((task) =>
    Number(readFileSync(join(tasks, task, "schedstat"), "utf8").split(" ")[0]),
  );
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { cpuMs: ranNs.reduce((sum, ns) => sum + ns, 0) / 1e6, mostMb: Number(kilobytes) / 1024 };
}

function run(folder: string, words: readonly string[]): Promise<Run> {
  const begunMs = performance.now();
  const child = spawn(process.execPath, words, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "compile-cache") },
  });
  return new Promise((resolve, reject) => {
    let seen: Run | undefined;
    child.stdout.on("data", () => {
      if (seen !== undefined || child.pid === undefined) return;
      const wallMs = performance.now() - begunMs;
      seen = { wallMs, ...standing(child.pid) };
      child.stdin.end();
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0 && seen !== undefined) resolve(seen);
      else
        reject(
          new Error(
            `${words.join(" ")}: ended with ${code}, said ${seen === undefined ? "nothing" : "a word"}`,
          ),
        );
    });
  });
}

/** Says one byte at once, and waits to be looked at. */
const emptyProgram = `const { readSync, writeSync } = process.getBuiltinModule("node:fs");
writeSync(1, "\\n");
readSync(0, Buffer.alloc(1));
`;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number; // never empty

const round = (value: number): number => Math.round(value * 10) / 10;

type Report = (figure: Omit<Figure, "bench">) => void;

async function measure(folder: string, report: Report): Promise<void> {
  execFileSync(process.execPath, ["flash-image/bundle.ts", folder, "start=test/lab/start.ts"]);
  const empty = join(folder, "empty.mjs");
  writeFileSync(empty, emptyProgram);
  const words = [join(folder, "start.mjs"), "--headless", "--until", "registered", "--json"];
  for (const each of [words, [empty]]) await run(folder, each); // fills the compile cache
  const ours: Run[] = [];
  const peers: Run[] = [];
  for (let turn = 0; turn < turns; turn++) {
    ours.push(await run(folder, words));
    peers.push(await run(folder, [empty]));
  }
  for (const [figure, unit, of] of [
    ["process start to registered", "ms", (one: Run) => one.wallMs],
    ["processor time to registered", "ms", (one: Run) => one.cpuMs],
    ["most memory to registered", "MB", (one: Run) => one.mostMb],
  ] as const) {
    const value = median(ours.map(of));
    const peer = median(peers.map(of));
    report({
      figure,
      value: round(value),
      unit,
      peer: { name: "an empty Node process, to its first line", value: round(peer) },
      ratio: round(value / peer),
      note: `median of ${turns}; the lab's servers run in the same process`,
    });
  }
}

export const startBench: Bench = {
  name: "start",
  about: "process start to registered, beside an empty Node process",
  async run(report) {
    mkdirSync(cacheFolder, { recursive: true });
    const folder = mkdtempSync(join(cacheFolder, "bench-start-")); // below node_modules: add-ons are found from there
    try {
      await measure(folder, report);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
