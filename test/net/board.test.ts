// boards/linux in a process of its own inside the phone's namespace: it opens, crashes in half a second with a record,
// and closes without leaving anything that keeps the process alive.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCrashRecord } from "#hal/linux/crash-record.ts";
import { makeNet, type Net, phoneMac } from "./namespaces.ts";

let net: Net;
beforeAll(() => {
  net = makeNet();
});
afterAll(() => net.close());

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  /** From its last word to its end. */
  readonly tookMs: number;
  readonly errors: string;
}

function run(mode: string, stateDirectory: string): Promise<End> {
  const program = join(import.meta.dirname, "crash-program.ts");
  const words = ["netns", "exec", net.phone.namespace, process.execPath, program, mode, stateDirectory];
  const child = spawn("ip", words, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on("exit", (code, signal) => {
      const endNs = process.hrtime.bigint();
      const tookMs = said === "" ? Number.NaN : Number(endNs - BigInt(said.trim())) / 1e6;
      resolve({ code, signal, tookMs, errors });
    });
  });
}

/** The first of up to three runs that took less than `limitMs`, else the last: a busy machine is late now and then. */
async function runWithin(limitMs: number, mode: string): Promise<End & { readonly state: string }> {
  for (let attempt = 1; ; attempt++) {
    const state = join(net.folder, `state-${mode}-${attempt}`);
    const end = await run(mode, state);
    if (end.tookMs < limitMs || attempt === 3) return { ...end, state };
  }
}

test("a throw on main and in the I/O worker end the phone within 500 ms and leave a record", async () => {
  for (const [mode, reason] of [
    ["main", "main: thrown on main"],
    ["io", "I/O worker: "],
  ] as const) {
    const { state, ...end } = await runWithin(500, mode);
    expect(end.signal, end.errors).toBe("SIGABRT");
    expect(end.tookMs).toBeLessThan(500);
    const record = openCrashRecord(state, "0.0.1-test");
    expect(record.previous?.reason).toContain(reason);
    expect(record.previous?.log).toEqual(["a line"]);
    expect(record.countInARow).toBe(1);
  }
});

test("an orderly close ends every thread: nothing is left that keeps the process alive", async () => {
  const { state, ...end } = await runWithin(1000, "close");
  expect(end, end.errors).toMatchObject({ code: 0, signal: null });
  expect(end.tookMs).toBeLessThan(1000);
  expect(openCrashRecord(state, "0.0.1-test")).toMatchObject({ previous: undefined, countInARow: 0 });
  expect(net.phone.run("cat", "/sys/class/net/eth0/address").trim()).toBe(phoneMac);
});
