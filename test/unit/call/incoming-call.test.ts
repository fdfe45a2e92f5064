// A call in: ringing, every way to answer, refusals, two at once, and events that cross.
import { expect, test } from "vitest";
import { agreed, bob, carol, nobody, Rig } from "./rig.ts";

test("IND-001 SK-006 an incoming call rings, flashes the handset light and offers Answer", () => {
  const rig = new Rig();
  rig.comes();
  expect(rig.said()).toEqual(["ring in-1"]);
  expect(rig.ring).toEqual({ name: "dr1", isOnce: false });
  expect(rig.lamps.get("message")).toBe("flash");
  expect(rig.lamps.get("line1")).toBe("blink");
  expect(rig.keys).toEqual(["answer"]);
  expect(rig.view.prompt).toEqual({ kind: "code", code: "from", facts: { name: "Bob", number: "2010" } });
  expect(rig.says).toBe("From Bob (2010)");
  const unnamed = new Rig();
  unnamed.comes({ ...bob, name: "" });
  expect(unnamed.says).toBe("From 2010");
});

test("handset, speaker, headset, soft key and line key answer, each on its path", () => {
  for (const [intent, path] of [
    [{ kind: "off-hook" }, "handset"],
    [{ kind: "speaker" }, "speaker"],
    [{ kind: "headset" }, "headset"],
    [{ kind: "softkey", id: "answer", place: 0 }, "speaker"],
    [{ kind: "line-key", key: 1 }, "speaker"],
    [{ kind: "flash" }, "speaker"],
  ] as const) {
    const rig = new Rig();
    const call = rig.comes();
    rig.do(intent);
    expect(rig.sessions.at(-1)).toMatchObject({ kind: "answer", call, local: { portsId: 1 } });
    expect(rig.path, intent.kind).toBe(path);
    expect(rig.ring).toBeUndefined();
    expect(rig.states).toEqual(["connected"]);
    rig.sip({ kind: "media", call, media: agreed });
    expect(rig.listen).toEqual([call]);
    rig.ended(call);
    rig.rest();
    expect(rig.isQuiet).toBe(true);
  }
});

test("an answer waits for its ports; a caller who gives up meanwhile is a missed call", () => {
  const rig = new Rig({ isSlow: true });
  const call = rig.comes();
  rig.do({ kind: "speaker" });
  expect(rig.said()).toEqual([`ring ${call}`]);
  rig.ended(call, 487, "");
  rig.givePorts();
  expect(rig.isQuiet).toBe(true);
  expect(rig.view.log.missed).toHaveLength(1);
});

test("an answer after the caller gave up opens a line instead", () => {
  const rig = new Rig();
  const call = rig.comes();
  rig.ended(call, 487, "");
  expect(rig.ring).toBeUndefined();
  rig.lift();
  expect(rig.tone).toBe("inside-dial");
  expect(rig.sessions.some((intent) => intent.kind === "answer")).toBe(false);
});

test("without ports the caller is refused", () => {
  const rig = new Rig({ isSlow: true });
  const call = rig.comes();
  rig.givePorts("none");
  expect(rig.sessions.at(-1)).toEqual({ kind: "refuse", call, reason: "busy" });
  expect(rig.ring).toBeUndefined();
  expect(rig.view.calls).toEqual([]);
});

test("two calls at once: one is answered, the other knocks and can be taken after", () => {
  const rig = new Rig();
  const first = rig.comes(bob);
  const second = rig.comes(carol);
  expect(rig.view.calls.map(({ isSelected }) => isSelected)).toEqual([true, false]);
  rig.lift();
  expect(rig.said()).toEqual([`ring ${first}`, `ring ${second}`, `answer ${first}`]);
  expect(rig.ring).toBeUndefined();
  expect(rig.tone).toBe("call-waiting");
  rig.ended(first);
  expect(rig.ring).toEqual({ name: "dr1", isOnce: false });
  rig.soft("answer");
  expect(rig.said()).toEqual([`answer ${second}`]);
});

test("typed digits give way to a call that comes in, and come back when it is gone", () => {
  const rig = new Rig();
  rig.digits("60");
  const call = rig.comes();
  rig.digits("7");
  expect(rig.view.calls.filter(({ isSelected }) => isSelected).map(({ id }) => id)).toEqual([call]);
  expect(rig.keys).toEqual(["answer"]);
  rig.ended(call, 487);
  expect(rig.view.calls).toMatchObject([{ digits: "60", isSelected: true }]);
  expect(rig.keys).toEqual(["dial", "backspace", "cancel"]);
  rig.comes();
  rig.lift();
  expect(rig.sessions.at(-1)?.kind).toBe("answer");
  expect(rig.view.calls.map(({ state }) => state)).toEqual(["connected"]);
});

test("the same call announced twice rings once", () => {
  const rig = new Rig();
  const call = rig.comes();
  rig.comes(bob, { call });
  expect(rig.view.calls).toHaveLength(1);
  expect(rig.said()).toEqual([`ring ${call}`]);
});

test("a line without a user refuses", () => {
  const rig = new Rig();
  const call = rig.comes(bob, { line: 3 });
  expect(rig.sessions).toEqual([{ kind: "refuse", call, reason: "no-line" }]);
});

test("FEA-031 RNG-013 RNG-014 Alert-Info chooses the cadence in every form", () => {
  for (const [alertInfo, name] of [
    ["Bellcore-dr1", "dr1"],
    ["<Bellcore-dr2>", "dr2"],
    ["<file://Bellcore-dr3/>", "dr3"],
    ["bellcore-DR4", "dr4"],
    ["Bellcore-dr5", "dr5"],
  ] as const) {
    const rig = new Rig();
    rig.comes(bob, { alertInfo });
    expect(rig.ring).toEqual({ name, isOnce: name === "dr5" });
  }
});

test("RNG-012 RNG-015 without Alert-Info, or with an unknown one, it is the user's own ring", () => {
  for (const alertInfo of [undefined, "<http://example.com/ring.wav>", "Bellcore-dr9", ""]) {
    const rig = new Rig();
    rig.comes(bob, { alertInfo });
    expect(rig.ring).toEqual({ name: "dr1", isOnce: false });
  }
});

test("missed, received and placed calls are listed with name, time and length", () => {
  const rig = new Rig();
  const time = { year: 2026, month: 11, day: 21, hour: 9, minute: 0, second: 0 };
  rig.send({ kind: "time", time, unixMs: 1_800_000_000_000 });
  rig.wait(500);
  rig.ended(rig.comes(bob), 487, "");
  const call = rig.comes(carol);
  rig.lift();
  rig.wait(65_000);
  rig.ended(call);
  rig.rest();
  rig.talk("600");
  rig.rest();
  const { missed, received, placed } = rig.view.log;
  expect(missed).toEqual([
    { line: 1, peer: bob, target: "2010", atUnixMs: 1_800_000_000_500, durationSec: 0 },
  ]);
  expect(received).toMatchObject([{ peer: carol, target: "2020", durationSec: 65 }]);
  expect(placed).toMatchObject([{ target: "600", durationSec: 0 }]);
});

test("the log is written once for many changes, half a minute after the first", () => {
  const rig = new Rig();
  for (let n = 0; n < 5; n++) {
    rig.ended(rig.comes(bob), 487, "");
    rig.wait(1000);
  }
  expect(rig.effects.filter(({ kind }) => kind === "store")).toHaveLength(0);
  rig.wait(30_000);
  expect(rig.effects.filter(({ kind }) => kind === "store")).toHaveLength(1);
  rig.wait(120_000);
  expect(rig.effects.filter(({ kind }) => kind === "store")).toHaveLength(1);
});

test("a diverted call shows who it was for", () => {
  const rig = new Rig();
  rig.comes(bob, { divertedBy: carol });
  expect(rig.view.calls[0]?.divertedBy).toEqual(carol);
});

test("FEA-007 several calls on one line show with the caller's name and number", () => {
  const rig = new Rig();
  rig.comes(bob);
  rig.comes(carol);
  expect(rig.view.calls.map(({ peer, line }) => [peer?.name, peer?.number, line])).toEqual([
    ["Bob", "2010", 1],
    ["Carol", "2020", 1],
  ]);
});

test("an anonymous caller is shown as such", () => {
  const rig = new Rig();
  rig.comes(nobody);
  expect(rig.view.calls[0]?.peer?.isAnonymous).toBe(true);
});
