// JSON values as text for people: records as fields, lists of records as tables, and a few shapes of their own.
import type { Json, ShowName } from "./port.ts";

type JsonRecord = { readonly [key: string]: Json | undefined };

const isRecord = (value: Json | undefined): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** One value in a cell or behind a field's name. */
function cell(value: Json | undefined): string {
  if (value === null || value === undefined) return "-";
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

/** Columns as wide as their widest cell, two blanks apart. */
export function table(rows: readonly JsonRecord[], columns?: readonly string[]): readonly string[] {
  const names = columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [names, ...rows.map((row) => names.map((name) => cell(row[name])))];
  const widths = names.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells.map((line) =>
    line
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Any value: fields indented under their names, lists of records as tables. */
export function plain(value: Json, indent = ""): readonly string[] {
  if (isList(value)) {
    if (value.length === 0) return [`${indent}none`];
    const records = value.filter(isRecord);
    if (records.length === value.length) return table(records).map((line) => indent + line);
    return value.map((item) => indent + cell(item));
  }
  if (!isRecord(value)) return [indent + cell(value)];
  const fields = Object.entries(value);
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  return fields.flatMap(([name, field]) => {
    const isNested = (isList(field) || isRecord(field)) && Object.keys(field).length > 0;
    if (!isNested) return [`${indent}${name.padEnd(width)}  ${isList(field) ? "none" : cell(field)}`];
    return [`${indent}${name}`, ...plain(field, `${indent}  `)];
  });
}

/** Every parameter and its value; what is not set reads UNPROVISIONED. */
function config(value: Json): readonly string[] {
  if (!isRecord(value)) return plain(value);
  return Object.entries(value).map(([name, field]) => {
    const isUnset = field === null || field === undefined || field === "";
    return `${name} : ${isUnset ? "UNPROVISIONED" : cell(field)}`;
  });
}

/** Numbered rules, as the phone lists them. */
function dialplan(value: Json): readonly string[] {
  const rules = isRecord(value) ? value["rules"] : value;
  if (!isList(rules)) return plain(value);
  const errors = isRecord(value) && isList(value["errors"]) ? value["errors"] : [];
  const lines = rules.filter(isRecord).flatMap((rule, at) => {
    const number = String(at + 1).padStart(2, "0");
    const tones = isList(rule["tones"]) ? rule["tones"] : [];
    return [
      `${number}. Pattern: ${cell(rule["pattern"])}  Rewrite: ${cell(rule["rewrite"])}  Line: ${cell(rule["line"])}`,
      `    Timeout: ${cell(rule["timeoutSec"])}  UserMode: ${cell(rule["userMode"])}  RouteMode: ${cell(rule["routeMode"])}`,
      ...tones.map((tone, index) => `    Tone ${index + 1}: ${cell(tone)}`),
    ];
  });
  return [...(lines.length === 0 ? ["EMPTY"] : lines), ...errors.map(cell)];
}

/** The panel as rows, with soft keys below and line labels beside. */
function lcd(value: Json): readonly string[] {
  if (!isRecord(value)) return plain(value);
  const strings = (name: string): readonly string[] => {
    const list = value[name];
    return isList(list) ? list.map(cell) : [];
  };
  const rows = strings("rows");
  const labels = strings("lines");
  const width = Math.max(20, ...rows.map((row) => row.length));
  const height = Math.max(rows.length, labels.length);
  const body = Array.from({ length: height }, (_, at) =>
    `|${(rows[at] ?? "").padEnd(width)}| ${labels[at] ?? ""}`.trimEnd(),
  );
  const edge = `+${"-".repeat(width)}+`;
  const softkeys = strings("softkeys")
    .map((label) => `[${label}]`)
    .join(" ");
  const lamps = isRecord(value["lamps"]) ? plain(value["lamps"]) : [];
  return [edge, ...body, edge, softkeys, ...lamps].filter((line) => line !== "");
}

/** Timeline: start, end and duration of each phase. */
function boot(value: Json): readonly string[] {
  const phases = isRecord(value) ? value["phases"] : value;
  if (!isList(phases)) return plain(value);
  const rows = table(phases.filter(isRecord), ["name", "startMs", "endMs", "waitedFor", "endedBy"]);
  if (!isRecord(value)) return rows;
  const { phases: _, ...rest } = value;
  return [...rows, ...(Object.keys(rest).length === 0 ? [] : plain(rest))];
}

const renderers: Readonly<Partial<Record<ShowName, (value: Json) => readonly string[]>>> = {
  config,
  dialplan,
  lcd,
  boot,
};

/** The text form of what `show` shows. */
export function renderShow(name: ShowName, value: Json): readonly string[] {
  return (renderers[name] ?? plain)(value);
}
