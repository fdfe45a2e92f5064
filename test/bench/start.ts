// `npm run bench -- start`: a process that starts, boots a handset in the lab and is registered, bundled and with a compile
// cache, beside an empty Node process, in turns.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "./bench.ts";

const turns = 20;
const cacheFolder = join(import.meta.dirname, "../../node_modules/.cache");

interface Run {
  readonly wallMs: number;
  readonly mostMb: number;
}

/** Says at the end how much memory the process had at most. */
const tellsMemory =
  "data:text/javascript,process.on('exit',()=>process.stderr.write('\\nmaxRSS '+process.resourceUsage().maxRSS))";

function run(folder: string, words: readonly string[]): Run {
  const begunMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--import", tellsMemory, ...words], {
    encoding: "utf8",
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "compile-cache") },
  });
  const wallMs = performance.now() - begunMs;
  const kilobytes = /maxRSS (\d+)$/.exec(stderr)?.[1];
  if (status !== 0 || kilobytes === undefined) throw new Error(`${words.join(" ")}: ${status}: ${stderr}`);
  return { wallMs, mostMb: Number(kilobytes) / 1024 };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number; // never empty

const round = (value: number): number => Math.round(value * 10) / 10;

function measure(folder: string, report: Parameters<Bench["run"]>[0]): void {
  execFileSync(process.execPath, ["flash-image/bundle.ts", folder, "start=test/lab/start.ts"]);
  const empty = join(folder, "empty.mjs");
  writeFileSync(empty, "");
  const words = [join(folder, "start.mjs"), "--headless", "--until", "registered", "--json"];
  run(folder, words); // fills the compile cache
  const ours: Run[] = [];
  const peers: Run[] = [];
  for (let turn = 0; turn < turns; turn++) {
    ours.push(run(folder, words));
    peers.push(run(folder, [empty]));
  }
  for (const [figure, unit, of] of [
    ["process start to registered and ended", "ms", (one: Run) => one.wallMs],
    ["most memory", "MB", (one: Run) => one.mostMb],
  ] as const) {
    const value = median(ours.map(of));
    const peer = median(peers.map(of));
    report({
      figure,
      value: round(value),
      unit,
      peer: { name: "an empty Node process", value: round(peer) },
      ratio: round(value / peer),
      note: `median of ${turns}; the lab's servers run in the same process`,
    });
  }
}

export const startBench: Bench = {
  name: "start",
  about: "process start to registered, beside an empty Node process",
  run(report) {
    mkdirSync(cacheFolder, { recursive: true });
    const folder = mkdtempSync(join(cacheFolder, "bench-start-")); // below node_modules: add-ons are found from there
    try {
      measure(folder, report);
    } finally {
      rmSync(folder, { recursive: true });
    }
    return Promise.resolve();
  },
};
