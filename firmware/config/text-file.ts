// Grammar of SIPDefault.cnf and SIP<MAC>.cnf (reference cisco-7960-sip 2.1, rows CFGG-001…015).
import { fileText } from "./file-text.ts";

/** One `name: value` line. */
export interface TextEntry {
  /** In lower case: letter case does not count. */
  readonly name: string;
  /** Undefined: no value (empty, `""` or the word UNPROVISIONED). */
  readonly value: string | undefined;
  /** From 1. */
  readonly line: number;
}

/** What is wrong with a line that was skipped. */
export type LineProblem = "no-colon" | "bad-name" | "open-quote" | "text-after-quote" | "control-character";

export interface TextFile {
  readonly entries: readonly TextEntry[];
  readonly problems: readonly { readonly line: number; readonly problem: LineProblem }[];
}

type ParsedLine = TextEntry | LineProblem | undefined;

/** Parses a whole file; wrong lines are listed, not thrown. Throws ConfigError for what is no text file. */
export function parseTextFile(file: string, bytes: Uint8Array): TextFile {
  const entries: TextEntry[] = [];
  const problems: { line: number; problem: LineProblem }[] = [];
  fileText(file, bytes)
    .split("\n")
    .forEach((text, at) => {
      const parsed = parseLine(text, at + 1);
      if (typeof parsed === "string") problems.push({ line: at + 1, problem: parsed });
      else if (parsed !== undefined) entries.push(parsed);
    });
  return { entries, problems };
}

/** One line; undefined for blank lines and comments. */
export function parseLine(text: string, line: number): ParsedLine {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";")) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(trimmed)) return "control-character";
  const colon = trimmed.indexOf(":");
  if (colon < 0) return "no-colon";
  const name = trimmed.slice(0, colon).trim().toLowerCase();
  if (!/^[a-z0-9_]{1,64}$/.test(name)) return "bad-name";
  const value = parseValue(trimmed.slice(colon + 1).trim());
  return typeof value === "string" ? value : { name, value: value.text, line };
}

function parseValue(text: string): { readonly text: string | undefined } | LineProblem {
  if (!text.startsWith('"')) {
    const remark = text.indexOf(";");
    return unsetWord(remark < 0 ? text : text.slice(0, remark).trim());
  }
  const closing = text.indexOf('"', 1);
  if (closing < 0) return "open-quote";
  const after = text.slice(closing + 1).trim();
  if (after !== "" && !after.startsWith(";")) return "text-after-quote";
  return unsetWord(text.slice(1, closing));
}

function unsetWord(text: string): { readonly text: string | undefined } {
  return { text: text === "" || text === "UNPROVISIONED" ? undefined : text };
}
