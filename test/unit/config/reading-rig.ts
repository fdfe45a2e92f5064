// Reads text files as the phone does, for tests of parameters and layers.

import type { StatusMessage } from "#firmware/config/notices.ts";
import type { ConfigKind, PhoneConfig } from "#firmware/config/phone-config.ts";
import { type GivenFile, type Reading, readFiles } from "#firmware/config/reading.ts";

/** What a test sets; everything else is a 7960 with nothing typed on it. */
export interface Given {
  readonly default?: string;
  readonly phone?: string;
  readonly local?: Readonly<Record<string, string>>;
  readonly session?: Readonly<Record<string, string>>;
  readonly lineKeys?: number;
  readonly isGuideDst?: boolean;
}

export const phoneMac = "00005E005301";

function layer(values: Readonly<Record<string, string>> = {}) {
  const entries = Object.entries(values).map(([name, text]) => ({
    name,
    value: text === "" ? undefined : text,
  }));
  return { source: "local", file: "phone", entries, problemCount: 0 } as const;
}

/** Reads files of one kind. */
export function read(kind: ConfigKind, files: readonly GivenFile[], given: Given = {}): Reading {
  return readFiles(kind, files, {
    macDigits: phoneMac,
    lineKeys: given.lineKeys ?? 6,
    local: layer(given.local),
    session: layer(given.session),
    isGuideDst: given.isGuideDst ?? false,
  });
}

/** A file of the test. */
export function file(name: string, text: string, source: GivenFile["source"] = "phone-file"): GivenFile {
  return { name, bytes: new TextEncoder().encode(text), source, server: "192.0.2.1" };
}

/** Reads the two SIP text files; throws when they are refused. */
export function readText(given: Given): { config: PhoneConfig; statuses: readonly StatusMessage[] } {
  const files = [
    ...(given.default === undefined ? [] : [file("SIPDefault.cnf", given.default, "default-file")]),
    ...(given.phone === undefined ? [] : [file(`SIP${phoneMac}.cnf`, given.phone)]),
  ];
  const reading = read("sip-text", files, given);
  if (reading.kind === "refused") throw new Error(`refused: ${JSON.stringify(reading)}`);
  return reading;
}

/** One line of `show config`. */
export function shown(
  config: PhoneConfig,
  name: string,
): { text: string; source: string; isLocked: boolean } {
  const line = config.values.find((value) => value.name === name);
  if (line === undefined) throw new Error(`${name} is not in show config`);
  return { text: line.text, source: line.source, isLocked: line.isLocked };
}
