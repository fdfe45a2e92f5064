// What is kept survives; what is damaged, absent or full is told and never stops the phone.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StorageTrouble } from "#hal/contract/storage.ts";
import { openStorage } from "#hal/linux/storage.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "offhook-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (folder = directory) =>
  openStorage({
    directory: folder,
    worker: sourceWorkers().store,
    failed: (error) => {
      throw error;
    },
  });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("a resolved write is there at the next start; removed keys and erased shelves are not", async () => {
  const store = open();
  expect(store.trouble).toBeUndefined();
  const first = store.write([
    { shelf: "lease", key: "eth0", value: bytes("10.77.0.9") },
    { shelf: "settings", key: "a", value: bytes("1") },
    { shelf: "settings", key: "b", value: bytes("2") },
    { shelf: "pin", key: "pin", value: bytes("1234") },
  ]);
  expect(store.read("lease", "eth0")).toEqual(bytes("10.77.0.9")); // at once
  await first;
  await store.write([{ shelf: "settings", key: "a", value: undefined }]);
  await store.erase(["pin"]);
  await store.close();

  const again = open();
  expect(again.read("lease", "eth0")).toEqual(bytes("10.77.0.9"));
  expect(again.keys("settings")).toEqual(["b"]);
  expect(again.keys("pin")).toEqual([]);
});

test("what a reader does with a value does not change what is kept", async () => {
  const store = open();
  const value = bytes("kept");
  const written = store.write([{ shelf: "time", key: "k", value }]);
  value.fill(0);
  store.read("time", "k")?.fill(0);
  expect(store.read("time", "k")).toEqual(bytes("kept"));
  await written;
  await store.close();
  expect(open().read("time", "k")).toEqual(bytes("kept"));
});

test("a corrupt file is set aside under a name, and a new store works", async () => {
  for (const number of [1, 2]) {
    writeFileSync(
      join(directory, "store.sqlite"),
      "this is no database, and long enough to have a head ".repeat(40),
    );
    const store = open();
    const setAsideAs = join(directory, `store.sqlite.corrupt-${number}`);
    expect(store.trouble).toEqual({ kind: "corrupt", setAsideAs });
    await store.write([{ shelf: "boot", key: "n", value: bytes("1") }]);
    await store.close();
    expect(open().read("boot", "n")).toEqual(bytes("1"));
  }
  expect(readdirSync(directory).filter((name) => /corrupt-\d$/.test(name))).toHaveLength(2);
});

test("a page damaged in the middle of the file is found by the check at start", async () => {
  const store = open();
  const value = new Uint8Array(20_000).fill(7);
  await store.write([{ shelf: "config", key: "SEP", value }]);
  await store.close();
  const path = join(directory, "store.sqlite");
  const { openSync, writeSync, closeSync } = await import("node:fs");
  const fd = openSync(path, "r+");
  writeSync(fd, new Uint8Array(4096).fill(0xff), 0, 4096, 4096);
  closeSync(fd);
  expect(open().trouble?.kind).toBe("corrupt");
});

test("without a data partition nothing is kept, and each write says so", async () => {
  const store = open(join(directory, "not-mounted"));
  expect(store.trouble).toEqual({ kind: "absent" });
  const write = store.write([{ shelf: "lease", key: "k", value: bytes("v") }]);
  await expect(write).rejects.toMatchObject({ code: "missing", device: "storage" });
  expect(store.read("lease", "k")).toEqual(bytes("v")); // for as long as this run lasts
});

test("a write that fails is rejected and told, and the next one that can be done is done", async () => {
  const store = open();
  await store.write([{ shelf: "calls", key: "1", value: bytes("a") }]);
  const blocker = new DatabaseSync(join(directory, "store.sqlite"));
  blocker.exec(
    "CREATE TRIGGER refuse BEFORE INSERT ON kept WHEN NEW.key = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END",
  );
  blocker.close();
  const told: StorageTrouble[] = [];
  store.troubles.subscribe((trouble) => told.push(trouble), { signal: new AbortController().signal });
  const bad = store.write([
    { shelf: "calls", key: "2", value: bytes("b") },
    { shelf: "calls", key: "bad", value: bytes("c") },
  ]);
  await expect(bad).rejects.toMatchObject({ code: "io" });
  await store.write([{ shelf: "calls", key: "3", value: bytes("d") }]);
  await store.close();
  expect(told).toEqual([{ kind: "failed", detail: "refused" }]);
  expect(open().keys("calls")).toEqual(["1", "3"]); // all of a write or nothing
});

test("killed in the middle of writing: all that was said to be durable is there, the rest whole or not at all", async () => {
  const program = join(import.meta.dirname, "linux-storage-program.ts");
  const child = spawn(process.execPath, [program, directory], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split("\n").length > 12) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.once("close", resolve));
  const last = Number(said.trimEnd().split("\n").at(-1));
  const store = open();
  expect(store.trouble).toBeUndefined();
  for (let number = 0; number <= last; number++)
    expect(store.read("calls", `a${number}`)).toEqual(new Uint8Array(3000).fill(number));
  const numbers = (letter: string) =>
    store
      .keys("calls")
      .filter((key) => key.startsWith(letter))
      .map((key) => key.slice(1));
  expect(numbers("a")).toEqual(numbers("b"));
});
