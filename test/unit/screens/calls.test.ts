// Screens of calls, compared with drawings of their rows.
import { expect, test } from "vitest";
import type { MonoMs } from "#hal/contract/time.ts";
import { call, idleView, sampleNow, seenOf, softkeysOf, withCalls } from "#test/screens/samples.ts";
import { render } from "#ui/screens/render.ts";
import { initialUiState } from "#ui/screens/ui-state.ts";
import { drawing, everyTurn, frameOf, panel } from "./drawing.ts";

const alice = { name: "Alice Example", number: "5550123", uri: "sip:5550123@10.77.0.10", isAnonymous: false };
const lines = ["| 5550100", "| 5550101", "| Reception", "| Lab"];
const top = "21/11/26  13:05  5550100";

test("LCD-010 a call line has party, number, state and duration, and no codec", () => {
  expect(drawing(seenOf(withCalls([call()])))).toEqual([
    top,
    "Echo service",
    "To 600",
    "Connected  00:12",
    ...lines,
    "[Hold] [EndCall] [Trnsfer] [more]",
  ]);
  expect(drawing(seenOf(withCalls([call()])), "cells-20")).toEqual([
    "Echo service   00:12",
    "To 600     Connected",
    "[Hold] [EndC] [Trns] [more]",
  ]);
});

test("the duration counts in whole seconds, and the picture is due again at the next one", () => {
  const connectedAt = (sampleNow - 3_599_400) as MonoMs;
  const seen = seenOf(withCalls([call({ connectedAt })]));
  expect(drawing(seen)[3]).toBe("Connected  59:59");
  expect(render(seen, panel("7960")).again).toBe(connectedAt + 3_600_000);
  const later = { ...seen, now: (connectedAt + 3_600_000) as MonoMs };
  expect(drawing(later)[3]).toBe("Connected  1:00:00");
});

test("an incoming call shows who it is from, by name or number, or that this was withheld", () => {
  const ringing = { state: "ring-in", direction: "in", digits: "", connectedAt: undefined } as const;
  expect(drawing(seenOf(withCalls([call({ ...ringing, peer: alice })])))).toEqual([
    top,
    "Alice Example",
    "From 5550123",
    "Incoming",
    ...lines,
    "[Answer] [] [] []",
  ]);
  const unnamed = { ...alice, name: "" };
  expect(
    drawing(seenOf(withCalls([call({ ...ringing, peer: unnamed, divertedBy: alice })]))).slice(1, 4),
  ).toEqual(["From 5550123", "For Alice Example", "Incoming"]);
  const withheld = { ...alice, isAnonymous: true };
  expect(drawing(seenOf(withCalls([call({ ...ringing, peer: withheld })])))[1]).toBe("From Anonymous");
  const nobody = { name: "", number: "", uri: "", isAnonymous: false };
  expect(drawing(seenOf(withCalls([call({ ...ringing, peer: nobody })])))[1]).toBe("From Unknown Number");
});

test("a call that comes in during another is a second call line", () => {
  const waiting = call({
    id: "c2",
    line: 2,
    state: "ring-in",
    direction: "in",
    peer: alice,
    connectedAt: undefined,
  });
  expect(drawing(seenOf(withCalls([call({ isSelected: false }), waiting]))).slice(0, 5)).toEqual([
    top,
    "Echo service  00:12",
    "Alice Example",
    "From 5550123",
    "Incoming",
  ]);
  expect(drawing(seenOf(withCalls([call({ isSelected: false }), waiting])), "cells-20").slice(0, 3)).toEqual([
    "Alice Example",
    "From 5550123",
    "Echo service   00:12",
  ]);
});

test("ring out, busy and another failure each have their words", () => {
  const at = { connectedAt: undefined } as const;
  const rows = (changes: Parameters<typeof call>[0]): string[] =>
    drawing(seenOf(withCalls([call({ ...at, ...changes })]))).slice(1, 5);
  expect(rows({ state: "ring-out" })).toEqual(["Echo service", "To 600", "Ring Out", "| 5550100"]);
  expect(rows({ state: "busy" })).toEqual(["Echo service", "To 600", "Busy", "| 5550100"]);
  const failure = { status: 404, reason: "Not Found" };
  expect(rows({ state: "failed", peer: undefined, digits: "5559999", failure })).toEqual([
    "To 5559999",
    "Not Found",
    "Call failed: Not Found (404)",
    "| 5550100",
  ]);
});

test("prompts leave out what is not known", () => {
  const say = (code: "from" | "call-failed", facts: Record<string, string | number>): string | undefined =>
    drawing(seenOf(withCalls([call()], { prompt: { kind: "code", code, facts } })))[4];
  expect(say("from", { name: "Alice", number: "5550123" })).toBe("From Alice (5550123)");
  expect(say("from", { name: "", number: "5550123" })).toBe("From 5550123");
  expect(say("call-failed", { status: 0, reason: "No answer" })).toBe("Call failed: No answer");
  expect(say("call-failed", { status: 404, reason: "" })).toBe("Call failed (404)");
});

test("IND-008 the prompt says that the backup is tried", () => {
  const prompt = { kind: "code", code: "trying-backup", facts: {} } as const;
  const seen = seenOf(withCalls([call({ state: "proceeding", connectedAt: undefined })], { prompt }));
  expect(drawing(seen)).toContain("Network Delay, Trying Backup");
});

test("digits show as they are typed, with what they may become, and of a long address the end", () => {
  const typing = { state: "off-hook", peer: undefined, connectedAt: undefined } as const;
  const off = seenOf(withCalls([call({ ...typing, digits: "" })]));
  expect(drawing(off).slice(1, 3)).toEqual(["Off Hook", "Enter number"]);
  const some = seenOf(withCalls([call({ ...typing, digits: "60", suggestion: "600" })]));
  expect(drawing(some).slice(1, 4)).toEqual(["60", "600", "Off Hook"]);
  const long = seenOf(withCalls([call({ ...typing, digits: "sip:someone.with.a.long.name@example.com" })]));
  expect(drawing(long)[1]).toMatch(/^….*@example\.com$/);
  expect(drawing(some, "cells-16")).toEqual(["60_", "[Rdl] [End] [CFw] [mor]"]);
});

test("hold by us and hold by the other party read differently", () => {
  expect(drawing(seenOf(withCalls([call({ state: "hold" })])))).toContain("Hold  00:12");
  expect(drawing(seenOf(withCalls([call({ state: "held" })])))).toContain("Held by Other Party  00:12");
});

test("KEY-002 four soft keys; of more the first three and `more`, which shows the next", () => {
  const softkeys = softkeysOf(["hold", "endCall", "transfer", "conference", "blindTransfer"]);
  const seen = seenOf(withCalls([call()], { softkeys }));
  expect(frameOf(seen).text.softkeys).toEqual(["Hold", "EndCall", "Trnsfer", "more"]);
  const set = "hold0 endCall1 transfer2 conference3 blindTransfer4";
  const next = { ...seen, ui: { ...initialUiState, softkeyPage: { set, page: 1 } } };
  expect(frameOf(next).text.softkeys).toEqual(["Confrn", "BlndXfr", "", "more"]);
  const four = seenOf(withCalls([call()], { softkeys: softkeys.slice(0, 4) }));
  expect(frameOf(four).text.softkeys).toEqual(["Hold", "EndCall", "Trnsfer", "Confrn"]);
});

test("a server's label comes before ours, its empty places stay, its own `more` does not count", () => {
  const softkeys = [
    { id: "blank", serverLabel: undefined, place: 0 },
    { id: "endCall", serverLabel: "\uE009", place: 1 },
    { id: "other", serverLabel: "Record", place: 2 },
    { id: "more", serverLabel: "more", place: 3 },
  ] as const;
  const seen = seenOf(withCalls([call()], { softkeys }));
  expect(frameOf(seen).text.softkeys).toEqual(["", "EndCall", "Record", ""]);
  expect(frameOf(seen, "cells-16").text.softkeys).toEqual(["", "End", "Rec", ""]);
});

test("more calls than rows: the selected one is always seen", () => {
  for (const start of ["7960", "proto", "small", "cells-20", "cells-16"]) {
    for (let selected = 0; selected < 8; selected++) {
      const calls = Array.from({ length: 8 }, (_, index) =>
        call({ id: `c${index}`, isSelected: index === selected, peer: { ...alice, name: `Party ${index}` } }),
      );
      const turns = everyTurn(seenOf(withCalls(calls)), start);
      const shown = start === "cells-16" ? turns : turns.slice(0, 1);
      expect(shown.flat().join("\n"), `${start} ${selected}`).toContain(`Party ${selected}`);
    }
  }
});

test("a call of somebody else on a shared line shows beside the key, not as a call", () => {
  const seen = seenOf({ ...idleView, calls: [call({ state: "remote-in-use" })] });
  expect(drawing(seen)).toContain("Your current options");
});
