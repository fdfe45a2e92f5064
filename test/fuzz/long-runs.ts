// Runs of ten million inputs and more, which no `npm test` can make: what they found is kept in long-runs.json, and proves
// a row of the references for as long as the sources it is about are the same.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a run found; `sources` is a digest of the folders that the row is about. */
export interface LongRun {
  readonly target: string;
  readonly count: number;
  readonly seed: number;
  readonly slowestMs: number;
  readonly heapGrowthMb: number;
  readonly findings: number;
  readonly sources: string;
}

/** The rows, the target whose run proves each, and the sources that the run is about. */
const rows = [{ row: "BOOT-025", target: "cdp-frame", folders: ["firmware/cdp", "firmware/wire"] }] as const;
const leastCount = 10_000_000;
/** Heap that grew less is flat. */
const flatMb = 2;

const root = join(import.meta.dirname, "../..");
const record = join(import.meta.dirname, "long-runs.json");
const kept = (): readonly LongRun[] => JSON.parse(readFileSync(record, "utf8")) as readonly LongRun[]; // written below

function digestOf(folders: readonly string[]): string {
  const digest = createHash("sha256");
  for (const folder of folders)
    for (const name of readdirSync(join(root, folder)).sort())
      if (name.endsWith(".ts")) digest.update(name).update(readFileSync(join(root, folder, name)));
  return digest.digest("hex").slice(0, 16);
}

/** Keeps a run that is long enough for a row, in place of the last one of its target. */
export function keepLongRun(
  run: Omit<LongRun, "findings" | "sources" | "seed"> & { readonly findings: readonly string[] },
  seed: number,
): void {
  const about = rows.find(({ target }) => target === run.target);
  if (about === undefined || run.count < leastCount) return;
  const { target, count, slowestMs, heapGrowthMb, findings } = run;
  const entry: LongRun = {
    ...{ target, count, seed, slowestMs, heapGrowthMb },
    findings: findings.length,
    sources: digestOf(about.folders),
  };
  const others = kept().filter((one) => one.target !== target);
  writeFileSync(record, `${JSON.stringify([...others, entry], null, 2)}\n`);
}

/** Rows that kept runs prove of the sources as they are, each with a sentence. */
export function provenByLongRuns(): readonly { readonly row: string; readonly sentence: string }[] {
  return rows.flatMap(({ row, target, folders }) => {
    const run = kept().find((one) => one.target === target);
    if (run === undefined || run.count < leastCount || run.findings > 0 || run.heapGrowthMb >= flatMb)
      return [];
    if (run.sources !== digestOf(folders)) return []; // it was about other sources
    return [
      {
        row,
        sentence: `${row} ${run.count} mutations of ${target}: no crash, heap grew ${run.heapGrowthMb} MB`,
      },
    ];
  });
}
