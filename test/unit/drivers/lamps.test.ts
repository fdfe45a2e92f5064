// Lamp cadences: what is lit when, and that nothing runs while nothing blinks.
import { expect, test } from "vitest";
import type { LampColour, LampId } from "#hal/contract/panel.ts";
import { createLamps, lampCadences, lineLamp, twoColourLamp } from "#hal/drivers/lamps.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { fakeOutput } from "./fake-bus.ts";

function rig() {
  const clock = new VirtualClock({ settle: () => Promise.resolve() });
  const changes: string[] = [];
  const ended = new AbortController();
  const make = (lamp: LampId) =>
    [lamp, (isLit: boolean) => changes.push(`${clock.now()} ${lamp} ${isLit ? "lit" : "dark"}`)] as const;
  const lamps = createLamps({
    switches: new Map([make("message"), make("line1")]),
    clock,
    signal: ended.signal,
  });
  return { clock, changes, lamps, ended };
}

test("on and off are immediate and need no alarm", () => {
  const { clock, changes, lamps } = rig();
  lamps.set("message", "on");
  lamps.set("message", "on");
  lamps.set("message", "off");
  expect(changes).toEqual(["0 message lit", "0 message dark"]);
  expect(clock.alarmCount).toBe(0);
});

test("a blinking lamp follows its cadence until it is switched off", async () => {
  const { clock, changes, lamps } = rig();
  lamps.set("line1", "blink");
  await clock.advance(1000);
  lamps.set("line1", "off");
  expect(changes).toEqual(["0 line1 lit", "500 line1 dark", "1000 line1 lit", "1000 line1 dark"]);
  expect(clock.alarmCount).toBe(0);
});

test("wink is mostly lit and flash mostly dark", () => {
  const share = ({ onMs, offMs }: { onMs: number; offMs: number }) => onMs / (onMs + offMs);
  expect(share(lampCadences.wink)).toBeGreaterThan(0.75);
  expect(share(lampCadences.flash)).toBeLessThan(0.25);
});

test("its end leaves no alarm", () => {
  const { clock, lamps, ended } = rig();
  lamps.set("message", "flash");
  ended.abort();
  expect(clock.alarmCount).toBe(0);
});

test("a lamp on one line, lit low or high; two colours behind one window", () => {
  const line = fakeOutput();
  lineLamp(line.line, { isLitHigh: false })(true, undefined);
  expect(line.level()).toBe(false);
  const [red, green] = [fakeOutput(), fakeOutput()];
  const lamp = twoColourLamp({ red: red.line, green: green.line }, { isLitHigh: true });
  const shown = (isLit: boolean, colour?: LampColour): string => {
    lamp(isLit, colour);
    return `${red.level() ? "red" : ""}${green.level() ? "green" : ""}`;
  };
  expect([shown(true), shown(true, "green"), shown(true, "amber"), shown(false, "amber")]).toEqual([
    "red",
    "green",
    "redgreen",
    "",
  ]);
});
