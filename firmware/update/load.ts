// Brings the image that a configuration names into the slot that does not run (reference cisco-7960-sip 1.5,
// boot-and-provisioning 5.5). One server is asked: an image that is not there is not looked for elsewhere. Whether it is
// genuine is the slots' business.

import type { Log } from "#firmware/runtime/log.ts";
import { HalError, type HalErrorCode } from "#hal/contract/errors.ts";
import type { ImageSlots } from "#hal/contract/identity.ts";
import { Bundle } from "./bundle.ts";
import { mostListBytes, partsOf } from "./load-files.ts";

/** What became of reading one file. */
export type LoadFile = "whole" | "not-found" | "timeout" | "unreachable" | "error" | "too-large";

/** What became of an image. */
export type LoadOutcome =
  /** It is in the other slot, and runs from the next start on. */
  | { readonly kind: "stored" }
  /** A file of it could not be had, or the list of its parts is none. */
  | { readonly kind: "unavailable"; readonly file: string; readonly why: LoadFile | "malformed" }
  /** It is not genuine, for another board, or another image than its files say. */
  | { readonly kind: "refused" }
  /** It could not be written. */
  | { readonly kind: "not-stored"; readonly code: HalErrorCode };

export interface FileToRead {
  readonly name: string;
  /** One that goes on after so much is `too-large`. */
  readonly maxBytes: number;
}

/** Takes a block of a file. With a promise: no more of them before it has resolved. */
export type KeepBlock = (bytes: Uint8Array) => Promise<void> | undefined;

/** More than a slot holds: the slots know exactly. */
const mostImageBytes = 512 * 1024 * 1024;

/** What bringing an image is given. */
export interface LoadPorts {
  readonly images: ImageSlots;
  /** Reads one file of the server; `keep` takes it block by block. Rejects only with the signal's reason. */
  read(file: FileToRead, keep: KeepBlock, signal: AbortSignal): Promise<LoadFile>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Fetches the image of this name, without suffix, and installs it. Rejects only with the signal's reason. */
export async function bringLoad(name: string, ports: LoadPorts): Promise<LoadOutcome> {
  const parts = await readParts(name, ports);
  if (!isList(parts)) return parts;
  const { images, log, signal } = ports;
  const enough = new AbortController();
  const bundle = new Bundle();
  const fetching = readBundle(parts, bundle, { ...ports, signal: AbortSignal.any([signal, enough.signal]) });
  try {
    const slot = await images.install(bundle, { name, signal });
    log.info(`image ${name} is in slot ${slot.name}`);
    return { kind: "stored" };
  } catch (error) {
    enough.abort(new Error("the image was refused"));
    const missing = await fetching;
    signal.throwIfAborted();
    if (missing !== undefined) return missing;
    if (!(error instanceof HalError)) throw error;
    log.warning(error.message);
    return error.code === "denied" ? { kind: "refused" } : { kind: "not-stored", code: error.code };
  }
}

const isList = (parts: readonly string[] | LoadOutcome): parts is readonly string[] => Array.isArray(parts);

/** The names in `NAME.loads`; without such a file `NAME.bin` is all. */
async function readParts(
  name: string,
  { read, signal }: LoadPorts,
): Promise<readonly string[] | LoadOutcome> {
  const file = `${name}.loads`;
  const pieces: Uint8Array[] = [];
  const list = { name: file, maxBytes: mostListBytes }; // it is kept whole: no server may fill the memory with it
  const keep = (bytes: Uint8Array): undefined => void pieces.push(bytes);
  const what = await read(list, keep, signal);
  if (what === "not-found") return [`${name}.bin`];
  if (what !== "whole") return { kind: "unavailable", file, why: what };
  return partsOf(pieces) ?? { kind: "unavailable", file, why: "malformed" };
}

/** Pushes each part; resolves with the one that could not be had. */
async function readBundle(
  parts: readonly string[],
  bundle: Bundle,
  { read, signal }: LoadPorts,
): Promise<LoadOutcome | undefined> {
  try {
    for (const file of parts) {
      const part = { name: file, maxBytes: mostImageBytes };
      const why = await read(part, (bytes) => bundle.push(bytes), signal);
      if (why === "whole") continue;
      bundle.end(new Error(`${file}: ${why}`));
      return { kind: "unavailable", file, why };
    }
    bundle.end(undefined);
  } catch (error) {
    if (!signal.aborted) throw error;
    bundle.end(new Error("no more is wanted"));
  }
  return undefined;
}
