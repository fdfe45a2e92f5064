// A crash on any thread ends the process within 500 ms and leaves a record that the next start reads and counts.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openCrashRecord } from "#hal/linux/crash-record.ts";
import { type Ending, ending } from "./ending.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "offhook-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the program in `mode`. */
function run(mode: string): Promise<Ending> {
  return ending(process.execPath, [join(import.meta.dirname, "linux-crash-program.ts"), mode, directory]);
}

const look = () => {
  const record = openCrashRecord(directory, "0.0.1-test");
  return record;
};

test("a throw, a rejection and a dying worker each end the process in 500 ms with a record of why", async () => {
  let starts = 0;
  for (const [mode, reason] of [
    ["throw", "main: thrown on main"],
    ["reject", "main: rejected on main"],
    ["store", "store worker: thrown in store"],
    ["throw-while-polling", "main: thrown beside a polling worker"],
    ["io", "I/O worker: "],
  ] as const) {
    const end = await run(mode);
    expect(end.signal, end.errors).toBe("SIGABRT");
    expect(end.tookMs, mode).toBeLessThan(500);
    const record = look();
    expect(record.previous?.reason, mode).toContain(reason);
    expect(record.previous).toMatchObject({ log: ["one", "two"], version: "0.0.1-test" });
    expect(record.previous?.stack).toContain("Error: ");
    expect(record.countInARow).toBe(starts + 1);
    starts += 2; // each look is itself a start that goes on to crash:
    record.write({ reason: "looked", stack: "", log: [], version: "" });
  }
});

test("an orderly stop leaves nothing, a healthy start ends the count", async () => {
  await run("throw");
  await run("throw");
  await run("stop");
  const counted = look();
  expect(counted.countInARow).toBe(2);
  expect(counted.previous).toBeUndefined();
  counted.close();
  await run("healthy");
  expect(look()).toMatchObject({ countInARow: 0, previous: undefined });
});

test("a start that was killed before it was healthy counts as failed", () => {
  look(); // begun, never ended: as after a hang and a reset by the watchdog
  const next = look();
  expect(next.countInARow).toBe(1);
  expect(next.previous?.reason).toContain("without a word");
});

test("a torn or foreign record says nothing; no folder means no record and no failure", () => {
  look().write({ reason: "r", stack: "s", log: [], version: "v" });
  truncateSync(join(directory, "crash-record"), 30);
  expect(look()).toMatchObject({ countInARow: 0, previous: undefined });
  writeFileSync(join(directory, "crash-record"), "ffffffffffffffff{}");
  expect(look()).toMatchObject({ countInARow: 0, previous: undefined });
  expect(openCrashRecord(join(directory, "absent"), "v").countInARow).toBe(0);
});

test("a record too large for the file keeps the newest lines", () => {
  const log = Array.from({ length: 200 }, (_, index) => `${index} ${"x".repeat(1000)}`);
  look().write({ reason: "r", stack: "s", log, version: "v" });
  const kept = look().previous?.log ?? [];
  expect(kept.length).toBeGreaterThan(20);
  expect(kept.at(-1)).toBe(log.at(-1));
});
