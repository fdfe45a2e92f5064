// `syncinfo.xml`: whether a check-sync means a restart (reference cisco-7960-sip 4.13, SYN-003…006).
import { readXml, type XmlElement } from "#firmware/xml/read.ts";

/** One `<IMAGE VERSION="…" SYNC="…"/>`. */
export interface SyncEntry {
  /** An image name, or `*`. */
  readonly version: string;
  readonly sync: string;
}

/** Every entry, wrapped in `<SYNCINFO>` or alone. Throws ConfigError. */
export function parseSyncInfo(file: string, bytes: Uint8Array): readonly SyncEntry[] {
  const root = readXml(file, bytes);
  const elements = root.name.toUpperCase() === "IMAGE" ? [root] : root.children;
  return elements.flatMap(entryOf);
}

/** SYNC is at most 32 characters, 1 where it is missing. */
function entryOf({ name, attributes }: XmlElement): readonly SyncEntry[] {
  const version = attributes.get("VERSION");
  const sync = attributes.get("SYNC") ?? "1";
  return name.toUpperCase() === "IMAGE" && version !== undefined && sync.length <= 32
    ? [{ version, sync }]
    : [];
}

/** The level that another start is wanted for; undefined: ours. The running image's entry counts, else the one for all. */
export function otherLevel(
  entries: readonly SyncEntry[],
  own: { readonly load: string; readonly sync: string },
): string | undefined {
  const entry =
    entries.find(({ version }) => version === own.load) ?? entries.find(({ version }) => version === "*");
  return entry === undefined || entry.sync === own.sync ? undefined : entry.sync;
}
