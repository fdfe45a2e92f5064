// `npm run fuzz -- NAME --count N --seed S`: hostile input for one decoder or machine, or for `all`.
// A finding is saved as test/fuzz/saved/NAME-….hex, where npm test replays it for ever.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { oneOf, orExplain, readCommandLine, wholeNumber } from "#firmware/bin/command-line.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { keepLongRun } from "./long-runs.ts";
import { mutate } from "./mutate.ts";
import type { FuzzTarget } from "./target.ts";
import { targets } from "./targets.ts";

/** An input that takes longer, in processor time of this thread, is a finding too. */
const slowMs = 10;

/** Processor time: another program's turn on a busy machine does not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

interface Result {
  readonly target: string;
  readonly count: number;
  readonly refused: number;
  readonly perSecond: number;
  readonly slowestMs: number;
  readonly heapGrowthMb: number;
  readonly findings: readonly string[];
}

function save(target: FuzzTarget, bytes: Uint8Array, why: string): string {
  const name = `${target.name}-${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}.hex`;
  const text = `# found by npm run fuzz: ${why.split("\n")[0]}\n${Buffer.from(bytes).toString("hex")}\n`;
  writeFileSync(join(import.meta.dirname, "saved", name), text);
  return `${name}: ${why}`;
}

function fuzz(target: FuzzTarget, count: number, seed: number): Result {
  const random = createSeededRandom(seed);
  const inputs = [...target.seeds, ...(target.alsoMutate ?? [])];
  const findings: string[] = [];
  let refused = 0;
  let slowestMs = 0;
  const start = performance.now();
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  for (let i = 0; i < count && findings.length < 5; i++) {
    const bytes = mutate(inputs, random);
    const before = cpuMs();
    try {
      target.run(bytes);
    } catch (error) {
      if (error instanceof WireError) refused++;
      else
        findings.push(
          save(target, bytes, error instanceof Error ? (error.stack ?? error.message) : String(error)),
        );
    }
    const tookMs = cpuMs() - before;
    if (tookMs > slowestMs) slowestMs = tookMs;
    // A collection of garbage makes a single slow reading; only one that is slow again counts.
    if (tookMs > slowMs && isSlowAgain(target, bytes))
      findings.push(save(target, bytes, `took ${tookMs.toFixed(1)} ms`));
  }
  globalThis.gc?.();
  return {
    target: target.name,
    count,
    refused,
    perSecond: Math.round((count * 1000) / (performance.now() - start)),
    slowestMs: Math.round(slowestMs * 100) / 100,
    heapGrowthMb: Math.round((process.memoryUsage().heapUsed - heapBefore) / 1e5) / 10,
    findings,
  };
}

function isSlowAgain(target: FuzzTarget, bytes: Uint8Array): boolean {
  return [1, 2, 3].every(() => {
    const before = cpuMs();
    try {
      target.run(bytes);
    } catch {
      // refused again, which is fine: only the time matters here
    }
    return cpuMs() - before > slowMs;
  });
}

const names = targets.map((target) => target.name);
const usage = `npm run fuzz -- [NAME|all] [--count N] [--seed S]
  NAME   ${names.join(" ")}`;

function readOptions(): { readonly wanted: string; readonly count: number; readonly seed: number } {
  const { values, positionals } = readCommandLine(usage, {
    allowPositionals: true,
    options: { count: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
  });
  return {
    wanted: oneOf("target", positionals[0] ?? "all", ["all", ...names]),
    count: wholeNumber("--count", values.count, 1),
    seed: wholeNumber("--seed", values.seed),
  };
}

function main(): number {
  const { wanted, count, seed } = orExplain(usage, readOptions);
  let failed = false;
  for (const target of targets) {
    if (wanted !== "all" && target.name !== wanted) continue;
    const result = fuzz(target, count, seed);
    console.log(JSON.stringify(result));
    keepLongRun(result, seed);
    if (result.findings.length > 0) failed = true;
  }
  return failed ? 1 : 0;
}

process.exitCode = main();
