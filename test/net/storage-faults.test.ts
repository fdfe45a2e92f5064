// A data partition that is full, or read-only, as the kernel itself refuses: the phone starts, says so, and goes on.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StorageTrouble } from "#hal/contract/storage.ts";
import { openCrashRecord } from "#hal/linux/crash-record.ts";
import { openStorage } from "#hal/linux/storage.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";
import { makeNet, type Net } from "./namespaces.ts";

let net: Net;
let partition: string;
beforeEach(() => {
  net = makeNet(); // for its folder, which is removed with what is mounted in it
  partition = join(net.folder, "data");
  mkdirSync(partition);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", partition]);
});
afterEach(() => net.close());

const open = () =>
  openStorage({
    directory: partition,
    worker: sourceWorkers().store,
    failed: (error) => {
      throw error;
    },
  });

/** Leaves no byte free. */
function fill(): void {
  const fits = (size: number): boolean => {
    try {
      writeFileSync(join(partition, "filler"), new Uint8Array(size), { flag: "a" });
      return true;
    } catch {
      return false;
    }
  };
  for (let size = 65_536; size >= 1; size = fits(size) ? size : Math.floor(size / 2));
}

test("a write to a full partition is rejected and told, and what was kept before is still there", async () => {
  const store = open();
  await store.write([{ shelf: "lease", key: "k", value: new Uint8Array([7]) }]);
  const told: StorageTrouble[] = [];
  store.troubles.subscribe((trouble) => told.push(trouble), { signal: new AbortController().signal });
  const tooMuch = store.write([{ shelf: "config", key: "big", value: new Uint8Array(400_000) }]);
  await expect(tooMuch).rejects.toMatchObject({ code: "io", device: "storage" });
  expect(told).toEqual([{ kind: "full" }]);
  await store.write([{ shelf: "settings", key: "small", value: new Uint8Array([1]) }]); // there is room for this
  await store.close();
  const again = open();
  expect(again.trouble).toBeUndefined();
  expect([again.keys("lease"), again.keys("config"), again.keys("settings")]).toEqual([["k"], [], ["small"]]);
});

test("a start on a full partition: storage says full, the crash record does without", () => {
  fill();
  const store = open();
  expect(store.trouble).toEqual({ kind: "full" });
  expect(readdirSync(partition).filter((name) => name.includes("corrupt"))).toEqual([]);
  const record = openCrashRecord(partition, "v");
  expect(record).toMatchObject({ previous: undefined, countInARow: 0 });
  record.write({ reason: "no room for this", stack: "", log: [], version: "v" }); // goes to standard error
});

test("a crash record that was made in time can be written when the partition is full", () => {
  openCrashRecord(partition, "v").close();
  const record = openCrashRecord(partition, "v");
  fill();
  record.write({ reason: "full, and yet", stack: "s", log: ["l"], version: "v" });
  expect(openCrashRecord(partition, "v").previous?.reason).toBe("full, and yet");
  expect(statSync(join(partition, "crash-record")).size).toBe(65_536);
});

test("a read-only partition is told as failed, what is kept there is read, and each write is refused", async () => {
  const store = open();
  await store.write([{ shelf: "lease", key: "k", value: new Uint8Array([7]) }]);
  await store.close();
  execFileSync("mount", ["-o", "remount,ro", partition]);
  const again = open();
  expect(again.trouble?.kind).toBe("failed");
  expect(again.read("lease", "k")).toEqual(new Uint8Array([7]));
  await expect(again.write([{ shelf: "lease", key: "k", value: undefined }])).rejects.toMatchObject({
    code: "io",
  });
  await again.close();
});
