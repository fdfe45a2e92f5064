// The media worker on a wire between two network namespaces, with tshark as the judge of what it sent.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MediaReport } from "#hal/contract/media.ts";
import { processOriginNs } from "#hal/linux/clock.ts";
import { type LinuxMediaHost, startMediaHost } from "#hal/linux/media-host.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { noSink } from "#hal/sim/sound.ts";
import { speech } from "#hal/sim/speech.ts";
import { call } from "#test/unit/media/engine-rig.ts";
import { type Capture, startCapture } from "./capture.ts";
import { makeNet, type Net, serverAddress } from "./namespaces.ts";
import { eventually, startPeer } from "./peer.ts";

const echoPort = 30_000;
let net: Net;
let host: LinuxMediaHost;
let capture: Capture;
const reports: MediaReport[] = [];

/** One row per packet that fits; a decoder is named because no signalling tells tshark what this is. */
function judged(filter: string, ...fields: readonly string[]): string[][] {
  const words = [
    "-n",
    "-r",
    capture.file,
    "-Y",
    filter,
    "-T",
    "fields",
    ...fields.flatMap((field) => ["-e", field]),
  ];
  const as = [
    ...["-d", `udp.port==${echoPort},rtp`, "-d", `udp.port==${echoPort + 1},rtcp`],
    ...["-o", "rtpevent.event_payload_type_value:101"],
  ];
  const output = execFileSync("tshark", [...as, ...words], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}

beforeAll(async () => {
  net = makeNet();
  net.phone.run("ip", "link", "set", "eth0", "up");
  net.phone.run("ip", "addr", "add", "10.77.0.3/24", "dev", "eth0");
  net.keep(
    await startPeer({
      name: "echo",
      host: net.servers,
      program: process.execPath,
      words: [join(import.meta.dirname, "rtp-echo.ts"), serverAddress, `phone=${echoPort}`],
      isReady: (output) => output.includes("ready"),
    }),
  );
  capture = await startCapture(net, net.phone);
  net.enterPhone();
  host = startMediaHost({
    worker: new URL("../../firmware/bin/media-worker.ts", import.meta.url),
    originNs: processOriginNs(),
    card: { kind: "simulated" },
    sound: { microphone: speech({ random: createSeededRandom(1) }), speaker: noSink, ringer: noSink },
    via: () => "any",
    failed: (error) => {
      throw error;
    },
  });
  host.reports.subscribe((report) => reports.push(report), { signal: new AbortController().signal });
  const { id } = await host.reserve({ first: 16384, last: 32766, marking: { dscp: 40, priority: 5 } });
  const remote = { address: serverAddress, port: echoPort };
  host.command({ kind: "stream", spec: { ...call, portsId: id, remote } });
  host.command({ kind: "listen", ids: [call.id] });
  const sentPackets = (): number => {
    const last = reports.findLast((report) => report.kind === "statistics");
    return last?.kind === "statistics" ? last.statistics.sentPackets : 0;
  };
  await eventually("a second of sound", () => sentPackets() > 40);
  host.command({ kind: "send-digit", id: call.id, digit: "5", durationMs: 100 });
  await eventually("another second", () => sentPackets() > 90);
  host.command({ kind: "end-stream", id: call.id });
  await eventually("the end", () => reports.some((report) => report.kind === "statistics" && report.isFinal));
  await capture.stop();
}, 60_000);

afterAll(async () => {
  await host.close();
  await net.close();
});

const ours = "ip.src == 10.77.0.3";

test("nothing we sent is malformed, sequence numbers and timestamps go on without a hole", () => {
  expect(judged(`${ours} && (_ws.malformed || _ws.short)`, "frame.number", "frame.protocols")).toEqual([]);
  const sound = judged(`${ours} && rtp`, "rtp.seq", "rtp.timestamp", "rtp.p_type").map((row) =>
    row.map(Number),
  );
  expect(sound.length).toBeGreaterThan(90);
  const steps = sound.slice(1).map(([sequence = 0], i) => (sequence - (sound[i]?.[0] ?? 0)) & 0xffff);
  expect(new Set(steps)).toEqual(new Set([1]));
  const pcmu = sound.filter(([, , type]) => type === 0);
  const advances = pcmu.slice(1).map(([, timestamp = 0], i) => (timestamp - (pcmu[i]?.[1] ?? 0)) >>> 0);
  expect(new Set(advances)).toEqual(new Set([160, 8 * 160])); // the digit took the place of seven packets
});

test("DTM-005 the digit as tshark reads it", () => {
  const fields = ["rtp.marker", "rtpevent.event_id", "rtpevent.end_of_event", "rtpevent.duration"];
  const packets = judged(`${ours} && rtpevent`, ...fields);
  const isSet = (text: string | undefined): boolean => text === "1" || text === "True";
  const read = packets.map(([marker, event, end, duration]) => [
    isSet(marker),
    Number(event),
    isSet(end),
    Number(duration),
  ]);
  expect(read).toEqual([
    [true, 5, false, 160],
    [false, 5, false, 320],
    [false, 5, false, 480],
    [false, 5, false, 640],
    [false, 5, true, 800],
    [false, 5, true, 800],
    [false, 5, true, 800],
  ]);
  const starts = judged(`${ours} && rtpevent`, "rtp.timestamp").map(([timestamp]) => timestamp);
  expect(new Set(starts).size).toBe(1);
});

test("COD-008 the stream ends with a report, a CNAME and BYE at the RTCP port", () => {
  const last = judged(`${ours} && rtcp`, "udp.dstport", "rtcp.pt").at(-1);
  expect(last).toEqual([String(echoPort + 1), "200,202,203"]);
});

test("precedence 5 is byte 0xA0 in every packet", () => {
  const bytes = judged(`${ours} && udp && !icmp`, "ip.dsfield").map(([byte]) => Number(byte));
  expect(new Set(bytes)).toEqual(new Set([0xa0]));
});

test("COD-007 the echo came back whole", () => {
  const final = reports.findLast((report) => report.kind === "statistics");
  if (final?.kind !== "statistics") throw new Error("statistics");
  expect(final.statistics.lostPackets).toBe(0);
  expect(final.statistics.receivedPackets).toBeGreaterThan(90);
});
