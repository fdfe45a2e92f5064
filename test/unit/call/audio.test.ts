// Handset, speaker and headset during a call; mute and volume.
import { expect, test } from "vitest";
import { Rig } from "./rig.ts";

test("KEY-011 KEY-014 the speaker key opens a line, moves a call, and hangs up when nothing else is up", () => {
  const rig = new Rig();
  rig.do({ kind: "speaker" });
  expect(rig.path).toBe("speaker");
  expect(rig.lamps.get("speaker")).toBe("on");
  const call = rig.talk("600");
  rig.lift();
  expect(rig.path).toBe("handset");
  rig.do({ kind: "speaker" });
  expect(rig.path).toBe("speaker");
  rig.rest();
  expect(rig.states).toEqual(["connected"]);
  rig.do({ kind: "speaker" });
  expect(rig.sessions.at(-1)).toEqual({ kind: "hang-up", call });
  expect(rig.isQuiet).toBe(true);
  expect(rig.lamps.get("speaker")).toBe("off");
});

test("the speaker key pressed twice with the handset up goes back to the handset", () => {
  const rig = new Rig();
  rig.lift();
  rig.talk("600");
  rig.do({ kind: "speaker" }, { kind: "speaker" });
  expect(rig.path).toBe("handset");
  expect(rig.states).toEqual(["connected"]);
});

test("KEY-010 the headset key routes to the headset and lights its lamp; answering keys then use it", () => {
  const rig = new Rig();
  rig.do({ kind: "headset" });
  expect(rig.path).toBe("headset");
  expect(rig.lamps.get("headset")).toBe("on");
  rig.do({ kind: "headset" });
  expect(rig.isQuiet).toBe(true);
  rig.comes();
  rig.soft("answer");
  expect(rig.path).toBe("headset");
});

test("a headset pulled out during a call leaves the call on the speaker, or in a lifted handset", () => {
  const rig = new Rig();
  rig.do({ kind: "headset" });
  rig.talk("600");
  rig.send({ kind: "headset", isPlugged: false });
  expect(rig.path).toBe("speaker");
  expect(rig.states).toEqual(["connected"]);
  rig.lift();
  rig.do({ kind: "headset" });
  rig.send({ kind: "headset", isPlugged: false });
  expect(rig.path).toBe("handset");
});

test("KEY-009 mute cuts the microphone, lights red, and does not outlive the call", () => {
  const rig = new Rig();
  rig.do({ kind: "mute" });
  expect(rig.isMuted).toBe(false);
  rig.talk("600");
  rig.do({ kind: "mute" });
  expect(rig.isMuted).toBe(true);
  expect(rig.lamps.get("mute")).toBe("on");
  expect(rig.media.at(-1)).toEqual({ kind: "mute", isMuted: true });
  rig.do({ kind: "speaker" });
  expect(rig.isMuted).toBe(true);
  rig.do({ kind: "mute" });
  expect(rig.isMuted).toBe(false);
  rig.do({ kind: "mute" });
  rig.soft("endCall");
  expect(rig.isMuted).toBe(false);
  expect(rig.lamps.get("mute")).toBe("off");
});

test("KEY-008 volume belongs to the path in use, on hook to the ringer, and stays within 0 and 100", () => {
  const rig = new Rig();
  rig.do({ kind: "volume", steps: 2 });
  expect(rig.effects.at(-1)).toEqual({ kind: "volume", output: "ringer", percent: 70 });
  rig.lift();
  rig.do({ kind: "volume", steps: -3 });
  expect(rig.effects.at(-1)).toEqual({ kind: "volume", output: "handset", percent: 45 });
  expect(rig.view.audio.volume).toBe(45);
  rig.do({ kind: "volume", steps: -99 });
  expect(rig.view.audio.volume).toBe(0);
  rig.do({ kind: "volume", steps: 99 });
  expect(rig.view.audio.volume).toBe(100);
  rig.wait(30_000);
  expect(rig.effects.findLast(({ kind }) => kind === "store")).toMatchObject({
    volumes: { handset: 100, headset: 60, speaker: 60, ringer: 70 },
  });
});

test("a handset left up without a call is warned after a minute, and quiet again when it rests", () => {
  const rig = new Rig();
  rig.lift();
  rig.talk("600");
  rig.soft("endCall");
  expect(rig.path).toBeUndefined();
  expect(rig.timers).toContain("off-hook warning");
  rig.wait(60_000);
  expect([rig.tone, rig.path]).toEqual(["permanent", "handset"]);
  rig.rest();
  expect(rig.isQuiet).toBe(true);
});

test("before there is a configuration keys say so and do nothing", async () => {
  const { createCallMachine, viewOf } = await import("#firmware/call/machine.ts");
  const machine = createCallMachine({ isHandsetUp: true });
  const moment = { now: 0 as never, random: { u32: () => 0 } };
  let state = machine.initial;
  for (const intent of [
    { kind: "off-hook" },
    { kind: "digit", digit: "1" },
    { kind: "softkey", id: "newCall", place: 0 },
  ] as const) {
    const step = machine.step(state, { kind: "intent", intent }, moment);
    expect(step.effects).toEqual([]);
    state = step.state;
  }
  expect(viewOf(state).prompt).toEqual({ kind: "code", code: "not-ready", facts: {} });
});
