// The hook switch as a table of (ms, line level) on a fake line.
import { expect, test } from "vitest";
import type { HookEvent } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { createHookSwitch, type HookSwitchConfig } from "#hal/drivers/hook-switch.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { fakeInput } from "./fake-bus.ts";

const plain: HookSwitchConfig = { isHighOffHook: true, settleMs: 30, flash: undefined };
const flashing: HookSwitchConfig = { ...plain, flash: { minMs: 80, maxMs: 600 } };

async function play(
  config: HookSwitchConfig,
  rows: readonly (readonly [atMs: number, isHigh: boolean])[],
  isToldAtMs?: number,
) {
  const clock = new VirtualClock({ settle: () => Promise.resolve() });
  const input = fakeInput(clock, !config.isHighOffHook);
  const { signal } = new AbortController();
  const hook = createHookSwitch({ line: input.line, config, clock, signal });
  const events: string[] = [];
  hook.events.subscribe((event: HookEvent) => events.push(`${event.at} ${event.kind}`), { signal });
  for (const [atMs, isHigh] of rows) {
    if (clock.now() !== isToldAtMs) await clock.advance((isToldAtMs ?? atMs) - clock.now());
    input.set(isHigh, atMs as MonoMs); // virtual
  }
  await clock.advance(2000);
  return { events, hook, clock };
}

test("lifting and hanging up are told once, at the time of the last edge", async () => {
  const { events, hook, clock } = await play(plain, [
    [100, true],
    [103, false],
    [105, true],
    [1000, false],
  ]);
  expect(events).toEqual(["105 off-hook", "1000 on-hook"]);
  expect(hook.isOffHook()).toBe(false);
  expect(clock.alarmCount).toBe(0);
});

test("a contact that closes on lifting works with the other polarity", async () => {
  const { events } = await play({ ...plain, isHighOffHook: false }, [[50, false]]);
  expect(events).toEqual(["50 off-hook"]);
});

test("a knock shorter than the settle time is nothing", async () => {
  const { events } = await play(plain, [
    [100, true],
    [110, false],
  ]);
  expect(events).toEqual([]);
});

test("a short on-hook is a flash, a long one a hang-up, a very short one nothing", async () => {
  const { events } = await play(flashing, [
    [0, true],
    [1000, false],
    [1200, true],
    [2000, false],
    [2050, true],
    [3000, false],
  ]);
  expect(events).toEqual(["0 off-hook", "1200 flash", "3000 on-hook"]);
});

test("what happened while nobody could look is told afterwards, in order", async () => {
  const rows = [
    [0, true],
    [1000, false],
    [1200, true],
    [1700, false],
  ] as const;
  expect((await play(flashing, rows, 5000)).events).toEqual(["0 off-hook", "1200 flash", "1700 on-hook"]);
  expect((await play(flashing, rows.slice(0, 3), 5000)).events).toEqual(["0 off-hook", "1200 flash"]);
  expect((await play(plain, rows.slice(0, 2), 5000)).events).toEqual(["0 off-hook", "1000 on-hook"]);
});

test("a handset that is up when the phone starts is off-hook without an event", async () => {
  const clock = new VirtualClock({ settle: () => Promise.resolve() });
  const input = fakeInput(clock, true);
  const hook = createHookSwitch({
    line: input.line,
    config: plain,
    clock,
    signal: new AbortController().signal,
  });
  expect(hook.isOffHook()).toBe(true);
});
