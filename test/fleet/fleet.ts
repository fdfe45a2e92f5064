// `npm run fleet -- --protocol sip|sccp --count N [--server HOST] [--calls] [--json]`: N headless phones in this process
// against one server: how long until all are registered, what a phone costs in memory and processor time.
import { networkInterfaces } from "node:os";
import { oneOf, orExplain, readCommandLine, UsageError, wholeNumber } from "#firmware/bin/command-line.ts";
import { createRealClock, type RealClock } from "#test/lab/real-time.ts";
import type { FleetPhone } from "./phone.ts";
import { type FleetPlace, kernelFleet, labFleet } from "./place.ts";
import { startSipPhone } from "./sip-phone.ts";
import { startSkinnyPhone } from "./skinny-phone.ts";
import { mostPhones, subscriber } from "./subscriber.ts";

const usage = `npm run fleet -- [options]
  --protocol sip|sccp   (sccp)
  --count N             1 to ${mostPhones} phones (10): SEP00005E005300 …, users 7000 … with the password fleet-7000 …
  --server HOST         an address; lab: the simulated network, in this process (lab)
  --calls               each SCCP phone calls 600, hears two seconds, and hangs up
  --seconds N           gives up after that, at most 600 (60)
  --outside             a server beyond loopback and 10.77.0.0/16 is meant
  --json                the report as one line of JSON`;

interface FleetOptions {
  readonly protocol: "sip" | "sccp";
  readonly count: number;
  readonly server: string;
  readonly hasCalls: boolean;
  readonly limitMs: number;
  readonly isJson: boolean;
}

function readOptions(): FleetOptions {
  const { values } = readCommandLine(usage, {
    options: {
      protocol: { type: "string", default: "sccp" },
      count: { type: "string", default: "10" },
      server: { type: "string", default: "lab" },
      calls: { type: "boolean", default: false },
      seconds: { type: "string", default: "60" },
      outside: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { server, calls: hasCalls } = values;
  return orExplain(usage, () => {
    const protocol = oneOf("--protocol", values.protocol, ["sip", "sccp"]);
    if (protocol === "sip" && hasCalls)
      throw new UsageError("--calls: SIP phones of a fleet only register, --protocol sccp was expected");
    if (server !== "lab" && !values.outside && !/^(127|10\.77)\.\d+/.test(server))
      throw new UsageError(
        `--server ${server}: lab, loopback or 10.77.0.0/16 was expected; --outside says that another is meant`,
      );
    return {
      protocol,
      count: wholeNumber("--count", values.count, 1, mostPhones),
      server,
      hasCalls,
      limitMs: wholeNumber("--seconds", values.seconds, 1, 600) * 1000,
      isJson: values.json,
    };
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until it holds; false when `untilMs` came first. */
async function waitFor(clock: RealClock, untilMs: number, isSo: () => boolean): Promise<boolean> {
  while (clock.now() < untilMs) {
    if (isSo()) return true;
    await pause(10);
  }
  return isSo();
}

/** Bytes that are held now: objects, and what they hold outside. */
function heldBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Phones that call at the same time: more measure the machine. */
const callsAtOnce = 10;
const listenMs = 2000;

interface CallFigures {
  readonly made: number;
  readonly connected: number;
  /** Heard at least half of the packets of the time listened. */
  readonly withSound: number;
}

async function makeCalls(
  clock: RealClock,
  phones: readonly FleetPhone[],
  untilMs: number,
): Promise<CallFigures> {
  let [made, connected, withSound] = [0, 0, 0];
  for (let first = 0; first < phones.length && clock.now() < untilMs; first += callsAtOnce) {
    const wave = phones.slice(first, first + callsAtOnce);
    for (const phone of wave) phone.lift();
    await waitFor(clock, untilMs, () => wave.every((phone) => phone.callState() !== undefined));
    for (const phone of wave) phone.dial("600");
    const isTalking = (phone: FleetPhone): boolean => phone.callState() === "connected";
    await waitFor(clock, Math.min(untilMs, clock.now() + 10_000), () => wave.every(isTalking));
    const talking = wave.filter(isTalking);
    await pause(listenMs);
    for (const phone of wave) phone.hangUp();
    await waitFor(clock, Math.min(untilMs, clock.now() + 5000), () =>
      wave.every((phone) => phone.callState() === undefined),
    );
    made += wave.length;
    connected += talking.length;
    withSound += talking.filter((phone) => phone.receivedPackets() >= listenMs / 20 / 2).length;
  }
  return { made, connected, withSound };
}

/** The first address of this machine that is not its own loopback, for what a phone says of itself. */
function ownAddress(server: string): string {
  if (server.startsWith("127.")) return "127.0.0.1";
  const found = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal);
  return found?.address ?? "127.0.0.1";
}

async function run(options: FleetOptions, clock: RealClock, place: FleetPlace): Promise<boolean> {
  const { protocol, count } = options;
  const start = protocol === "sccp" ? startSkinnyPhone : startSipPhone;
  const beganMs = clock.now();
  const untilMs = beganMs + options.limitMs;
  const before = { bytes: heldBytes(), cpuMs: cpuMs() };
  const startedMs = clock.now();
  const phones = Array.from({ length: count }, (_, i) => start(place, subscriber(i), i));
  const isIn = (phone: FleetPhone): boolean => phone.registeredAtMs() !== undefined;
  const isAllIn = await waitFor(clock, untilMs, () => phones.every(isIn));
  const spentCpuMs = cpuMs() - before.cpuMs;
  const times = phones
    .flatMap((phone) => phone.registeredAtMs() ?? [])
    .map((at) => at - startedMs)
    .sort((a, b) => a - b);
  const memory = (heldBytes() - before.bytes) / count;
  const calls = options.hasCalls && isAllIn ? await makeCalls(clock, phones, untilMs) : null;
  for (const phone of phones) phone.leave();
  await pause(500); // the farewells get out
  for (const phone of phones) phone.stop();
  const ok = isAllIn && (calls === null || calls.withSound === count);
  const report = {
    ok,
    protocol,
    count,
    server: options.server,
    registered: times.length,
    allRegisteredMs: isAllIn ? Math.round(times.at(-1) ?? 0) : null,
    medianRegisteredMs: Math.round(times[Math.floor(times.length / 2)] ?? 0),
    memoryPerPhoneKb: Math.round(memory / 1024),
    cpuMs: Math.round(spentCpuMs),
    cpuPerPhoneMs: Math.round((spentCpuMs / count) * 100) / 100,
    note: options.server === "lab" ? "memory and processor time of the lab's servers are included" : null,
    calls,
    elapsedMs: Math.round(clock.now() - beganMs),
  };
  if (options.isJson) console.log(JSON.stringify(report));
  else
    for (const [name, value] of Object.entries(report))
      console.log(`${name.padEnd(20)} ${JSON.stringify(value)}`);
  return ok;
}

async function main(): Promise<number> {
  const options = readOptions();
  const clock = createRealClock();
  const place =
    options.server === "lab"
      ? await labFleet(clock, options.count)
      : kernelFleet(clock, options.server, ownAddress(options.server));
  try {
    return (await run(options, clock, place)) ? 0 : 1;
  } finally {
    await place.close();
    clock.close();
  }
}

process.exitCode = await main();
