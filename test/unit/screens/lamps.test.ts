// Lamps as a table of views.
import { expect, test } from "vitest";
import { call, idleView, lineKey, withCalls } from "#test/screens/samples.ts";
import { lampsOf } from "#ui/screens/lamps.ts";

test("KEY-015 the handset's lamp flashes on an incoming call and is steady on a message waiting", () => {
  const ringing = [call({ state: "ring-in" })];
  expect(lampsOf(idleView).message.mode).toBe("off");
  expect(lampsOf({ ...idleView, hasMessages: true }).message).toEqual({ mode: "on", colour: "red" });
  expect(lampsOf({ ...withCalls(ringing), hasMessages: true }).message).toEqual({
    mode: "blink",
    colour: "red",
  });
});

test("mute is red, headset and speaker are green", () => {
  const lamps = (path: "handset" | "headset" | "speaker", isMuted: boolean): ReturnType<typeof lampsOf> =>
    lampsOf({ ...idleView, audio: { path, isMuted, volume: 50 } });
  expect(lamps("handset", true).mute).toEqual({ mode: "on", colour: "red" });
  expect(lamps("headset", false).headset).toEqual({ mode: "on", colour: "green" });
  expect(lamps("speaker", false).speaker).toEqual({ mode: "on", colour: "green" });
  const modes = Object.values(lamps("handset", false)).map((lamp) => lamp.mode);
  expect(new Set(modes)).toEqual(new Set(["off"]));
});

test("lamps beside the line keys show our own calls, else what the server says", () => {
  const lamp = (state: Parameters<typeof call>[0]): unknown => lampsOf(withCalls([call(state)])).line1;
  expect(lamp({ state: "connected" })).toEqual({ mode: "on", colour: "green" });
  expect(lamp({ state: "hold" })).toEqual({ mode: "wink", colour: "green" });
  expect(lamp({ state: "ring-in" })).toEqual({ mode: "blink", colour: "amber" });
  expect(lamp({ state: "ended" })).toEqual({ mode: "off", colour: "red" });
  const lineKeys = [lineKey("1", { lamp: "flash" })];
  expect(lampsOf({ ...idleView, lineKeys }).line1).toEqual({ mode: "flash", colour: "red" });
});
