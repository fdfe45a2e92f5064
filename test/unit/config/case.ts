// The shape of a parameter case, and the cases that many parameters share.
import type { PhoneConfig } from "#firmware/config/phone-config.ts";

/** One parameter: what is right, what is wrong, where it arrives. */
export interface Case {
  readonly row: string;
  readonly name: string;
  /** As `show config` prints the built-in value. */
  readonly builtIn: string;
  /** Text in a file → what it means where the phone uses it. */
  readonly right: readonly (readonly [text: string, meaning: unknown])[];
  readonly wrong: readonly string[];
  readonly at: (config: PhoneConfig) => unknown;
  /** Other lines the parameter needs to show. */
  readonly beside?: string;
}

/** 0 or 1. */
export const flagCase = (row: string, name: string, isOn: boolean, at: Case["at"]): Case => ({
  row,
  name,
  builtIn: isOn ? "1" : "0",
  right: [
    ["0", false],
    ["1", true],
  ],
  wrong: ["2", "yes"],
  at,
});

/** 0–3. */
export const lockCase = (row: string, name: string, isOn: boolean, at: Case["at"]): Case => ({
  row,
  name,
  builtIn: isOn ? "1" : "0",
  right: [
    ["0", { isOn: false, isLocked: false }],
    ["1", { isOn: true, isLocked: false }],
    ["2", { isOn: false, isLocked: true }],
    ["3", { isOn: true, isLocked: true }],
  ],
  wrong: ["4", "on"],
  at,
});

/** A URL. */
export const urlCase = (row: string, name: string, at: Case["at"]): Case => ({
  row,
  name,
  builtIn: "UNPROVISIONED",
  right: [["http://192.0.2.20/x.xml", "http://192.0.2.20/x.xml"]],
  wrong: ["not a url", "javascript:1"],
  at,
});

/** A port. */
export const portCase = (
  row: string,
  name: string,
  builtIn: string,
  at: Case["at"],
  beside?: string,
): Case => ({
  row,
  name,
  builtIn,
  right: [["5071", 5071]],
  wrong: ["0", "65536", "-1", "5060.5"],
  at,
  ...(beside === undefined ? {} : { beside }),
});

/** Lines that give the first line a name and a proxy. */
export const line = "line1_name: 2001\nproxy1_address: 192.0.2.10\n";
