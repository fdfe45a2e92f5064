// The binding of screens and keys to a simulated handset, in virtual time.
import { expect, test } from "vitest";
import type { Intent } from "#firmware/call/intents.ts";
import type { PhoneView } from "#firmware/call/view.ts";
import { digitKeys, functionKeys, lineKeys, softKeys } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { createFrontPanel, type FrontPanel } from "#hal/sim/front-panel.ts";
import { call, idleView, sampleFacts, seenOf, withCalls } from "#test/screens/samples.ts";
import { type Front, startFront } from "#ui/front/front.ts";
import type { Act } from "#ui/input/acts.ts";
import { english } from "#ui/words/english.ts";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Rig {
  readonly clock = new VirtualClock({ settle });
  readonly panel: FrontPanel;
  readonly front: Front;
  readonly stop = new AbortController();
  readonly intents: Intent[] = [];
  readonly acts: Act[] = [];
  frames = 0;
  makesViewAnew = false;
  view: PhoneView = idleView;

  constructor() {
    this.panel = createFrontPanel({
      clock: this.clock,
      geometry: { kind: "pixels", width: 240, height: 120, depthBits: 2 },
      keys: [...digitKeys, ...lineKeys, ...softKeys, ...functionKeys],
      lamps: [],
    });
    this.panel.hands.frames.subscribe(() => this.frames++, { signal: this.stop.signal });
    this.front = startFront(
      { ...this.panel.parts, clock: this.clock },
      {
        words: () => english,
        view: () => (this.makesViewAnew ? { ...this.view } : this.view),
        facts: () => sampleFacts,
        toLocal: seenOf(idleView).toLocal,
        intend: (intent) => this.intents.push(intent),
        act: (act) => this.acts.push(act),
        signal: this.stop.signal,
      },
    );
  }

  rows(): readonly string[] {
    return this.panel.hands.shown()?.text.rows ?? [];
  }
}

test("the first picture comes by itself, another one only when something changed", async () => {
  const rig = new Rig();
  await settle();
  expect(rig.rows()).toContain("Your current options");
  expect(rig.frames).toBe(1);
  rig.front.changed();
  await settle();
  expect(rig.frames).toBe(1);
  rig.view = withCalls([call({ state: "ring-out", connectedAt: undefined })]);
  await rig.clock.advance(1000);
  rig.front.changed();
  rig.front.changed();
  await settle();
  expect(rig.rows()).toContain("Ring Out");
  expect(rig.frames).toBe(2);
  rig.stop.abort();
});

test("what the phone does by itself is shown 25 times a second at most, what a person does at once", async () => {
  const rig = new Rig();
  await settle();
  for (const state of ["ring-out", "connected", "held"] as const) {
    rig.view = withCalls([call({ state })]);
    rig.front.changed();
    await rig.clock.advance(10);
  }
  expect(rig.frames).toBe(1);
  await rig.clock.advance(10);
  expect(rig.frames).toBe(2);
  expect(rig.rows().join()).toContain("Held by Other Party");
  rig.view = idleView;
  rig.front.changed();
  rig.front.press({ kind: "key", key: "5", isDown: true });
  await settle();
  expect(rig.frames).toBe(3);
  rig.stop.abort();
});

test("a view made anew that looks as before is no new picture, even to one who asks on each picture", async () => {
  const rig = new Rig();
  let asked = 0;
  rig.makesViewAnew = true;
  rig.front.frames.subscribe(
    () =>
      queueMicrotask(() => {
        if (asked++ < 100) rig.front.frame();
      }),
    { signal: rig.stop.signal },
  );
  rig.view = withCalls([call()]);
  rig.front.changed();
  await settle();
  expect(rig.frames).toBe(1);
  expect(asked).toBe(1);
  rig.stop.abort();
});

test("a running call is counted every second, and not once it is over", async () => {
  const rig = new Rig();
  rig.view = withCalls([call({ connectedAt: 0 as MonoMs })]);
  await rig.clock.advance(2500);
  expect(rig.rows()).toContain("Connected  00:02");
  expect(rig.frames).toBe(3);
  rig.view = idleView;
  rig.front.changed();
  await rig.clock.advance(10_000);
  expect(rig.frames).toBe(4);
  rig.stop.abort();
});

test("presses of the handset, of the page and of the console take the same path", async () => {
  const rig = new Rig();
  rig.panel.hands.press("5");
  rig.panel.hands.release("5");
  rig.front.press({ kind: "key", key: "6", isDown: true });
  rig.panel.hands.lift();
  await settle();
  expect(rig.intents).toEqual([
    { kind: "digit", digit: "5" },
    { kind: "digit-up", digit: "5" },
    { kind: "digit", digit: "6" },
    { kind: "off-hook" },
  ]);
  rig.panel.hands.press("settings");
  await settle();
  expect(rig.rows()[1]).toBe("Settings");
  rig.stop.abort();
});

test("a held key repeats in time, and an answer to an act is told", async () => {
  const rig = new Rig();
  await settle();
  rig.panel.hands.press("volumeUp");
  await rig.clock.advance(500 + 150);
  rig.panel.hands.release("volumeUp");
  await rig.clock.advance(1000);
  expect(rig.intents).toHaveLength(3);
  rig.panel.hands.press("soft1");
  expect(rig.acts).toEqual([{ kind: "keep-volume" }]);
  rig.front.tell("wrongPassword");
  await settle();
  expect(rig.rows()).toContain("Wrong password");
  await rig.clock.advance(3000);
  expect(rig.rows()).toContain("Your current options");
  rig.stop.abort();
});

test("after the signal nothing is shown, asked or waited for", async () => {
  const rig = new Rig();
  rig.view = withCalls([call({ connectedAt: 0 as MonoMs })]);
  await rig.clock.advance(1500);
  const { frames } = rig;
  rig.stop.abort();
  rig.panel.hands.press("5");
  rig.front.changed();
  await rig.clock.advance(5000);
  expect(rig.frames).toBe(frames);
  expect(rig.intents).toEqual([]);
  expect(rig.clock.alarmCount).toBe(0);
});
