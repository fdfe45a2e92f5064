// `node test/skips.ts`: every test that the last runs skipped stands in skips.json with its tier and reason, and nothing
// else does; exit 1 names what differs. `--desk` goes by the run of the desk alone, which knows what the net tier will skip.
// `--write` makes the list anew, to be read before it is committed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const reportFolder = join(root, "node_modules/.cache/reports");
const listFile = join(root, "test/skips.json");

/** Stories that a tier does not run, for one reason: file → names. */
interface Entry {
  readonly tier: string;
  readonly reason: string;
  readonly stories: Readonly<Record<string, readonly string[]>>;
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

function listed(): Skip[] {
  const entries = JSON.parse(readFileSync(listFile, "utf8")) as readonly Entry[];
  return entries.flatMap(({ tier, reason, stories }) =>
    Object.entries(stories).flatMap(([file, names]) => names.map((name) => ({ tier, reason, file, name }))),
  );
}

function write(skips: readonly Skip[]): void {
  const entries = Map.groupBy(skips, ({ tier, reason }) => `${tier} ${reason}`);
  const list = [...entries.values()].map((group): Entry => {
    const [{ tier, reason }] = group as [Skip, ...Skip[]]; // a group is never empty
    const files = [...Map.groupBy(group, ({ file }) => file)].sort(([a], [b]) => (a < b ? -1 : 1));
    return { tier, reason, stories: Object.fromEntries(files.map(([f, of]) => [f, of.map((s) => s.name)])) };
  });
  writeFileSync(listFile, `${JSON.stringify(list, null, 2)}\n`);
}

function main(): number {
  if (!existsSync(reportFolder)) throw new Error(`${reportFolder}: no test reports; run the tests first`);
  const all = readdirSync(reportFolder).map((name) => basename(name, ".json"));
  const tiers = process.argv.includes("--desk") ? ["desk"] : all;
  const skips = [...new Map(tiers.flatMap(skipsOf).map((skip) => [keyOf(skip), skip])).values()];
  if (process.argv.includes("--write")) write(skips);
  const list = listed();
  const [seen, wanted] = [new Set(skips.map(keyOf)), new Set(list.map(keyOf))];
  const differences = [
    ...[...seen].filter((key) => !wanted.has(key)).map((key) => `skipped and not listed: ${key}`),
    ...[...wanted].filter((key) => !seen.has(key)).map((key) => `listed and not skipped: ${key}`),
  ];
  for (const sentence of differences) console.error(sentence);
  if (differences.length > 0) console.error("where that is meant: node test/skips.ts --desk --write");
  for (const [reason, group] of Map.groupBy(skips, (skip) => `${skip.tier}: ${skip.reason}`))
    console.log(`${String(group.length).padStart(4)} skipped on ${reason}`);
  return differences.length === 0 ? 0 : 1;
}

process.exitCode = main();
