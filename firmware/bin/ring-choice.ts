// The ring a person chose: the built-in ones and those of the TFTP server's list (reference cisco-7960-sip 10.1). A
// recording is kept with the choice, so that the phone rings with it before a file server answers, or without one.
import type { StatusMessage } from "#firmware/config/notices.ts";
import { decodeRing, parseRingList, type RingEntry } from "#firmware/media/ring-file.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import type { StorageChange } from "#hal/contract/storage.ts";
import { builtInRings, type RingSound } from "#ui/tones/rings.ts";
import type { Base } from "./base.ts";

const nameKey = "ring_type";
const recordingKey = "ring_recording";

/** Where recordings come from, and whom their faults are told. */
export interface RingSources {
  /** Undefined when it cannot be had. */
  fetch(file: string): Promise<Uint8Array | undefined>;
  status(message: StatusMessage): void;
}

export interface RingChoice {
  /** What there is to choose from. */
  names(): readonly string[];
  /** The name of the ring in force. */
  chosen(): string;
  /** What an incoming call rings with. */
  sound(): RingSound;
  /** The list came; undefined: there is none. */
  take(list: string, bytes: Uint8Array | undefined): void;
  /** To listen to; undefined when it cannot be had. */
  find(name: string): Promise<RingSound | undefined>;
  /** In force from here on; false when it cannot be had. */
  choose(name: string): Promise<boolean>;
}

const builtIn: readonly RingSound[] = Object.values(builtInRings);

/** Begins with the ring that was kept. */
export function createRingChoice({ hal, runtime }: Base, sources: RingSources): RingChoice {
  const { storage } = hal;
  let entries: readonly RingEntry[] = [];
  let sound = keptRing(textOf(storage.read("settings", nameKey)), storage.read("settings", recordingKey));
  /** The recording fetched last: who listens to a ring often takes it. */
  let last: { readonly name: string; readonly bytes: Uint8Array; readonly sound: RingSound } | undefined;

  const find = async (name: string): Promise<RingSound | undefined> => {
    const ready =
      builtIn.find((ring) => ring.name === name) ?? (last?.name === name ? last.sound : undefined);
    if (ready !== undefined) return ready;
    const file = entries.find((entry) => entry.name === name)?.file;
    if (file === undefined) return sound.name === name ? sound : undefined;
    const bytes = await sources.fetch(file);
    if (bytes === undefined) {
      sources.status({ code: "file-not-found", facts: { name: file } });
      return undefined;
    }
    const samples = recordingOf(file, bytes);
    if (samples === undefined) {
      sources.status({ code: "file-malformed", facts: { name: file, place: "length", detail: "unusable" } });
      return undefined;
    }
    last = { name, bytes, sound: { kind: "recording", name, samples } };
    return last.sound;
  };
  const keep = (changes: readonly StorageChange[]): void => {
    storage
      .write(changes)
      .catch((error: unknown) => runtime.log("phone").warning(`ring not kept: ${String(error)}`));
  };

  return {
    names() {
      const all = [...builtIn.map(({ name }) => name), ...entries.map(({ name }) => name), sound.name];
      return [...new Set(all)];
    },
    chosen: () => sound.name,
    sound: () => sound,
    take(list, bytes) {
      if (bytes === undefined) {
        entries = [];
        return;
      }
      const read = parseRingList(bytes);
      entries = read.entries;
      const count = read.unusableLines.length;
      if (count > 0) sources.status({ code: "parse-errors", facts: { name: list, count } });
    },
    find,
    async choose(name) {
      const found = await find(name);
      if (found === undefined) return false;
      sound = found;
      const recording = last?.name === name ? last.bytes : undefined;
      keep([
        { shelf: "settings", key: nameKey, value: new TextEncoder().encode(name) },
        ...(found.kind === "recording" && recording === undefined
          ? [] // the one in force already: its recording is there
          : [{ shelf: "settings", key: recordingKey, value: recording } as const]),
      ]);
      return true;
    },
  };
}

const textOf = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? "" : new TextDecoder().decode(bytes);

function keptRing(name: string, recording: Uint8Array | undefined): RingSound {
  const ready = builtIn.find((ring) => ring.name === name);
  if (ready !== undefined || name === "" || recording === undefined) return ready ?? builtInRings.chirp1;
  const samples = recordingOf(name, recording);
  return samples === undefined ? builtInRings.chirp1 : { kind: "recording", name, samples };
}

function recordingOf(file: string, bytes: Uint8Array): Int16Array | undefined {
  try {
    return decodeRing(file, bytes);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return undefined; // the caller says so
  }
}
