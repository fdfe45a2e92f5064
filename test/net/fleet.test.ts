// `npm run fleet`: headless phones in one process, against the lab and against Asterisk 16's chan_skinny.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAsterisk } from "./asterisk.ts";
import { type Host, makeNet, type Net, serverAddress } from "./namespaces.ts";
import { runToEnd } from "./peer.ts";

const count = 50;
let net: Net;
let host: Host;
beforeAll(async () => {
  net = makeNet();
  host = net.addHost("fleet", "10.77.0.9");
  await startAsterisk(net, { fleet: count });
});
afterAll(() => net.close());

/** The report of one run. */
async function fleet(...words: readonly string[]) {
  const program = join(import.meta.dirname, "../fleet/fleet.ts");
  const { code, output } = await runToEnd({
    name: "fleet",
    host,
    program: process.execPath,
    words: ["--expose-gc", program, ...words, "--json"],
  });
  return { code, report: JSON.parse(output.trim().split("\n").at(-1) ?? "") };
}

test("200 SCCP phones register with the lab, and the report says what they cost", async () => {
  const { code, report } = await fleet("--protocol", "sccp", "--count", "200");
  expect(code).toBe(0);
  expect(report).toMatchObject({ ok: true, count: 200, registered: 200 });
  for (const figure of ["allRegisteredMs", "memoryPerPhoneKb", "cpuPerPhoneMs"])
    expect(report[figure], figure).toBeGreaterThan(0);
});

test(`${count} SCCP phones register with chan_skinny`, async () => {
  const { code, report } = await fleet("--count", String(count), "--server", serverAddress);
  expect(report).toMatchObject({ ok: true, registered: count });
  expect(code).toBe(0);
});

test("ten of them call its echo, and hear it", async () => {
  const { code, report } = await fleet("--count", "10", "--server", serverAddress, "--calls");
  expect(report).toMatchObject({ ok: true, calls: { made: 10, connected: 10, withSound: 10 } });
  expect(code).toBe(0);
});
