// What a person chose on the handset and the phone keeps: contrast and the personal directory (reference SET-001,
// DIR-001, DIR-002).
import type { DirectoryEntry } from "#firmware/call/facts.ts";
import type { Shelf } from "#hal/contract/storage.ts";
import type { Base } from "./base.ts";

/** Entries that the personal directory holds (reference DIR-001). */
export const mostEntries = 32;
/** Where the panel begins, in per cent. */
const usualContrastPct = 50;

const contrastKey = "contrast";
const directoryKey = "personal";

export interface Personal {
  contrastPct(): number;
  /** `isKept` false: only to look at. */
  setContrast(percent: number, options: { readonly isKept: boolean }): void;
  directory(): readonly DirectoryEntry[];
  /** `index` undefined: a new entry; false: there is no room for it. */
  store(index: number | undefined, entry: DirectoryEntry): boolean;
  remove(index: number): void;
}

/** Reads what was kept and sets the panel so. */
export function createPersonal({ hal, runtime }: Base): Personal {
  const { storage, panel } = hal;
  let contrastPct = readPercent(storage.read("settings", contrastKey)) ?? usualContrastPct;
  let directory = readDirectory(storage.read("directory", directoryKey));
  panel.setContrast(contrastPct);

  const keep = (shelf: Shelf, key: string, text: string): void => {
    storage
      .write([{ shelf, key, value: new TextEncoder().encode(text) }])
      .catch((error: unknown) => runtime.log("phone").warning(`${key} not kept: ${String(error)}`));
  };
  const change = (next: readonly DirectoryEntry[]): void => {
    directory = next;
    keep("directory", directoryKey, JSON.stringify(next));
  };
  return {
    contrastPct: () => contrastPct,
    setContrast(percent, { isKept }) {
      contrastPct = percent;
      panel.setContrast(percent);
      if (isKept) keep("settings", contrastKey, String(percent));
    },
    directory: () => directory,
    store(index, entry) {
      const isThere = index !== undefined && index < directory.length;
      if (!isThere && directory.length >= mostEntries) return false;
      change(isThere ? directory.with(index, entry) : [...directory, entry]);
      return true;
    },
    remove(index) {
      change(directory.filter((_, at) => at !== index));
    },
  };
}

function readPercent(bytes: Uint8Array | undefined): number | undefined {
  const text = bytes === undefined ? "" : new TextDecoder().decode(bytes);
  return /^\d{1,3}$/.test(text) && Number(text) <= 100 ? Number(text) : undefined;
}

/** Entries as they were written; what is none is left out. */
function readDirectory(bytes: Uint8Array | undefined): readonly DirectoryEntry[] {
  if (bytes === undefined) return [];
  let kept: unknown;
  try {
    kept = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return []; // written by something else: the directory begins anew
  }
  if (!Array.isArray(kept)) return [];
  return kept.filter(isEntry).slice(0, mostEntries);
}

function isEntry(value: unknown): value is DirectoryEntry {
  if (typeof value !== "object" || value === null) return false;
  const { name, number } = value as Partial<Record<string, unknown>>; // an object; its fields are looked at here
  return typeof name === "string" && typeof number === "string";
}
