// The kernel's time: the same on every thread, never early, and ended by cancelling and closing.
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { later, type UnixMs } from "#hal/contract/time.ts";
import { createClock, createMonotonic, processOriginNs } from "#hal/linux/clock.ts";
import { createRandom } from "#hal/linux/random.ts";
import { createWallClock } from "#hal/linux/wall-clock.ts";

const originNs = processOriginNs();
const makeClock = () => createClock({ originNs, wall: () => undefined });

test("an alarm never rings early, and alarms in the past ring at once but not synchronously", async () => {
  const clock = makeClock();
  const lateMs: number[] = [];
  const ring = (spanMs: number) =>
    new Promise<void>((resolve) => {
      const at = later(clock.now(), spanMs);
      clock.alarm(at, () => {
        lateMs.push(clock.now() - at);
        resolve();
      });
    });
  const pending = Promise.all([3.3, 7.9, 1, 0.2, 0, -5].map(ring));
  expect(lateMs).toEqual([]);
  await pending;
  expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
  expect(clock.alarmCount).toBe(0);
});

test("a cancelled alarm, an aborted sleep and a closed clock leave nothing behind", async () => {
  const clock = makeClock();
  const rung: string[] = [];
  clock.alarm(later(clock.now(), 1), () => rung.push("cancelled")).cancel();
  const controller = new AbortController();
  const sleep = clock.sleep(60_000, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(sleep).rejects.toThrow("enough");
  clock.alarm(later(clock.now(), 2), () => rung.push("closed"));
  clock.close();
  await makeClock().sleep(5, { signal: new AbortController().signal });
  expect(rung).toEqual([]);
  expect(clock.alarmCount).toBe(0);
});

test("main and a worker read the same monotonic time", async () => {
  const source = `
    import { parentPort, workerData } from "node:worker_threads";
    import { createMonotonic } from ${JSON.stringify(new URL("../../../hal/linux/clock.ts", import.meta.url).href)};
    parentPort.postMessage(createMonotonic(workerData.originNs)());`;
  const now = createMonotonic(originNs);
  const before = now();
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    workerData: { originNs },
  });
  const there = await new Promise<number>((resolve) => worker.once("message", resolve));
  expect(there).toBeGreaterThan(before);
  expect(there).toBeLessThan(now());
});

test("wall time of this process is unknown until set, then steps at once and slews gradually", () => {
  let monoMs = 1000;
  const wall = createWallClock({ kind: "process", now: () => monoMs as never }); // a hand-moved clock
  expect(wall.wall()).toBeUndefined();
  wall.step(1_800_000_000_000 as UnixMs);
  monoMs += 500;
  expect(wall.wall()).toBe(1_800_000_000_500);
  wall.slew(2);
  monoMs += 2000;
  expect(wall.wall()).toBeCloseTo(1_800_000_002_501, 3); // 500 ppm of 2 s
  monoMs += 10_000;
  expect(wall.wall()).toBeCloseTo(1_800_000_012_502, 3); // all 2 ms, and no more
  expect(wall.status()).toMatchObject({ attached: "an offset in this process", state: "working" });
});

test("the kernel's random numbers use all 32 bits and do not repeat", () => {
  const random = createRandom();
  const drawn = Array.from({ length: 1000 }, () => random.u32());
  expect(new Set(drawn).size).toBeGreaterThan(990);
  expect(drawn.reduce((all, value) => all | value, 0) >>> 0).toBe(0xffffffff);
});
