// Which parts log and LCD are told of: those missing at the start, those found missing or lost later, all of them by name.
import { expect, test } from "vitest";
import { tellParts } from "#firmware/bin/part-troubles.ts";
import type { PartStatus } from "#hal/contract/hal.ts";
import { Emitter } from "#hal/contract/stream.ts";

const part = (name: string, state: PartStatus["state"], detail?: string): PartStatus => ({
  part: name,
  attached: "somewhere",
  state,
  detail,
});

function rig(...parts: readonly PartStatus[]) {
  const partChanges = new Emitter<PartStatus>();
  const lines: string[] = [];
  const warned: { readonly part: string; readonly detail: string }[] = [];
  const write = (text: string): void => void lines.push(text);
  tellParts({
    hal: { parts: () => parts, partChanges },
    log: { debug: write, info: write, warning: write, error: write },
    warn: (facts) => warned.push(facts),
    signal: new AbortController().signal,
  });
  return { partChanges, lines, warned };
}

test("a sound card that is looked for late and not there joins the panel that was missing at the start", () => {
  const { partChanges, lines, warned } = rig(
    part("panel", "missing", "no answer"),
    part("sound", "working", "not looked for yet"),
  );
  expect(warned).toEqual([{ part: "panel", detail: "no answer" }]);
  partChanges.emit(part("sound", "missing", "no such card"));
  expect(warned.at(-1)).toEqual({ part: "panel, sound", detail: "no answer; no such card" });
  expect(lines).toEqual(["panel: missing: no answer", "sound: missing: no such card"]);
});

test("degraded from the start is for the log, degraded later for the LCD too; working is for neither", () => {
  const { partChanges, lines, warned } = rig(
    part("mixer", "degraded", "no such control"),
    part("hook", "working"),
  );
  expect(warned).toEqual([]);
  partChanges.emit(part("keypad", "degraded", "no acknowledge"));
  partChanges.emit(part("sound", "working"));
  expect(warned).toEqual([{ part: "keypad", detail: "no acknowledge" }]);
  expect(lines).toEqual(["mixer: degraded: no such control", "keypad: degraded: no acknowledge"]);
});
