// Keys on lines of their own as tables of (ms, line, level), and keypads joined.
import { expect, test } from "vitest";
import type { KeyEvent, KeyId } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { createDirectKeypad, joinKeypads } from "#hal/drivers/direct-keypad.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { fakeInput } from "./fake-bus.ts";

const settle = { settle: () => Promise.resolve() };

/** Plays (at ms, level of the line of `soft1`); its events and those of `soft2`, which nobody touches. */
async function play(
  rows: readonly (readonly [atMs: number, isHigh: boolean])[],
  { isHighAtStart = true, isToldAtMs }: { isHighAtStart?: boolean; isToldAtMs?: number } = {},
) {
  const clock = new VirtualClock(settle);
  const pressed = fakeInput(clock, isHighAtStart);
  const idle = fakeInput(clock, true);
  const ended = new AbortController();
  const keypad = createDirectKeypad({
    lines: new Map<KeyId, typeof pressed.line>([
      ["soft1", pressed.line],
      ["soft2", idle.line],
    ]),
    config: { isHighWhenDown: false, debounceMs: 10 },
    clock,
    signal: ended.signal,
  });
  const events: string[] = [];
  keypad.events.subscribe(
    ({ at, key, isDown }: KeyEvent) => events.push(`${at} ${key} ${isDown ? "down" : "up"}`),
    { signal: ended.signal },
  );
  for (const [atMs, isHigh] of rows) {
    if (clock.now() !== isToldAtMs) await clock.advance((isToldAtMs ?? atMs) - clock.now());
    pressed.set(isHigh, atMs as MonoMs); // virtual
  }
  await clock.advance(100);
  ended.abort();
  return { events, keys: keypad.keys };
}

test("a key is down 10 ms after its line fell and up 10 ms after it rose", async () => {
  const { events, keys } = await play([
    [20, false],
    [100, true],
  ]);
  expect(events).toEqual(["30 soft1 down", "110 soft1 up"]);
  expect(keys).toEqual(["soft1", "soft2"]);
});

test("bouncing starts the time anew, and a glitch is no key", async () => {
  const bounced = await play([
    [20, false],
    [24, true],
    [26, false],
  ]);
  expect(bounced.events).toEqual(["36 soft1 down"]);
  const glitch = await play([
    [20, false],
    [25, true],
  ]);
  expect(glitch.events).toEqual([]);
});

test("a key held while the phone starts is told", async () => {
  expect((await play([], { isHighAtStart: false })).events).toEqual(["10 soft1 down"]);
});

test("presses that were over before anybody looked count, in order; a glitch among them does not", async () => {
  const { events } = await play(
    [
      [100, false],
      [160, true],
      [200, false],
      [205, true],
      [300, false],
      [340, true],
    ],
    { isToldAtMs: 1000 },
  );
  expect(events).toEqual(["110 soft1 down", "170 soft1 up", "310 soft1 down", "350 soft1 up"]);
});

test("keypads joined have all keys and all events", async () => {
  const clock = new VirtualClock(settle);
  const { signal } = new AbortController();
  const inputs = [fakeInput(clock, true), fakeInput(clock, true)] as const;
  const config = { isHighWhenDown: false, debounceMs: 5 };
  const keypads = inputs.map(({ line }, index) =>
    createDirectKeypad({
      lines: new Map([[index === 0 ? "1" : "up", line] as const]),
      config,
      clock,
      signal,
    }),
  );
  const joined = joinKeypads(keypads, signal);
  const pressed: string[] = [];
  joined.events.subscribe(({ key }) => pressed.push(key), { signal });
  for (const input of inputs) {
    input.set(false);
    await clock.advance(10);
  }
  expect(joined.keys).toEqual(["1", "up"]);
  expect(pressed).toEqual(["1", "up"]);
});
