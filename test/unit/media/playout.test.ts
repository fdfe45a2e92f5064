// The jitter buffer as a table of what a network does and what a person then hears.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Playout, type Verdict } from "#firmware/media/playout.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

const blockSamples = 160;

/** One packet of 20 ms; block n of the sender begins at timestamp 160 n, and its samples all say so. */
interface Sent {
  readonly block: number;
  readonly atMs: number;
  readonly marker?: boolean;
  /** Where its timestamp says it belongs, in blocks; `block` unless told. */
  readonly timestampBlocks?: number;
  readonly isNewSource?: boolean;
}

/** Loud enough never to be a quiet moment. */
const sampleOf = (block: number): number => 1000 + block;

interface Heard {
  /** Per 20 ms: the block that was heard at its end, or undefined for a gap. */
  readonly blocks: readonly (number | undefined)[];
  readonly samples: Int16Array;
  readonly verdicts: ReadonlyMap<number, Verdict>;
  readonly queuedMs: number;
  /** From a packet's arrival to its being handed out. */
  readonly waitsMs: readonly number[];
}

/** Plays `forMs` in takings of 20 ms at 0, 20, 40 … (later by `skewPpm` of our sound card). */
function play(packets: readonly Sent[], forMs: number, skewPpm = 0, quiet = false): Heard {
  const playout = new Playout({ sampleRateHz: 8000, random: createSeededRandom(1) });
  const left = [...packets].sort((a, b) => a.atMs - b.atMs);
  const arrivals = new Map(packets.map((packet) => [sampleOf(packet.block), packet]));
  const samples = new Int16Array((forMs / 20) * blockSamples);
  const verdicts = new Map<number, Verdict>();
  const blocks: (number | undefined)[] = [];
  const waitsMs: number[] = [];
  for (let tick = 0; tick * 20 < forMs; tick++) {
    const now = (tick * 20 * (1 + skewPpm / 1e6)) as MonoMs; // the rig's own clock
    while (left[0] !== undefined && left[0].atMs < now) {
      const packet = left.shift() as Sent; // it is there
      if (packet.isNewSource === true) playout.restart();
      const value = quiet ? 1 + (packet.block % 50) : sampleOf(packet.block);
      const verdict = playout.put(
        {
          position: (packet.timestampBlocks ?? packet.block) * blockSamples,
          marker: packet.marker === true,
          content: {
            kind: "sound",
            samples: blockSamples,
            decode: () => new Int16Array(blockSamples).fill(value),
          },
        },
        packet.atMs as MonoMs, // the rig's own clock
      );
      verdicts.set(packet.block, verdict);
    }
    const taken = playout.take(blockSamples, now);
    samples.set(taken, tick * blockSamples);
    const last = taken.at(-1) ?? 0;
    const packet = arrivals.get(last);
    const isReal = packet !== undefined && taken.slice(40).every((sample) => sample === last);
    blocks.push(isReal ? packet.block : undefined);
    if (isReal) waitsMs.push(now - packet.atMs);
  }
  return { blocks, samples, verdicts, queuedMs: playout.queuedMs, waitsMs };
}

/** Blocks `from` … `to`−1 sent every 20 ms and on the way for `delayMs`. */
function flow(from: number, to: number, delayMs: number, more: Partial<Sent> = {}): Sent[] {
  return Array.from({ length: to - from }, (_, i) => ({
    block: from + i,
    atMs: (from + i) * 20 + delayMs,
    ...more,
  }));
}

const heardOf = (heard: Heard): readonly number[] => heard.blocks.filter((block) => block !== undefined);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const lateOnes = (heard: Heard): readonly number[] =>
  [...heard.verdicts].filter(([, verdict]) => verdict === "late").map(([block]) => block);

describe("an even flow", () => {
  test.each([1, 5, 9, 11, 15, 19])(
    "that arrives %i ms after a taking waits 10 to 30 ms, for ever",
    (delayMs) => {
      const heard = play(flow(0, 1000, delayMs), 20_100);
      expect(heardOf(heard)).toEqual(range(0, 1000));
      expect(new Set(heard.waitsMs.map(Math.round)).size).toBe(1);
      expect(heard.waitsMs[0]).toBeGreaterThanOrEqual(10);
      expect(heard.waitsMs[0]).toBeLessThan(30);
      expect(lateOnes(heard)).toEqual([]);
    },
  );

  test("jitter of 9 ms costs nothing", () => {
    const jittered = flow(0, 1000, 1).map((packet, i) => ({ ...packet, atMs: packet.atMs + ((i * 7) % 10) }));
    const heard = play(jittered, 20_100);
    expect(heardOf(heard)).toEqual(range(0, 1000));
    expect(lateOnes(heard)).toEqual([]);
  });
});

describe("loss and disorder", () => {
  test("a lost packet leaves a gap of its length; what follows keeps its time", () => {
    const heard = play(
      flow(0, 50, 5).filter(({ block }) => block !== 20),
      1100,
    );
    expect(heardOf(heard)).toEqual(range(0, 50).filter((block) => block !== 20));
    expect(heard.blocks.indexOf(21) - heard.blocks.indexOf(19)).toBe(2);
  });

  test("the gap is filled with the last sound, fading, and joined to the next without a jump", () => {
    const heard = play(
      flow(0, 50, 5).filter(({ block }) => block < 20 || block > 24),
      1100,
    );
    const gap = heard.blocks.indexOf(19) + 1;
    const at = (ms: number): number => Math.abs(heard.samples[gap * blockSamples + ms * 8] ?? 0);
    expect(at(5)).toBe(sampleOf(19));
    expect(at(30)).toBeLessThan(sampleOf(19));
    expect(at(30)).toBeGreaterThan(at(50));
    expect(at(70)).toBe(0);
    const joint = heard.samples.slice((gap + 5) * blockSamples, (gap + 5) * blockSamples + 45);
    const steps = [...joint].slice(1).map((sample, i) => Math.abs(sample - (joint[i] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(60); // a jump would be 1025
  });

  test("two packets the wrong way round are heard in order", () => {
    const swapped = flow(0, 50, 5).map((packet) =>
      packet.block === 20 ? { ...packet, atMs: packet.atMs + 22 } : packet,
    );
    expect(heardOf(play(swapped, 1100))).toEqual(range(0, 50));
  });

  test("STA-005 a packet that comes 60 ms late is counted late and heard all the same: the delay has grown", () => {
    const packets = flow(0, 100, 5).map((packet) =>
      packet.block >= 40 && packet.block < 44
        ? { ...packet, atMs: 40 * 20 + 5 + 60 + packet.block / 100 }
        : packet,
    );
    const heard = play(packets, 2200);
    expect(heardOf(heard)).toEqual(range(0, 100));
    expect(lateOnes(heard)).toEqual([40]);
  });

  test("a packet overtaken by its successor's sound is late and left out, and the delay grows for the next time", () => {
    const packets = flow(0, 200, 5).map((packet) =>
      packet.block === 40 || packet.block === 80 ? { ...packet, atMs: packet.atMs + 46 } : packet,
    );
    const heard = play(packets, 4200);
    expect(lateOnes(heard)).toEqual([40]);
    expect(heardOf(heard)).toEqual(range(0, 200).filter((block) => block !== 40));
  });

  test("a delay that a burst of jitter needed is given back within some seconds", () => {
    const packets = flow(0, 1500, 5).map((packet) =>
      packet.block >= 40 && packet.block < 44
        ? { ...packet, atMs: 40 * 20 + 5 + 80 + packet.block / 100 }
        : packet,
    );
    const heard = play(packets, 30_000);
    const late = heard.waitsMs.slice(-100);
    expect(Math.max(...late)).toBeLessThan(50);
    expect(Math.max(...heard.waitsMs.slice(100, 200))).toBeGreaterThan(80);
  });
});

describe("pauses and new beginnings", () => {
  test("a pause of the sender is silence, and its next words come as promptly as the first", () => {
    const heard = play([...flow(0, 50, 5), ...flow(150, 200, 5)], 4200);
    expect(heardOf(heard)).toEqual([...range(0, 50), ...range(150, 200)]);
    expect(heard.waitsMs[60]).toBe(heard.waitsMs[10]);
    const pause = heard.samples.slice((heard.blocks.indexOf(49) + 6) * blockSamples);
    expect(pause.slice(0, 80 * blockSamples).every((sample) => sample === 0)).toBe(true);
  });

  test("a sender whose timestamps stand still in a pause is heard at once when it marks its first packet", () => {
    const later = flow(150, 200, 5).map((packet, i) => ({
      ...packet,
      timestampBlocks: 50 + i,
      marker: i === 0,
    }));
    expect(heardOf(play([...flow(0, 50, 5), ...later], 4200))).toEqual([...range(0, 50), ...range(150, 200)]);
  });

  test("and after three lost packets when it does not", () => {
    const later = flow(150, 200, 5).map((packet, i) => ({ ...packet, timestampBlocks: 50 + i }));
    const heard = play([...flow(0, 50, 5), ...later], 4200);
    expect(heardOf(heard)).toEqual([...range(0, 50), ...range(153, 200)]);
  });

  test("timestamps that jump ahead do not make anybody wait", () => {
    const jumped = flow(50, 100, 5, {}).map((packet) => ({
      ...packet,
      timestampBlocks: packet.block + 100_000,
    }));
    const heard = play([...flow(0, 50, 5), ...jumped], 2200);
    expect(heardOf(heard)).toEqual(range(0, 100));
  });

  test("timestamps that jump back cost three packets at most", () => {
    const jumped = flow(50, 100, 5, {}).map((packet) => ({
      ...packet,
      timestampBlocks: packet.block - 5_000,
    }));
    const heard = play([...flow(0, 50, 5), ...jumped], 2200);
    expect(heardOf(heard).length).toBeGreaterThanOrEqual(97);
  });

  test("a new source costs no sound at all", () => {
    const other = flow(50, 100, 5).map((packet, i) => ({
      ...packet,
      timestampBlocks: 777_777 + i,
      isNewSource: i === 0,
    }));
    expect(heardOf(play([...flow(0, 50, 5), ...other], 2200))).toEqual(range(0, 100));
  });

  test("a network that stood still for a second and then delivers all at once leaves no second of delay", () => {
    const stalled = flow(0, 300, 5).map((packet) =>
      packet.block >= 100 && packet.block < 150 ? { ...packet, atMs: 150 * 20 + packet.block / 100 } : packet,
    );
    const heard = play(stalled, 6200);
    expect(heard.waitsMs.at(-1)).toBeLessThan(160);
    expect(heardOf(heard).filter((block) => block >= 150)).toEqual(range(150, 300));
  });

  test("a path that becomes 300 ms longer is followed", () => {
    const heard = play([...flow(0, 100, 5), ...flow(100, 300, 305)], 6500);
    expect(heardOf(heard).filter((block) => block >= 110)).toEqual(range(110, 300));
    expect(heard.waitsMs.at(-1)).toBeLessThan(60);
  });
});

describe("clock skew", () => {
  // 300 ppm is thrice what two bad crystals differ by: a block in 67 s. Five minutes.
  test.each([300, -300])(
    "%i ppm between the two sound cards neither builds up delay nor starves",
    (skewPpm) => {
      const heard = play(flow(0, 15_000, 5), 300_200, skewPpm);
      expect(Math.max(...heard.waitsMs)).toBeLessThan(70);
      const missing = 15_000 - heardOf(heard).length;
      expect(missing).toBeLessThan(10); // five blocks too many or too few, and the joints
    },
  );

  test("quiet moments are chosen where there are any", () => {
    const heard = play(flow(0, 15_000, 5), 299_000, 300, true);
    expect(heard.queuedMs).toBeLessThan(60);
  });
});

test("whatever the network does, sound comes evenly, in order, each packet at most once, and the queue is bounded", () => {
  const packets = fc.array(
    fc.record({
      isLost: fc.boolean(),
      delayMs: fc.oneof(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 400 })),
    }),
    { minLength: 1, maxLength: 150 },
  );
  fc.assert(
    fc.property(packets, (chances) => {
      const sent = chances.flatMap((chance, block) =>
        chance.isLost ? [] : [{ block, atMs: block * 20 + chance.delayMs }],
      );
      const heard = play(sent, chances.length * 20 + 600);
      expect(heard.samples.length).toBe(heard.blocks.length * blockSamples);
      const order = heardOf(heard);
      expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
      expect(heard.queuedMs).toBeLessThanOrEqual(400);
    }),
    { numRuns: 200 },
  );
});
