// What has no room on a small panel is still read, in turns: a value beside its label, a second call.
import { expect, test } from "vitest";
import { later } from "#hal/contract/time.ts";
import { situations } from "#test/screens/situations.ts";
import type { Seen } from "#ui/screens/seen.ts";
import { turnMs } from "#ui/screens/turns.ts";
import { drawing, everyTurn } from "./drawing.ts";

function situation(name: string): Seen {
  const found = situations.find(([known]) => known === name);
  if (found === undefined) throw new Error(`no situation ${name}`);
  return found[1];
}

test("a chosen row whose value is cut beside its label takes turns with the value alone", () => {
  const mac = situation("menu-network-mac");
  const turns = (panel: string): string[][] =>
    everyTurn(mac, panel).map((rows) =>
      rows.filter((row) => /MAC|[> \d]\s*0011/.test(row) && !row.includes("Host")),
    );
  expect(turns("small")).toEqual([["3 MAC Add… 0011223…"], ["3  001122334455"]]);
  expect(turns("cells-16")).toEqual([[">3 M~ 001122334~"], [">001122334455"]]);
  expect(turns("7960")).toEqual([["3 MAC Address  001122334455"]]);
});

test("on two rows a second call is told in one of them, with its time", () => {
  const seen = situation("call-waiting");
  const rows = [0, 1, 2].map(
    (turn) => drawing({ ...seen, now: later(seen.now, turn * turnMs) }, "cells-16")[0],
  );
  expect(rows.toSorted()).toEqual([
    "Alice Example",
    expect.stringMatching(/^Echo serv~ 00:1\d$/),
    "Incoming",
  ]);
});
