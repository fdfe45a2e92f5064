// The store's own thread: one SQLite transaction per request, answered when it is on the disk.
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import type { StorageTrouble } from "#hal/contract/storage.ts";
import { pragmas, type StoreReply, type StoreRequest, schema, storageTroubleOf } from "./store-protocol.ts";

const { path } = workerData as { path: string }; // given by storage.ts
let database: DatabaseSync | undefined;

function open(): DatabaseSync {
  if (database !== undefined) return database;
  const opened = new DatabaseSync(path);
  opened.exec(pragmas);
  opened.exec(schema);
  database = opened;
  return opened;
}

function commit({ changes = [], erase }: StoreRequest): StorageTrouble | undefined {
  let store: DatabaseSync;
  try {
    store = open();
    store.exec("BEGIN IMMEDIATE");
  } catch (error) {
    return storageTroubleOf(error);
  }
  try {
    const clear = store.prepare("DELETE FROM kept WHERE shelf = ?");
    for (const shelf of erase) clear.run(shelf);
    const put = store.prepare("INSERT OR REPLACE INTO kept (shelf, key, value) VALUES (?, ?, ?)");
    const remove = store.prepare("DELETE FROM kept WHERE shelf = ? AND key = ?");
    for (const { shelf, key, value } of changes) {
      if (value === undefined) remove.run(shelf, key);
      else put.run(shelf, key, value);
    }
    store.exec("COMMIT");
    return undefined;
  } catch (error) {
    if (store.isTransaction) store.exec("ROLLBACK");
    return storageTroubleOf(error);
  }
}

parentPort?.on("message", (request: StoreRequest) => {
  if (request.changes === undefined) {
    database?.close();
    parentPort?.close();
    return;
  }
  const reply: StoreReply = { id: request.id, trouble: commit(request) };
  parentPort?.postMessage(reply);
});
