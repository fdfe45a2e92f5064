// boards/linux in a process of its own inside the phone's namespace: it opens, crashes in half a second with a record,
// and closes without leaving anything that keeps the process alive.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCrashRecord } from "#hal/linux/crash-record.ts";
import { type Ending, ending } from "#test/unit/hal/ending.ts";
import { makeNet, type Net, phoneMac } from "./namespaces.ts";

let net: Net;
beforeAll(() => {
  net = makeNet();
});
afterAll(() => net.close());

/** Runs the program in `mode` with a state folder of its own. */
async function run(mode: string): Promise<Ending & { readonly state: string }> {
  const program = join(import.meta.dirname, "crash-program.ts");
  const state = join(net.folder, `state-${mode}`);
  const words = ["netns", "exec", net.phone.namespace, process.execPath, program, mode, state];
  return { ...(await ending("ip", words)), state };
}

test("a throw on main and in the I/O worker end the phone within 500 ms and leave a record", async () => {
  for (const [mode, reason] of [
    ["main", "main: thrown on main"],
    ["io", "I/O worker: "],
  ] as const) {
    const { state, ...end } = await run(mode);
    expect(end.signal, end.errors).toBe("SIGABRT");
    expect(end.tookMs).toBeLessThan(500);
    const record = openCrashRecord(state, "0.0.1-test");
    expect(record.previous?.reason).toContain(reason);
    expect(record.previous?.log).toEqual(["a line"]);
    expect(record.countInARow).toBe(1);
  }
});

test("an orderly close ends every thread: nothing is left that keeps the process alive", async () => {
  const { state, ...end } = await run("close");
  expect(end, end.errors).toMatchObject({ code: 0, signal: null });
  expect(end.tookMs).toBeLessThan(1000);
  expect(openCrashRecord(state, "0.0.1-test")).toMatchObject({ previous: undefined, countInARow: 0 });
  expect(net.phone.run("cat", "/sys/class/net/eth0/address").trim()).toBe(phoneMac);
});
