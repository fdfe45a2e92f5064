// `npm run bench -- rtp`: how evenly packets leave over a minute, how far their clock drifts, and what a call costs:
// ours beside baresip, in the same minute, towards the same echo in another network namespace. Once with nothing else
// to do, once with our main thread kept busy for 75 % of the time. Needs root, iproute2 and baresip-core.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { processOriginNs } from "#hal/linux/clock.ts";
import { type LinuxMediaHost, startMediaHost } from "#hal/linux/media-host.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { looped, noSink } from "#hal/sim/sound.ts";
import { speech } from "#hal/sim/speech.ts";
import { type Baresip, startBaresip } from "#test/net/baresip.ts";
import { makeNet, type Net, serverAddress } from "#test/net/namespaces.ts";
import { eventually, type Peer, startPeer } from "#test/net/peer.ts";
import type { Arrivals } from "#test/net/rtp-echo.ts";
import type { Bench, Figure } from "./bench.ts";

const seconds = 60;
const ourPort = 30_000;
const baresipPort = 30_002;
const baresipAddress = "10.77.0.4";
const packetMs = 20;
/** A gap is off when it differs from 20 ms by more. */
const toleranceMs = 1;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** User and system time of a process so far, ms (proc(5): clock ticks of 10 ms). */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The same of one thread of this process, by its name. */
function threadCpuMs(name: string): number {
  let sum = 0;
  for (const task of readdirSync("/proc/self/task")) {
    if (readFileSync(`/proc/self/task/${task}/comm`, "utf8").trim() !== name) continue;
    const fields = readFileSync(`/proc/self/task/${task}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    sum += (Number(fields[11]) + Number(fields[12])) * 10;
  }
  return sum;
}

/** Keeps the main thread busy for 15 of every 20 ms, at times of its own. */
function keepBusy(): () => void {
  const timer = setInterval(() => {
    for (const end = performance.now() + 15; performance.now() < end; );
  }, packetMs);
  return () => clearInterval(timer);
}

interface Run {
  readonly ours: Arrivals;
  readonly theirs: Arrivals;
  readonly ourCpuMs: number;
  readonly theirCpuMs: number;
  readonly worker: string;
}

async function startEcho(net: Net): Promise<Peer> {
  return net.keep(
    await startPeer({
      name: "echo",
      host: net.servers,
      program: process.execPath,
      words: [
        join(import.meta.dirname, "../net/rtp-echo.ts"),
        serverAddress,
        `ours=${ourPort}`,
        `6002=${baresipPort}`,
      ],
      isReady: (output) => output.includes("ready"),
    }),
  );
}

async function call(host: LinuxMediaHost): Promise<void> {
  const { id } = await host.reserve({ first: 16384, last: 32766, marking: { dscp: 46 } });
  const pcmu = { payloadType: 0, encoding: "PCMU", clockRateHz: 8000 };
  host.command({
    kind: "stream",
    spec: {
      id: "bench",
      portsId: id,
      remote: { address: serverAddress, port: ourPort },
      remoteRtcp: undefined,
      direction: "sendrecv",
      send: pcmu,
      receive: [pcmu],
      telephoneEvent: undefined,
      packetMs,
      hasSilenceSuppression: false,
    },
  });
  host.command({ kind: "listen", ids: ["bench"] });
}

/** Both callers at once for a minute. */
async function measure(net: Net, baresip: Baresip, echo: Peer, isBusy: boolean): Promise<Run> {
  const host = startMediaHost({
    worker: new URL("../../firmware/bin/media-worker.ts", import.meta.url),
    originNs: processOriginNs(),
    card: { kind: "simulated" },
    sound: {
      microphone: looped(speech({ random: createSeededRandom(1) })(80_000)),
      speaker: noSink,
      ringer: noSink,
    },
    aheadMs: 1000,
    via: () => "any",
    failed: (error) => {
      throw error;
    },
  });
  await eventually("media worker", () => host.status() !== undefined);
  baresip.dial(`sip:echo@${serverAddress}`);
  await call(host);
  await pause(1000);
  const rest = isBusy ? keepBusy() : () => {};
  const before = { ours: isBusy ? threadCpuMs("media") : cpuMs(process.pid), theirs: cpuMs(baresip.pid) };
  await pause(seconds * 1000);
  const after = { ours: isBusy ? threadCpuMs("media") : cpuMs(process.pid), theirs: cpuMs(baresip.pid) };
  rest();
  const status = host.status();
  await host.close();
  baresip.hangUp();
  await echo.stop();
  const line = echo
    .output()
    .split("\n")
    .find((text) => text.startsWith("["));
  const arrivals = JSON.parse(line ?? "[]") as readonly Arrivals[]; // printed by rtp-echo.ts
  const of = (port: number): Arrivals => {
    const found = arrivals.find((each) => each.port === port);
    if (found === undefined || found.gapsMs.length < seconds * 40)
      throw new Error(`port ${port} got ${found?.gapsMs.length ?? 0} packets; ${net.phone.namespace}`);
    return found;
  };
  return {
    ours: of(ourPort),
    theirs: of(baresipPort),
    ourCpuMs: after.ours - before.ours,
    theirCpuMs: after.theirs - before.theirs,
    worker: `worker ${status?.scheduling ?? "unknown"} priority`,
  };
}

const round = (value: number, digits = 3): number => Number(value.toFixed(digits));

const offPct = ({ gapsMs }: Arrivals): number =>
  (100 * gapsMs.filter((gap) => Math.abs(gap - packetMs) > toleranceMs).length) / gapsMs.length;

const worstMs = ({ gapsMs }: Arrivals): number => Math.max(...gapsMs.map((gap) => Math.abs(gap - packetMs)));

function figures(when: string, run: Run): readonly Omit<Figure, "bench">[] {
  const pair = (figure: string, unit: string, ours: number, theirs: number): Omit<Figure, "bench"> => ({
    figure: `${figure}, ${when}`,
    value: round(ours),
    unit,
    peer: { name: "baresip 1.0", value: round(theirs) },
    ...(theirs > 0 ? { ratio: round(ours / theirs) } : {}),
    note: `${run.ours.gapsMs.length} and ${run.theirs.gapsMs.length} gaps, ${run.worker}`,
  });
  return [
    pair("gaps off by more than 1 ms", "%", offPct(run.ours), offPct(run.theirs)),
    pair("largest deviation of a gap", "ms", worstMs(run.ours), worstMs(run.theirs)),
    pair(`drift of timestamps in ${seconds} s`, "ms", run.ours.driftMs, run.theirs.driftMs),
    pair("CPU per call", "% of a core", run.ourCpuMs / (seconds * 10), run.theirCpuMs / (seconds * 10)),
  ];
}

export const rtpBench: Bench = {
  name: "rtp",
  about: "evenness, drift and cost of a call's packets, beside baresip",
  async run(report) {
    if (process.getuid?.() !== 0) throw new Error("bench rtp makes network namespaces: run it as root");
    const net = makeNet();
    try {
      net.phone.run("ip", "link", "set", "eth0", "up");
      net.phone.run("ip", "addr", "add", "10.77.0.3/24", "dev", "eth0");
      const second = net.addHost("bar", baresipAddress);
      net.enterPhone();
      for (const isBusy of [false, true]) {
        const echo = await startEcho(net);
        const baresip = await startBaresip(net, {
          host: second,
          address: baresipAddress,
          user: "6002",
          registrar: serverAddress,
          answers: "manual",
        });
        const run = await measure(net, baresip, echo, isBusy);
        await baresip.stop();
        for (const figure of figures(isBusy ? "main thread 75 % busy" : "idle", run)) report(figure);
      }
    } finally {
      await net.close();
    }
  },
};
