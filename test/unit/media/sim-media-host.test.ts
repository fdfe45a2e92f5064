// The inline media host: two of them talking over the simulated network in virtual time.
import { describe, expect, test } from "vitest";
import { audioMatch } from "#firmware/media/audio-match.ts";
import { createMediaEngine } from "#firmware/media/engine.ts";
import type { SampleSource } from "#hal/contract/audio.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { MediaReport, StreamSpec } from "#hal/contract/media.ts";
import { type ClosableMediaHost, createInlineMediaHost } from "#hal/sim/media-host.ts";
import type { Stack } from "#hal/sim/net/stack.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { FedMicrophone, looped, Recorder, recorded, silence } from "#hal/sim/sound.ts";
import { speech } from "#hal/sim/speech.ts";
import { createPair, type Pair, phoneAddress, serverAddress } from "#test/unit/hal/sim-net-rig.ts";
import { call, sine } from "./engine-rig.ts";

const range = { first: 16384, last: 32766, marking: { dscp: 46 } };

interface Phone {
  readonly host: ClosableMediaHost;
  readonly heard: Recorder;
  readonly said: Recorder;
  readonly rung: Recorder;
  readonly reports: MediaReport[];
}

function phone(pair: Pair, stack: Stack, seed: number, microphone: SampleSource): Phone {
  const [heard, said, rung] = [new Recorder(1e6), new Recorder(1e6), new Recorder(1e6)];
  const host = createInlineMediaHost({
    clock: pair.clock,
    sockets: stack.sockets,
    engine: createMediaEngine({ sampleRateHz: 8000, random: createSeededRandom(seed) }),
    sound: { microphone: recorded(microphone, said), speaker: heard.sink, ringer: rung.sink },
  });
  const reports: MediaReport[] = [];
  host.reports.subscribe((report) => reports.push(report), { signal: new AbortController().signal });
  return { host, heard, said, rung, reports };
}

async function connected(pair: Pair, microphones: readonly [SampleSource, SampleSource]) {
  const a = phone(pair, pair.phone, 1, microphones[0]);
  const b = phone(pair, pair.server, 2, microphones[1]);
  const [at, bt] = [await a.host.reserve(range), await b.host.reserve(range)];
  const connect = (end: Phone, portsId: number, address: string, port: number): void => {
    const spec: StreamSpec = { ...call, portsId, remote: { address, port } };
    end.host.command({ kind: "stream", spec });
    end.host.command({ kind: "listen", ids: [call.id] });
  };
  connect(a, at.id, serverAddress, bt.rtpPort);
  connect(b, bt.id, phoneAddress, at.rtpPort);
  return { a, b, at, bt };
}

const statisticsOf = (end: Phone) => {
  const last = end.reports.findLast((report) => report.kind === "statistics");
  if (last?.kind !== "statistics") throw new Error("no statistics");
  return last.statistics;
};

const talker = (seed: number): SampleSource => speech({ random: createSeededRandom(seed) });

describe("a call", () => {
  test("each hears the other, packet for packet, and not itself", async () => {
    const pair = await createPair();
    const { a, b } = await connected(pair, [talker(1), talker(2)]);
    await pair.clock.advance(4000);
    expect(audioMatch(a.said.samples(), b.heard.samples(), 8000).match).toBeGreaterThan(0.98);
    expect(audioMatch(b.said.samples(), a.heard.samples(), 8000).match).toBeGreaterThan(0.98);
    expect(audioMatch(a.said.samples(), a.heard.samples(), 8000).match).toBeLessThan(0.3);
    expect(statisticsOf(a)).toMatchObject({ lostPackets: 0, latePackets: 0, jitterUnits: 0 });
    expect(statisticsOf(a).sentPackets).toBeGreaterThan(190);
    expect(statisticsOf(a).receivedPackets).toBeGreaterThan(190);
    pair.close();
  });

  test("the way from mouth to ear takes the packet's 20 ms and the 10 to 30 ms of the first packet's wait", async () => {
    const pair = await createPair();
    const { a, b } = await connected(pair, [talker(1), silence]);
    await pair.clock.advance(3000);
    const { delaySamples } = audioMatch(a.said.samples(), b.heard.samples(), 8000);
    expect(delaySamples / 8).toBeLessThanOrEqual(50);
    pair.close();
  });

  test("a line with loss, delay and disorder is still understood", async () => {
    const impairment = { lossPct: 5, delayMs: 40, jitterMs: 15, reorderPct: 3, reorderMs: 25 };
    const pair = await createPair({ impairment });
    const { a, b } = await connected(pair, [talker(1), silence]);
    await pair.clock.advance(10_000);
    const { match } = audioMatch(a.said.samples().slice(-48_000), b.heard.samples().slice(-48_000), 8000);
    expect(match).toBeGreaterThan(0.8);
    expect(statisticsOf(b).lostPackets).toBeGreaterThan(10);
    pair.close();
  });

  test("packets leave every 20 ms, to the millisecond, for a minute", async () => {
    const pair = await createPair();
    const { b } = await connected(pair, [silence, silence]);
    const at: number[] = [];
    const probe = pair.phone.sockets.openUdp({ port: 40_000 });
    probe.datagrams.subscribe((datagram) => at.push(datagram.at), { signal: new AbortController().signal });
    b.host.command({
      kind: "stream",
      spec: { ...call, portsId: 1, remote: { address: phoneAddress, port: 40_000 } },
    });
    await pair.clock.advance(60_000);
    const gaps = new Set(at.slice(1).map((time, i) => Math.round((time - (at[i] ?? 0)) * 1000)));
    expect(gaps).toEqual(new Set([20_000]));
    expect(at.length).toBeGreaterThan(2990);
    pair.close();
  });
});

describe("ports", () => {
  test("NET-024 pairs are even and next to each other, within the range, and the next one each time", async () => {
    const pair = await createPair();
    const { host } = phone(pair, pair.phone, 1, silence);
    const ports = [
      await host.reserve(range),
      await host.reserve(range),
      await host.reserve({ ...range, first: 17001 }),
    ];
    expect(ports.map(({ rtpPort }) => rtpPort)).toEqual([16384, 16386, 17002]);
    expect(new Set(ports.map(({ id }) => id)).size).toBe(3);
    host.close();
    pair.close();
  });

  test("a port that is taken is passed over, a range that is used up is busy", async () => {
    const pair = await createPair();
    const { host } = phone(pair, pair.phone, 1, silence);
    pair.phone.sockets.openUdp({ port: 16387 });
    const small = { ...range, last: 16389 };
    expect((await host.reserve(small)).rtpPort).toBe(16384);
    expect((await host.reserve(small)).rtpPort).toBe(16388);
    await expect(host.reserve(small)).rejects.toMatchObject({ code: "busy" });
    await expect(host.reserve(small)).rejects.toBeInstanceOf(HalError);
    host.release(1);
    await pair.clock.advance(0);
    expect((await host.reserve(small)).rtpPort).toBe(16384);
    host.close();
    pair.close();
  });

  test("nobody at the other port: refused is told, once a second at most", async () => {
    const pair = await createPair();
    const a = phone(pair, pair.phone, 1, silence);
    const { id } = await a.host.reserve(range);
    const spec = { ...call, portsId: id, remote: { address: serverAddress, port: 5555 } };
    a.host.command({ kind: "stream", spec });
    a.host.command({ kind: "listen", ids: [call.id] });
    await pair.clock.advance(3000);
    const refused = a.reports.filter(({ kind }) => kind === "refused");
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect(refused.length).toBeLessThanOrEqual(3);
    pair.close();
  });
});

describe("the clock", () => {
  test("no alarm is kept while nothing sounds, and none is left behind", async () => {
    const pair = await createPair();
    const before = pair.clock.alarmCount;
    const { a, b, at, bt } = await connected(pair, [silence, silence]);
    await pair.clock.advance(1000);
    expect(pair.clock.alarmCount).toBeGreaterThan(before);
    for (const [end, { id }] of [
      [a, at],
      [b, bt],
    ] as const) {
      end.host.command({ kind: "end-stream", id: call.id });
      end.host.release(id);
    }
    await pair.clock.advance(100);
    expect(a.reports.at(-1)).toMatchObject({ kind: "statistics", isFinal: true });
    const heard = a.heard.length;
    await pair.clock.advance(60_000);
    expect(a.heard.length).toBe(heard);
    a.host.close();
    b.host.close();
    pair.close();
    expect(pair.clock.alarmCount).toBe(0);
  });

  test("the last words of a stream leave before its ports are closed", async () => {
    const pair = await createPair();
    const { a, at, b } = await connected(pair, [silence, silence]);
    await pair.clock.advance(1000);
    const octets: number[] = [];
    const probe = pair.server.sockets.openUdp({ port: 41_001 });
    probe.datagrams.subscribe((datagram) => octets.push(datagram.bytes.at(-7) ?? 0), {
      signal: new AbortController().signal,
    });
    const spec = { ...call, portsId: at.id, remoteRtcp: { address: serverAddress, port: 41_001 } };
    a.host.command({ kind: "stream", spec: { ...spec, remote: { address: serverAddress, port: 41_000 } } });
    a.host.command({ kind: "end-stream", id: call.id });
    a.host.release(at.id);
    await pair.clock.advance(100);
    expect(octets).toEqual([203]); // the packet type of the BYE at the end
    b.host.close();
    pair.close();
  });

  test("a tone is heard, and a ring at the ringer only", async () => {
    const pair = await createPair();
    const a = phone(pair, pair.phone, 1, silence);
    const segments = [{ frequenciesHz: [440], levelDbfs: -16, onMs: 500, offMs: 0 }];
    a.host.command({ kind: "ring", ring: { name: "ring", segments, repeats: 1 } });
    await pair.clock.advance(1000);
    expect(Math.max(...a.rung.samples())).toBeGreaterThan(3000);
    expect(Math.max(...a.heard.samples())).toBe(0);
    expect(a.reports).toEqual([{ kind: "tone-ended", name: "ring" }]);
    a.host.command({ kind: "tone", tone: { name: "tone", segments, repeats: 1 } });
    await pair.clock.advance(1000);
    expect(Math.max(...a.heard.samples())).toBeGreaterThan(3000);
    expect(pair.clock.alarmCount).toBe(0);
    pair.close();
  });
});

describe("sound from outside", () => {
  test("comes as it was fed, silence when there is none, and never late", () => {
    const microphone = new FedMicrophone(400);
    microphone.feed(Int16Array.of(1, 2, 3));
    microphone.feed(Int16Array.of(4));
    expect([...microphone.source(2)]).toEqual([1, 2]);
    expect([...microphone.source(4)]).toEqual([3, 4, 0, 0]);
    microphone.feed(new Int16Array(390).fill(7));
    microphone.feed(new Int16Array(30).fill(8));
    const all = microphone.source(500);
    expect(all.filter((sample) => sample === 7)).toHaveLength(370);
    expect(all.filter((sample) => sample === 8)).toHaveLength(30);
  });

  test("a recording loops", () => {
    const source = looped(sine(1000, 100, 12));
    expect(source(12)).toEqual(source(12));
  });
});
