// Which reference rows are proven: a row counts only if a test that names it ran and passed in the last full run.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One checklist row of a reference; `how` is the reference's own "how checked", where it has one. */
export interface Row {
  readonly id: string;
  readonly item: string;
  readonly how: string;
}

/** A passed test that names rows. */
export interface Proof {
  readonly file: string;
  readonly test: string;
  readonly rows: readonly string[];
}

/** The last full run: remade by `.ci/run`. */
export interface LastRun {
  readonly commit: string;
  readonly proofs: readonly Proof[];
}

export interface RowState {
  readonly row: Row;
  readonly state: "proven" | "open" | "waived";
  /** Files of the tests that prove it, or the reason it is waived. */
  readonly because: readonly string[];
}

const folder = import.meta.dirname;
const rowName = /\b[A-Z]{2,7}-\d{3}\b/g;

/** Rows a test may name; more prove nothing in particular. */
export const mostRowsPerTest = 3;

const readJson = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), "utf8")) as T;

/** Reference name → its rows. */
export function readReferences(): ReadonlyMap<string, readonly Row[]> {
  const references = new Map<string, readonly Row[]>();
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(".json") || name === "last.json" || name === "waived.json") continue;
    const { reference, rows } = readJson<{ reference: string; rows: readonly Row[] }>(name);
    references.set(reference, rows);
  }
  return references;
}

/** Rows that cannot exist on this product, each with its reason. */
export function readWaived(): Readonly<Record<string, string>> {
  return readJson("waived.json");
}

export function readLastRun(): LastRun {
  return existsSync(join(folder, "last.json")) ? readJson("last.json") : { commit: "none", proofs: [] };
}

/** Row names in a test's full title. */
export function rowsNamed(title: string): readonly string[] {
  return [...new Set(title.match(rowName) ?? [])];
}

/** A row that the reference wants checked by integration is proven by a story, on whatever tier. */
export function needsStory(row: Row): boolean {
  return /\bintegration\b/.test(row.how);
}

const isStory = (file: string): boolean => /^test\/(stories|net|qemu|hil)\//.test(file);

/** The state of every row of one reference. */
export function judge(
  rows: readonly Row[],
  last: LastRun,
  waived: Readonly<Record<string, string>>,
): readonly RowState[] {
  return rows.map((row) => {
    const reason = waived[row.id];
    if (reason !== undefined) return { row, state: "waived", because: [reason] };
    const proofs = last.proofs.filter(
      (proof) => proof.rows.includes(row.id) && (!needsStory(row) || isStory(proof.file)),
    );
    if (proofs.length === 0) return { row, state: "open", because: [] };
    return { row, state: "proven", because: [...new Set(proofs.map((proof) => proof.file))] };
  });
}
