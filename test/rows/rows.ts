// `npm run rows`: the progress table. `--json` for machines, `--open PREFIX` lists what is open, `--update` takes
// the test reports of the run that just ended into last.json.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { readCommandLine } from "#firmware/bin/command-line.ts";
import { provenByLongRuns } from "#test/fuzz/long-runs.ts";
import {
  judge,
  type LastRun,
  mostRowsPerTest,
  type Proof,
  readLastRun,
  readReferences,
  readWaived,
  rowsNamed,
} from "./report.ts";

const root = join(import.meta.dirname, "../..");
const reportFolder = join(root, "node_modules/.cache/reports");

/** The parts of vitest's JSON report that matter here. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function collectProofs(): readonly Proof[] {
  const proofs: Proof[] = [];
  if (!existsSync(reportFolder)) throw new Error(`${reportFolder}: no test reports; run the tests first`);
  for (const name of readdirSync(reportFolder).sort()) {
    const report = JSON.parse(readFileSync(join(reportFolder, name), "utf8")) as VitestReport;
    for (const file of report.testResults) {
      for (const result of file.assertionResults) {
        const rows = rowsNamed(result.fullName);
        if (rows.length === 0 || result.status !== "passed") continue;
        if (rows.length > mostRowsPerTest) {
          throw new Error(
            `"${result.fullName}" names ${rows.length} rows, at most ${mostRowsPerTest} belong`,
          );
        }
        proofs.push({ file: relative(root, file.name), test: result.fullName, rows });
      }
    }
  }
  for (const { row, sentence } of provenByLongRuns())
    proofs.push({ file: "test/fuzz/long-runs.json", test: sentence, rows: [row] });
  return proofs.sort((a, b) => (a.file + a.test < b.file + b.test ? -1 : 1));
}

function update(): void {
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  const run: LastRun = { commit, proofs: collectProofs() };
  const lines = run.proofs.map((proof) => `  ${JSON.stringify(proof)}`).join(",\n");
  writeFileSync(join(root, "test/rows/last.json"), `{"commit":"${commit}","proofs":[\n${lines}\n]}\n`);
}

const usage = `npm run rows -- [options]
  --json        the table as JSON
  --open ID     also lists the open rows whose ids begin so
  --update      takes the reports of the last runs into test/rows/last.json
  --check       refuses a test that names more rows than a test may`;

function main(): void {
  const { values } = readCommandLine(usage, {
    options: {
      json: { type: "boolean" },
      update: { type: "boolean" },
      check: { type: "boolean" },
      open: { type: "string" },
    },
  });
  if (values.check === true) {
    collectProofs(); // throws where a test claims too much
    return;
  }
  if (values.update === true) update();
  const last = readLastRun();
  const waived = readWaived();
  const table: Record<string, { proven: number; open: number; waived: number }> = {};
  for (const [reference, rows] of readReferences()) {
    const states = judge(rows, last, waived);
    const count = (state: string): number => states.filter((row) => row.state === state).length;
    table[reference] = { proven: count("proven"), open: count("open"), waived: count("waived") };
    if (values.open === undefined) continue;
    for (const { row, state } of states) {
      if (state === "open" && row.id.startsWith(values.open)) console.log(`${row.id}  ${row.item}`);
    }
  }
  if (values.open !== undefined) return;
  if (values.json === true) {
    console.log(JSON.stringify(table));
    return;
  }
  console.log(`rows proven in the run of ${last.commit.slice(0, 12)}`);
  for (const [reference, { proven, open, waived: dropped }] of Object.entries(table)) {
    console.log(
      `${reference.padEnd(24)} ${String(proven).padStart(4)} proven ${String(open).padStart(4)} open ${String(dropped).padStart(4)} waived`,
    );
  }
}

main();
