// `node test/skips.ts`: every test that the last runs skipped is in a file or folder of skips.json for its tier and reason,
// and nothing stands there in vain; exit 1 names what differs. `--desk` goes by the run of the desk alone, which knows what the net tier will skip.
// `--write` makes the list anew, to be read before it is committed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const reportFolder = join(root, "node_modules/.cache/reports");
const listFile = join(root, "test/skips.json");

/** What a tier does not run, for one reason: files, and folders with a slash at their end. */
interface Entry {
  readonly tier: string;
  readonly reason: string;
  readonly paths: readonly string[];
}

/** The parts of vitest's JSON report that matter here. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly meta: { readonly skipped?: string; readonly notOnNet?: string };
    }[];
  }[];
}

interface Skip {
  readonly tier: string;
  readonly reason: string;
  readonly file: string;
  readonly name: string;
}

const keyOf = ({ tier, reason, file, name }: Skip): string => `${tier}: ${file}: ${name}: ${reason}`;

/** What the run of a tier skipped, and what the desk says that the net tier will; a report is named after its tier. */
function skipsOf(tier: string): Skip[] {
  const report = JSON.parse(readFileSync(join(reportFolder, `${tier}.json`), "utf8")) as VitestReport;
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.flatMap(({ fullName, status, meta }) => {
      const test = { file: relative(root, name), name: fullName };
      const wasRun = status === "passed" || status === "failed";
      return [
        ...(wasRun ? [] : [{ ...test, tier, reason: meta.skipped ?? "says no reason" }]),
        ...(meta.notOnNet === undefined ? [] : [{ ...test, tier: "net", reason: meta.notOnNet }]),
      ];
    }),
  );
}

const covers = (path: string, file: string): boolean =>
  path.endsWith("/") ? file.startsWith(path) : path === file;

const holds = (entry: Entry, { tier, reason, file }: Skip): boolean =>
  entry.tier === tier && entry.reason === reason && entry.paths.some((path) => covers(path, file));

/** Paths of the list stay while something is skipped there; what they do not cover comes as files. */
function write(skips: readonly Skip[], list: readonly Entry[]): void {
  const groups = [...Map.groupBy(skips, ({ tier, reason }) => `${tier} ${reason}`).values()];
  const entries = groups.map((group): Entry => {
    const [{ tier, reason }] = group as [Skip, ...Skip[]]; // a group is never empty
    const old = list.find((entry) => entry.tier === tier && entry.reason === reason)?.paths ?? [];
    const kept = old.filter((path) => group.some(({ file }) => covers(path, file)));
    const news = group.map(({ file }) => file).filter((file) => !kept.some((path) => covers(path, file)));
    return { tier, reason, paths: [...new Set([...kept, ...news])].sort() };
  });
  writeFileSync(listFile, `${JSON.stringify(entries, null, 2)}\n`);
}

function main(): number {
  if (!existsSync(reportFolder)) throw new Error(`${reportFolder}: no test reports; run the tests first`);
  const all = readdirSync(reportFolder).map((name) => basename(name, ".json"));
  const tiers = process.argv.includes("--desk") ? ["desk"] : all;
  const skips = [...new Map(tiers.flatMap(skipsOf).map((skip) => [keyOf(skip), skip])).values()];
  const list = JSON.parse(readFileSync(listFile, "utf8")) as readonly Entry[];
  if (process.argv.includes("--write")) {
    write(skips, list);
    return 0;
  }
  const differences = [
    ...skips
      .filter((skip) => !list.some((entry) => holds(entry, skip)))
      .map((skip) => `skipped and not listed: ${keyOf(skip)}`),
    ...list.flatMap((entry) =>
      entry.paths
        .filter((path) => !skips.some((skip) => holds({ ...entry, paths: [path] }, skip)))
        .map((path) => `listed and nothing skipped: ${entry.tier}: ${path}: ${entry.reason}`),
    ),
  ];
  for (const sentence of differences) console.error(sentence);
  if (differences.length > 0) console.error("where that is meant: node test/skips.ts --desk --write");
  for (const [reason, group] of Map.groupBy(skips, (skip) => `${skip.tier}: ${skip.reason}`))
    console.log(`${String(group.length).padStart(4)} skipped on ${reason}`);
  return differences.length === 0 ? 0 : 1;
}

process.exitCode = main();
