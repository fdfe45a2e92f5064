// `npm run replay`: records boots of the lab and plays each again, or plays tapes from files. A tape that is not played
// bit for bit ends with the first difference, and exit code 1.
import { readFileSync, writeFileSync } from "node:fs";
import { orExplain, readCommandLine, wholeNumber } from "#firmware/bin/command-line.ts";
import { playPhone } from "#firmware/bin/recording/phone.ts";
import { TapeDiffers } from "#firmware/bin/recording/player.ts";
import { parseTape, printTape } from "#firmware/bin/recording/tape.ts";
import { type FaultName, faults } from "#test/lab/faults.ts";
import { type BootSpec, playAgain, type RecordedBoot, recordBoot } from "./boots.ts";

const usage = `npm run replay -- [TAPE …] [options]
  --count N      boots to record and play (100)
  --faults N     how many of them have a fault (10)
  --seed S       of the first (1)
  --boots-only   only counts the boots that come up
  --save FILE    keeps the last tape`;

const { values, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    count: { type: "string", default: "100" },
    faults: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    "boots-only": { type: "boolean", default: false },
    save: { type: "string" },
  },
});

const usualMs = 5000;
const faultMs = 60_000;

/** The first `faultCount` boots have a fault each, one after the other from the catalogue. */
function specOf(index: number, firstSeed: number, faultCount: number): BootSpec {
  const seed = firstSeed + index;
  const protocol = index % 3 === 2 ? "sccp" : "sip";
  if (index >= faultCount) return { seed, protocol, forMs: usualMs };
  const names = Object.keys(faults) as FaultName[]; // the table's own names
  return { seed, protocol, fault: names[index % names.length], forMs: faultMs };
}

async function playFiles(files: readonly string[]): Promise<boolean> {
  let isSame = true;
  for (const file of files) {
    try {
      const { uses } = await playPhone(parseTape(file, readFileSync(file, "utf8")));
      console.log(JSON.stringify({ file, uses, isSame: true }));
    } catch (error) {
      if (!(error instanceof TapeDiffers)) throw error;
      isSame = false;
      console.log(JSON.stringify({ file, isSame: false, difference: error.message }));
    }
  }
  return isSame;
}

async function recordAndPlay(count: number, faultCount: number, seed: number): Promise<boolean> {
  const times: { readonly ms: number; readonly seed: number; readonly fault: string | null }[] = [];
  const unregistered: string[] = [];
  let different = 0;
  let uses = 0;
  let bytes = 0;
  const began = performance.now();
  for (let index = 0; index < count; index++) {
    const spec = specOf(index, seed, faultCount);
    const boot: RecordedBoot = await recordBoot(spec);
    if (boot.registeredMs !== undefined)
      times.push({ ms: boot.registeredMs, seed: spec.seed, fault: spec.fault ?? null });
    else unregistered.push(`${spec.seed} ${spec.fault ?? "no fault"}: ${boot.phase}`);
    if (values["boots-only"]) continue;
    bytes += printTape(boot.tape).length;
    if (values.save !== undefined) writeFileSync(values.save, printTape(boot.tape));
    try {
      uses += (await playAgain(boot.tape)).uses;
    } catch (error) {
      if (!(error instanceof TapeDiffers)) throw error;
      different++;
      console.log(JSON.stringify({ seed: spec.seed, fault: spec.fault ?? null, difference: error.message }));
    }
  }
  const sorted = times.map(({ ms }) => ms).sort((a, b) => a - b);
  const slowestOf = (some: typeof times) =>
    some.reduce((most, each) => (each.ms > most.ms ? each : most), { ms: 0, seed: 0, fault: null });
  console.log(
    JSON.stringify({
      boots: count,
      withFault: Math.min(faultCount, count),
      playedBitIdentical: values["boots-only"] ? null : count - different,
      different,
      usesCompared: uses,
      tapeBytes: bytes,
      registered: times.length,
      medianMs: sorted[Math.floor(sorted.length / 2)] ?? null,
      p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? null,
      slowest: slowestOf(times),
      slowestWithoutFault: slowestOf(times.filter(({ fault }) => fault === null)),
      notRegistered: unregistered,
      tookMs: Math.round(performance.now() - began),
    }),
  );
  return different === 0 && (faultCount > 0 || unregistered.length === 0);
}

const numbers = orExplain(usage, () => ({
  count: wholeNumber("--count", values.count, 1),
  faults: wholeNumber("--faults", values.faults),
  seed: wholeNumber("--seed", values.seed),
}));
const isSame =
  positionals.length > 0
    ? await playFiles(positionals)
    : await recordAndPlay(numbers.count, numbers.faults, numbers.seed);
process.exitCode = isSame ? 0 : 1;
