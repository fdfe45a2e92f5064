// The idle screen: date and time, labels, line icons, notes, prompt.
import { expect, test } from "vitest";
import type { LineKeyView, PhoneView } from "#firmware/call/view.ts";
import {
  call,
  idleView,
  lineKey,
  noKey,
  sampleFacts,
  sampleTime,
  seenOf,
  withCalls,
} from "#test/screens/samples.ts";
import { clockText, dateText } from "#ui/screens/date-time.ts";
import { lineMarks } from "#ui/screens/header.ts";
import { formPage } from "#ui/screens/menus.ts";
import { screenOf } from "#ui/screens/render.ts";
import { initialUiState } from "#ui/screens/ui-state.ts";
import { drawing, everyTurn, frameOf } from "./drawing.ts";

const idle = (changes: Partial<PhoneView>): ReturnType<typeof seenOf> => seenOf({ ...idleView, ...changes });

test("LCD-006 date left, time in the middle, label right; labels by the keys; prompt above the soft keys", () => {
  expect(drawing(idle({}))).toEqual([
    "21/11/26  13:05  5550100",
    "Your current options",
    "| 5550100",
    "| 5550101",
    "| Reception",
    "| Lab",
    "[Redial] [NewCall] [CFwdAll] [DND]",
  ]);
  expect(frameOf(idle({})).text.lines).toEqual(["5550100", "5550101", "Reception", "Lab", "", ""]);
  expect(drawing(idle({}), "small")).toEqual([
    "13:05  5550100",
    "Your current options",
    "| 5550100",
    "| 5550101",
    "| Reception",
    "| Lab",
    "[Redial] [NewC] [CFwd] [DND]",
  ]);
  expect(drawing(idle({}), "cells-20")).toEqual([
    "13:05        5550100",
    "Your current options",
    "[Rdl] [NewC] [CFwd] [DND]",
  ]);
  expect(drawing(idle({}), "cells-16")).toEqual(["13:05    5550100", "[Rdl] [New] [CFw] [DND]"]);
});

test("TIM-008 TIM-009 the date in the order asked for, the clock with 24 or 12 hours", () => {
  const dates = ["D/M/Y", "M/D/Y", "Y/M/D", "D-M-YY", "D.M.YYYY", ""].map((format) =>
    dateText({ ...sampleTime, day: 3 }, format),
  );
  expect(dates).toEqual(["03/11/26", "11/03/26", "26/11/03", "03-11-26", "03.11.2026", "11/03/26"]);
  const clocks = [0, 1, 11, 12, 13, 23].map((hour) => [
    clockText({ ...sampleTime, hour }, true),
    clockText({ ...sampleTime, hour }, false),
  ]);
  expect(clocks).toEqual([
    ["00:05", "12:05a"],
    ["01:05", "01:05a"],
    ["11:05", "11:05a"],
    ["12:05", "12:05p"],
    ["13:05", "01:05p"],
    ["23:05", "11:05p"],
  ]);
});

test("TIM-010 without a known time date and time stay blank", () => {
  expect(drawing(idle({ time: undefined }))[0]).toBe("5550100");
});

test("LCD-007 icons: registered, not registered, off hook, speed dial, messages, and the lock of the two menus", () => {
  for (const form of ["network", "sip"] as const) {
    const ui = { ...initialUiState, open: [formPage(form)] };
    const titleIcon = (isUnlocked: boolean): unknown => {
      const { body } = screenOf(seenOf(idleView, { ui, facts: { ...sampleFacts, isUnlocked } }));
      return body.kind === "list" ? body.titleIcon : undefined;
    };
    expect([titleIcon(false), titleIcon(true)]).toEqual(["lock", "unlock"]);
  }
  const endpoint = { address: "10.77.0.10", port: 5060 };
  const failed = {
    kind: "failed",
    failure: "no-answer",
    status: undefined,
    reason: "",
    retryInMs: 1000,
  } as const;
  const icon = (key: LineKeyView, calls: PhoneView["calls"] = []): string | undefined =>
    lineMarks(idle({ lineKeys: [key], calls }))[0]?.icon;
  expect(icon(lineKey("1"))).toBe("phone");
  expect(icon(lineKey("1", { state: failed }))).toBe("phoneCrossed");
  expect(icon(lineKey("1", { state: { kind: "unprovisioned" } }))).toBe("phoneCrossed");
  expect(icon(lineKey("1", { state: { kind: "registering", server: endpoint } }))).toBe("phoneHollow");
  expect(icon(lineKey("1", { kind: "speed-dial" }))).toBe("speedDial");
  expect(icon(lineKey("1"), [call({ state: "off-hook" })])).toBe("offHook");
  expect(icon(lineKey("1"), [call({ state: "ring-in" })])).toBe("ringing");
  expect(icon(lineKey("1"), [call({ state: "hold" })])).toBe("hold");
  expect(icon(lineKey("1", { lamp: "blink" }))).toBe("ringing");
  expect(icon(noKey)).toBeUndefined();
  expect(lineMarks(idle({ lineKeys: [lineKey("1", { hasMessages: true })] }))[0]?.badge).toBe("envelope");
  const forwarded = lineMarks(idle({ lineKeys: [lineKey("1", { isForwarded: true })] }));
  expect(forwarded[0]?.badge).toBe("forward");
});

test("the labels beside the keys stay where they are, whatever else is on the screen", () => {
  const column = (view: PhoneView): string => {
    const frame = frameOf(seenOf(view));
    if (frame.kind !== "pixels") throw new Error("pixels expected");
    const rows = Array.from({ length: 78 }, (_, row) =>
      frame.pixels.subarray((row + 14) * 240 + 170, (row + 14) * 240 + 224),
    );
    return rows.map((row) => [...row].join("")).join("\n");
  };
  const keys = idleView.lineKeys.map((key) => ({ ...key, kind: "speed-dial" as const }));
  const still = { ...idleView, lineKeys: keys };
  expect(column({ ...still, softkeys: [] })).toBe(column(still));
  expect(column({ ...withCalls([call()]), lineKeys: keys })).toBe(column(still));
});

test("messages, forwarding and do not disturb are marked and said", () => {
  const seen = idle({ hasMessages: true, isDoNotDisturb: true, forwardedTo: "2000" });
  expect(drawing(seen).slice(1, 4)).toEqual(["Do Not Disturb", "Forwarded to 2000", "You Have VoiceMail"]);
  expect(screenOf(seen).header?.icons).toEqual(["doNotDisturb", "forward", "envelope"]);
});

test("a line that is not registered says why and what to do; so does a warning", () => {
  const state = {
    kind: "failed",
    failure: "wrong-password",
    status: 401,
    reason: "Unauthorized",
    retryInMs: 1000,
  } as const;
  const lineKeys = [lineKey("5550100", { state })];
  expect(drawing(idle({ lineKeys })).slice(1, 6)).toEqual([
    "Line 1: wrong password",
    "The server refuses this line's",
    "password. Correct it in the",
    "configuration.",
    "Your current options",
  ]);
  const warnings = [{ code: "time-silent", facts: { server: "10.77.0.5" } }] as const;
  expect(drawing(idle({ boot: { ...idleView.boot, warnings } }))).toContain("No time from the network");
});

test("why and what to do are told in turns where a panel has too few rows", () => {
  const state = { kind: "failed", failure: "wrong-password", status: 401, reason: "", retryInMs: 1 } as const;
  const seen = idle({ lineKeys: [lineKey("5550100", { state })] });
  const sentence = "The server refuses this line's password. Correct it in the configuration.".split(" ");
  for (const start of ["small", "cells-20", "cells-16"]) {
    const read = everyTurn(seen, start).flat().join(" ");
    expect(
      sentence.filter((word) => !read.includes(word)),
      start,
    ).toEqual([]);
  }
});

test("missed calls are counted until the list was looked at", () => {
  const entry = (atUnixMs: number): PhoneView["log"]["missed"][number] => ({
    line: 1,
    peer: { name: "", number: "5550199", uri: "", isAnonymous: false },
    target: "5550199",
    atUnixMs,
    durationSec: 0,
  });
  const view = { ...idleView, log: { missed: [entry(3), entry(2), entry(1)], received: [], placed: [] } };
  expect(drawing(seenOf(view))).toContain("3 missed calls");
  expect(drawing(seenOf(view, { ui: { ...initialUiState, seenMissed: "2 5550199" } }))).toContain(
    "1 missed call",
  );
  const all = seenOf(view, { ui: { ...initialUiState, seenMissed: "3 5550199" } });
  expect(drawing(all).join()).not.toContain("missed");
});

test("a server's prompt and text are shown with its label codes in words", () => {
  const seen = idle({ idleText: "Welcome", prompt: { kind: "text", text: "\uE024: (2/0)" } });
  expect(drawing(seen).slice(1, 3)).toEqual(["Welcome", "You Have VoiceMail: (2/0)"]);
});
