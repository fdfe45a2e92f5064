// The media worker on this kernel's loopback: sound through real sockets, ports, errors, an orderly end, a crash.
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { audioMatch } from "#firmware/media/audio-match.ts";
import type { SampleSource } from "#hal/contract/audio.ts";
import type { MediaReport, StreamSpec } from "#hal/contract/media.ts";
import { processOriginNs } from "#hal/linux/clock.ts";
import { type LinuxMediaHost, startMediaHost } from "#hal/linux/media-host.ts";
import { ringMemory, SoundRing } from "#hal/linux/media-ring.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { noSink, Recorder, recorded, silence } from "#hal/sim/sound.ts";
import { speech } from "#hal/sim/speech.ts";
import { ending } from "#test/unit/hal/ending.ts";
import { call } from "./engine-rig.ts";

const worker = new URL("../../../firmware/bin/media-worker.ts", import.meta.url);
const range = { first: 23000, last: 23999, marking: { dscp: 46 } };
const open: LinuxMediaHost[] = [];
afterEach(async () => {
  for (const host of open.splice(0)) await host.close();
});

function start(microphone: SampleSource = silence, heard = new Recorder(1e6)) {
  const host = startMediaHost({
    worker,
    originNs: processOriginNs(),
    card: { kind: "simulated" },
    sound: { microphone, speaker: heard.sink, ringer: noSink },
    aheadMs: 2000,
    via: () => "any",
    failed: (error) => {
      throw error;
    },
  });
  open.push(host);
  const reports: MediaReport[] = [];
  host.reports.subscribe((report) => reports.push(report), { signal: new AbortController().signal });
  return { host, heard, reports };
}

/** Resolves with the first report that fits. */
function report<Kind extends MediaReport["kind"]>(
  host: LinuxMediaHost,
  kind: Kind,
  fits: (report: MediaReport & { kind: Kind }) => boolean = () => true,
): Promise<MediaReport & { kind: Kind }> {
  return new Promise((resolve) => {
    const scope = new AbortController();
    const listener = (item: MediaReport): void => {
      if (item.kind !== kind || !fits(item as MediaReport & { kind: Kind })) return; // kind was compared
      scope.abort();
      resolve(item as MediaReport & { kind: Kind }); // kind was compared
    };
    host.reports.subscribe(listener, { signal: scope.signal });
  });
}

/** A stream whose packets come back to itself through the kernel. */
const toItself = (portsId: number, port: number): StreamSpec => ({
  ...call,
  portsId,
  remote: { address: "127.0.0.1", port },
});

test("sound goes out through real sockets and comes back, every 20 ms, none lost", async () => {
  const said = new Recorder(1e6);
  const { host, heard, reports } = start(recorded(speech({ random: createSeededRandom(5) }), said));
  const { id, rtpPort } = await host.reserve(range);
  host.command({ kind: "stream", spec: toItself(id, rtpPort) });
  host.command({ kind: "listen", ids: [call.id] });
  await report(host, "statistics", ({ statistics }) => statistics.sentPackets >= 95);
  host.command({ kind: "end-stream", id: call.id });
  const { statistics } = await report(host, "statistics", ({ isFinal }) => isFinal);
  expect(reports[0]).toEqual({ kind: "first-packet", id: call.id });
  expect(statistics.lostPackets).toBe(0);
  expect(statistics.receivedPackets).toBeGreaterThanOrEqual(statistics.sentPackets - 1);
  // The timer's grid, not the arrival of this report, decides how many were sent.
  expect(statistics.sentPackets).toBeGreaterThanOrEqual(Math.floor(statistics.sendingMs / 20) - 1);
  const { match } = audioMatch(said.samples().slice(0, heard.length), heard.samples(), 4000);
  expect(match).toBeGreaterThan(0.9);
});

test("how it runs can be asked", async () => {
  const { host } = start();
  host.command({ kind: "tone", tone: { name: "beep", segments: [], repeats: 1 } });
  await report(host, "tone-ended");
  expect(host.status()).toMatchObject({ card: "simulated, paced by a timer", isCardWorking: true });
});

test("a sound card that is not there is said, and calls go on without it", async () => {
  const host = startMediaHost({
    worker,
    originNs: processOriginNs(),
    card: { kind: "alsa", capture: "hw:no-such-card", playback: "hw:no-such-card" },
    via: () => "any",
    failed: (error) => {
      throw error;
    },
  });
  open.push(host);
  const { id, rtpPort } = await host.reserve(range);
  host.command({ kind: "stream", spec: toItself(id, rtpPort) });
  host.command({ kind: "listen", ids: [call.id] });
  await report(host, "first-packet");
  expect(host.status()).toMatchObject({ isCardWorking: false });
});

test("pairs are even, in use they are passed over, and what is released can be had again", async () => {
  const { host } = start();
  const small = { ...range, first: 24000, last: 24003 };
  expect((await host.reserve(small)).rtpPort).toBe(24000);
  const { id } = await host.reserve(small);
  await expect(host.reserve(small)).rejects.toMatchObject({ code: "busy" });
  host.release(id);
  host.command({ kind: "tone", tone: { name: "done", segments: [], repeats: 1 } });
  await report(host, "tone-ended"); // the release came before it
  expect((await host.reserve(small)).rtpPort).toBe(24002);
});

test("nobody at the other port, and an address that is none, are told as refused", async () => {
  const { host } = start();
  for (const remote of [
    { address: "127.0.0.1", port: 9 },
    { address: "not-an-address", port: 4000 },
  ]) {
    const { id } = await host.reserve(range);
    host.command({ kind: "stream", spec: { ...call, portsId: id, remote } });
    host.command({ kind: "listen", ids: [call.id] });
    await report(host, "refused");
    host.command({ kind: "end-stream", id: call.id });
    host.release(id);
  }
});

test("a throw in the media worker, and one on main beside it, end the process in 500 ms", async () => {
  for (const mode of ["worker", "main"]) {
    const program = join(import.meta.dirname, "media-crash-program.ts");
    const end = await ending(process.execPath, [program, mode]);
    expect(end.signal, end.errors).toBe("SIGABRT");
    expect(end.tookMs, mode).toBeLessThan(500);
  }
});

test("a ring between threads gives samples in order, takes what fits, and says how much waits", () => {
  const ring = new SoundRing(ringMemory(100));
  expect(ring.room).toBe(128);
  let next = 0;
  let wanted = 0;
  for (let round = 0; round < 200; round++) {
    const piece = Int16Array.from({ length: (round * 37) % 90 }, () => next++ % 30_000);
    const taken = ring.write(piece);
    next -= piece.length - taken;
    for (const sample of ring.read((round * 53) % 80)) expect(sample).toBe(wanted++ % 30_000);
  }
  expect(wanted).toBeGreaterThan(5000);
  expect(ring.waiting).toBe(next - wanted);
  expect(ring.read(1000)).toHaveLength(next - wanted);
});
