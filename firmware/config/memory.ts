// What provisioning remembers from boot to boot: the last good files, whole, and what worked. Shelf `config`; values
// typed on the phone are on shelf `settings`, one key per parameter.
import type { Storage, StorageChange } from "#hal/contract/storage.ts";
import { textDefaultName } from "./file-names.ts";
import type { FileRole } from "./notices.ts";
import type { ConfigKind } from "./phone-config.ts";
import type { GivenFile } from "./reading.ts";

/** A file that follows the configuration, as it was last time. */
export interface KeptExtra {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Memory {
  /** Kind and files of the last accepted configuration. */
  readonly lastGood: { readonly kind: ConfigKind; readonly files: readonly GivenFile[] } | undefined;
  /** `tftp_cfg_dir` of that configuration. */
  readonly directory: string | undefined;
  /** Registered after the default file was served (seed 001): the phone has a file of its own now. */
  readonly hasOwnFile: boolean;
  readonly hasTrustList: boolean;
  /** That configuration wants files by HTTP first (`offhook_http_files`). */
  readonly isHttpFirst: boolean;
  readonly sizes: ReadonlyMap<string, number>;
  readonly extras: ReadonlyMap<FileRole, KeptExtra>;
  /** A load that could not be had, and how often in a row. */
  readonly badLoad: { readonly name: string; readonly failures: number } | undefined;
}

/** A new handset. */
export const emptyMemory: Memory = {
  lastGood: undefined,
  directory: undefined,
  hasOwnFile: false,
  hasTrustList: false,
  isHttpFirst: false,
  sizes: new Map(),
  extras: new Map(),
  badLoad: undefined,
};

/** How the plain facts are written; files stand under keys of their own. */
interface Index {
  readonly kind: ConfigKind | null;
  readonly files: readonly { readonly name: string; readonly source: GivenFile["source"] }[];
  readonly directory: string | null;
  readonly hasOwnFile: boolean;
  readonly hasTrustList: boolean;
  readonly isHttpFirst: boolean;
  readonly sizes: readonly (readonly [string, number])[];
  readonly extras: readonly { readonly role: FileRole; readonly name: string }[];
  readonly badLoad: { readonly name: string; readonly failures: number } | null;
}

const indexKey = "index";
const fileKey = (name: string): string => `file ${name}`;
const extraKey = (role: FileRole): string => `extra ${role}`;

/** Reads the memory; what does not fit together is left out. */
export function readMemory(storage: Storage): Memory {
  const index = readIndex(storage.read("config", indexKey));
  if (index === undefined) return emptyMemory;
  const files = index.files.flatMap(({ name, source }) => {
    const bytes = storage.read("config", fileKey(name));
    return bytes === undefined ? [] : [{ name, source, bytes, server: undefined }];
  });
  const extras = index.extras.flatMap(({ role, name }) => {
    const bytes = storage.read("config", extraKey(role));
    return bytes === undefined ? [] : [[role, { name, bytes }] as const];
  });
  const isWhole = files.length === index.files.length;
  return {
    lastGood: index.kind !== null && isWhole ? { kind: index.kind, files } : undefined,
    directory: index.directory ?? undefined,
    hasOwnFile: index.hasOwnFile,
    hasTrustList: index.hasTrustList,
    isHttpFirst: index.isHttpFirst,
    sizes: new Map(index.sizes),
    extras: new Map(extras),
    badLoad: index.badLoad ?? undefined,
  };
}

/** The kind of files that worked last: whether the phone names itself SIP or SEP before it has any. */
export function keptKind(storage: Storage): ConfigKind | undefined {
  return readIndex(storage.read("config", indexKey))?.kind ?? undefined;
}

/** Our own writing: another version may have had other fields, so a wrong shape counts as nothing kept. */
function readIndex(bytes: Uint8Array | undefined): Index | undefined {
  if (bytes === undefined) return undefined;
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Index & { readonly version?: number }; // checked by its version
    return value.version === 2 ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The changes that bring the store from `before` to `after`, in one transaction. */
export function memoryChanges(before: Memory, after: Memory): readonly StorageChange[] {
  if (before === after) return [];
  const changes: StorageChange[] = [];
  const put = (key: string, value: Uint8Array | undefined): void =>
    void changes.push({ shelf: "config", key, value });
  if (before.lastGood?.files !== after.lastGood?.files) {
    const kept = new Set(after.lastGood?.files.map(({ name }) => name));
    for (const { name } of before.lastGood?.files ?? []) if (!kept.has(name)) put(fileKey(name), undefined);
    for (const { name, bytes } of after.lastGood?.files ?? []) put(fileKey(name), bytes);
  }
  for (const [role, extra] of after.extras)
    if (before.extras.get(role) !== extra) put(extraKey(role), extra.bytes);
  for (const role of before.extras.keys()) if (!after.extras.has(role)) put(extraKey(role), undefined);
  const index = indexBytes(after);
  if (!areEqual(index, indexBytes(before))) put(indexKey, index);
  return changes;
}

function indexBytes(memory: Memory): Uint8Array {
  const index: Index & { readonly version: number } = {
    version: 2,
    kind: memory.lastGood?.kind ?? null,
    files: (memory.lastGood?.files ?? []).map(({ name, source }) => ({ name, source })),
    directory: memory.directory ?? null,
    hasOwnFile: memory.hasOwnFile,
    hasTrustList: memory.hasTrustList,
    isHttpFirst: memory.isHttpFirst,
    sizes: [...memory.sizes],
    extras: [...memory.extras].map(([role, { name }]) => ({ role, name })),
    badLoad: memory.badLoad ?? null,
  };
  return new TextEncoder().encode(JSON.stringify(index));
}

/** Whether two files have the same bytes. */
export function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Seed 001: a phone that registered by the default file has a file of its own now and "does not reference" it again. */
export function afterRegistering(memory: Memory, files: readonly GivenFile[]): Memory {
  const isByDefault = files.some(({ name }) => name === textDefaultName);
  return isByDefault && !memory.hasOwnFile ? { ...memory, hasOwnFile: true } : memory;
}

/** A load that could not be had counts; one that is there ends the count. */
export function afterLoad(memory: Memory, name: string, isAvailable: boolean): Memory {
  if (isAvailable) return memory.badLoad === undefined ? memory : { ...memory, badLoad: undefined };
  const failures = memory.badLoad?.name === name ? memory.badLoad.failures + 1 : 1;
  return { ...memory, badLoad: { name, failures } };
}
