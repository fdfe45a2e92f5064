// Virtual time moves only when told, in order, and fails loudly when a test waits in vain.
import { expect, test } from "vitest";
import { later } from "#hal/contract/time.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

const makeClock = (): VirtualClock =>
  new VirtualClock({ settle: () => new Promise((resolve) => setImmediate(resolve)) });

test("alarms ring in order of time, then of setting", async () => {
  const clock = makeClock();
  const rung: string[] = [];
  clock.alarm(later(clock.now(), 20), () => rung.push("b"));
  clock.alarm(later(clock.now(), 10), () => {
    rung.push("a");
    clock.alarm(later(clock.now(), 10), () => rung.push("c"));
  });
  await clock.advance(30);
  expect(rung).toEqual(["a", "b", "c"]);
  expect(clock.now()).toBe(30);
});

test("a sleep ends early with the reason of its signal, and leaves no alarm", async () => {
  const clock = makeClock();
  const controller = new AbortController();
  const sleep = clock.sleep(1000, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(sleep).rejects.toThrow("enough");
  expect(clock.alarmCount).toBe(0);
});

test("waiting for what cannot come is an error, not a hang", async () => {
  const clock = makeClock();
  await expect(clock.runUntil("the impossible", () => false)).rejects.toThrow("nothing is pending");
});

test("wall time is unknown until set, then runs with the clock", async () => {
  const clock = makeClock();
  expect(clock.wall()).toBeUndefined();
  clock.step(Date.UTC(2026, 0, 1) as ReturnType<VirtualClock["wall"]> & number);
  await clock.advance(1500);
  expect(clock.wall()).toBe(Date.UTC(2026, 0, 1) + 1500);
});

test("the same seed draws the same numbers, evenly", () => {
  const draw = (seed: number): number[] => {
    const random = createSeededRandom(seed);
    return Array.from({ length: 1000 }, () => random.u32());
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  const mean = draw(7).reduce((sum, value) => sum + value / 2 ** 32, 0) / 1000;
  expect(mean).toBeGreaterThan(0.45);
  expect(mean).toBeLessThan(0.55);
});
