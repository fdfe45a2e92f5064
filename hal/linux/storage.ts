// What the phone keeps: one SQLite file, read whole at start, written by a worker thread. Reads come from memory; a
// write is seen at once and its promise resolves when it is durable.
import { accessSync, constants, existsSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { HalError } from "#hal/contract/errors.ts";
import type { Shelf, Storage, StorageChange, StorageTrouble } from "#hal/contract/storage.ts";
import { Emitter } from "#hal/contract/stream.ts";
import {
  isDamage,
  pragmas,
  type StoreReply,
  type StoreRequest,
  schema,
  storageTroubleOf,
} from "./store-protocol.ts";

export interface StorageOptions {
  /** The data partition's folder; it is not made here, so that a missing partition is seen. */
  readonly directory: string;
  /** The store worker's source or bundle. */
  readonly worker: URL;
  /** The worker died: our own mistake. */
  failed(error: unknown): void;
}

/** Storage and its end. */
export interface LinuxStorage extends Storage {
  /** Waits for the writes under way and ends the worker. */
  close(): Promise<void>;
}

type Shelves = Map<string, Map<string, Uint8Array>>;
const fileName = "store.sqlite";
const schemaVersion = 1;

/** Opens the store, makes it on first use, sets a corrupt one aside. Never throws: what is wrong is in `trouble`. */
export function openStorage(options: StorageOptions): LinuxStorage {
  const { directory } = options;
  const path = join(directory, fileName);
  const readOnly: StorageTrouble = { kind: "failed", detail: `${directory} is read-only` };
  try {
    if (isUsable(directory, constants.W_OK)) return createStorage(options, readAll(path, false), undefined);
    if (!isUsable(directory, constants.R_OK)) return createStorage(options, new Map(), { kind: "absent" });
    return createStorage(options, existsSync(path) ? readAll(path, true) : new Map(), readOnly);
  } catch (error) {
    const trouble = storageTroubleOf(error);
    return createStorage(options, new Map(), isDamage(error) ? setAside(path, trouble) : trouble);
  }
}

function isUsable(directory: string, how: number): boolean {
  try {
    accessSync(directory, how | constants.X_OK);
    return statSync(directory).isDirectory();
  } catch {
    return false; // told as a trouble
  }
}

/** Checks the file and reads every value; throws what SQLite throws, or HalError when the check finds damage. */
function readAll(path: string, isReadOnly: boolean): Shelves {
  const shelves: Shelves = new Map();
  const database = new DatabaseSync(path, { readOnly: isReadOnly });
  try {
    if (!isReadOnly) database.exec(pragmas);
    const check = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
    if (check !== "ok") throw new HalError("io", path, "quick_check", String(check));
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version > schemaVersion)
      throw new HalError("unsupported", path, "open", `version ${version}, ${schemaVersion} is known`);
    if (!isReadOnly) database.exec(schema);
    if (!isReadOnly && version !== schemaVersion) database.exec(`PRAGMA user_version = ${schemaVersion}`);
    for (const row of database.prepare("SELECT shelf, key, value FROM kept").iterate()) {
      const { shelf, key, value } = row as { shelf: string; key: string; value: Uint8Array }; // STRICT table
      shelfOf(shelves, shelf).set(key, value);
    }
    return shelves;
  } finally {
    database.close();
  }
}

/** Renames the damaged file and its journal, so that a new store can begin and a person can look at the old one. */
function setAside(path: string, trouble: StorageTrouble): StorageTrouble {
  let number = 1;
  while (existsSync(`${path}.corrupt-${number}`)) number++;
  const asidePath = `${path}.corrupt-${number}`;
  try {
    renameSync(path, asidePath);
    if (existsSync(`${path}-journal`)) renameSync(`${path}-journal`, `${asidePath}-journal`);
  } catch {
    return trouble; // not even that worked: the first trouble is the one to tell
  }
  return { kind: "corrupt", setAsideAs: asidePath };
}

function shelfOf(shelves: Shelves, name: string): Map<string, Uint8Array> {
  const present = shelves.get(name);
  if (present !== undefined) return present;
  const made = new Map<string, Uint8Array>();
  shelves.set(name, made);
  return made;
}

function createStorage(
  options: StorageOptions,
  shelves: Shelves,
  trouble: StorageTrouble | undefined,
): LinuxStorage {
  const troubles = new Emitter<StorageTrouble>();
  const writer = new StoreWriter(options, (found) => troubles.emit(found));
  const isAbsent = trouble?.kind === "absent";
  if (!isAbsent) writer.begin();
  const keep = (request: Omit<StoreRequest, "id">): Promise<void> =>
    isAbsent
      ? Promise.reject(
          new HalError("missing", "storage", "write", `no folder ${options.directory} to keep it in`),
        )
      : writer.write(request);
  return {
    trouble,
    troubles,
    read: (shelf, key) => shelves.get(shelf)?.get(key)?.slice(),
    keys: (shelf) => [...(shelves.get(shelf)?.keys() ?? [])].sort(),
    write(changes: readonly StorageChange[]) {
      const copied = changes.map((change) => ({ ...change, value: change.value?.slice() }));
      for (const { shelf, key, value } of copied) {
        if (value === undefined) shelves.get(shelf)?.delete(key);
        else shelfOf(shelves, shelf).set(key, value);
      }
      return keep({ changes: copied, erase: [] });
    },
    erase(names: readonly Shelf[]) {
      for (const name of names) shelves.delete(name);
      return keep({ changes: [], erase: names });
    },
    close: () => writer.close(),
  };
}

/**
 * The worker and the promises of the writes under way. It begins with the store: the first write comes with the lease, when
 * every millisecond of two processors is somebody's. Until then it keeps no process alive.
 */
class StoreWriter {
  readonly #options: StorageOptions;
  readonly #told: (trouble: StorageTrouble) => void;
  readonly #waiting = new Map<number, { resolve: () => void; reject: (error: HalError) => void }>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(options: StorageOptions, told: (trouble: StorageTrouble) => void) {
    this.#options = options;
    this.#told = told;
  }

  begin(): void {
    this.#thread().unref();
  }

  write(request: Omit<StoreRequest, "id">): Promise<void> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const worker = this.#thread();
      worker.ref();
      worker.postMessage({ ...request, id } satisfies StoreRequest);
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    worker.ref();
    worker.postMessage({ id: 0, changes: undefined, erase: [] } satisfies StoreRequest); // after all that is queued
    await ended;
    this.#worker = undefined;
  }

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.#options.worker, {
      name: "store",
      workerData: { path: join(this.#options.directory, fileName) },
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4, stackSizeMb: 2 },
    });
    worker.on("message", (reply: StoreReply) => this.#answered(reply));
    worker.on("error", (error) => this.#options.failed(error));
    this.#worker = worker;
    return worker;
  }

  #answered({ id, trouble }: StoreReply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (trouble === undefined) {
      waiting?.resolve();
      return;
    }
    this.#told(trouble);
    const detail = trouble.kind === "failed" ? trouble.detail : "no space left";
    waiting?.reject(new HalError("io", "storage", "write", detail));
  }
}
