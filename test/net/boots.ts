// `node test/net/boots.ts --count 1000`: cold boots one after the other, each a new process with nothing kept, from a real
// kernel's interface to a line registered at Kamailio. Prints one JSON line; exit code 1 when a boot did not get there. A
// start takes about a second of the processor: under `nice` beside others that never rest it can take half a minute, so
// a console that is late is given as long as a registration, and one that fails says how much of the processor it got.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startKamailio } from "./kamailio.ts";
import { makeNet, type Net, secondAddress } from "./namespaces.ts";
import { eventually } from "./peer.ts";
import { startPhone } from "./phone.ts";
import { findMissing } from "./prerequisites.ts";
import { startSite } from "./site.ts";
import { sweepDeadRuns } from "./sweep.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "1000" }, within: { type: "string", default: "60000" } },
});
process.env["PATH"] = `${process.env["PATH"]}:/usr/sbin:/sbin`;

interface Phase {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number | null;
  readonly endedBy: string | null;
}

interface Boot {
  readonly index: number;
  /** From the process's start to its registration, on the phone's clock. */
  readonly registeredMs: number;
  readonly phases: readonly Phase[];
}

/** One boot; throws with what the phone said when it does not get to its end. */
async function bootOnce(net: Net, index: number, withinMs: number): Promise<Boot> {
  rmSync(join(net.folder, "phone"), { recursive: true, force: true });
  const phone = await startPhone(net, { withinMs });
  try {
    let shown: { phase: string; phases: readonly Phase[] } = { phase: "", phases: [] };
    await eventually(
      () => `boot ${index} registered: ${JSON.stringify(shown)}`,
      async () => {
        shown = JSON.parse(await phone.command("show boot json"));
        return shown.phase === "run";
      },
      withinMs,
    );
    const { phases } = shown;
    const register = phases.find(({ name }) => name === "register");
    return { index, registeredMs: register?.endMs ?? Number.NaN, phases };
  } finally {
    await phone.stop();
  }
}

const spans = ({ phases }: Boot): Readonly<Record<string, string>> =>
  Object.fromEntries(
    phases.map(({ name, startMs, endMs, endedBy }) => [
      name,
      `${endMs === null ? "open" : Math.round(endMs - startMs)} ms: ${endedBy}`,
    ]),
  );

async function main(): Promise<number> {
  const missing = findMissing();
  for (const sentence of missing) process.stderr.write(`${sentence}\n`);
  if (missing.length > 0) return 2;
  sweepDeadRuns();
  const net = makeNet();
  const boots: Boot[] = [];
  const failures: string[] = [];
  try {
    await Promise.all([
      startSite(net, { parameters: { proxy1_address: secondAddress } }),
      startKamailio(net),
    ]);
    for (let index = 0; index < Number(values.count); index++) {
      try {
        boots.push(await bootOnce(net, index, Number(values.within)));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  } finally {
    await net.close();
  }
  const sorted = boots.toSorted((a, b) => a.registeredMs - b.registeredMs);
  const at = (part: number): number | undefined =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]?.registeredMs;
  const slowest = sorted.at(-1);
  console.log(
    JSON.stringify({
      boots: Number(values.count),
      registered: boots.length,
      failures,
      medianMs: at(0.5),
      p99Ms: at(0.99),
      slowest: slowest && { index: slowest.index, ms: slowest.registeredMs, phases: spans(slowest) },
    }),
  );
  return failures.length === 0 ? 0 : 1;
}

process.exitCode = await main();
