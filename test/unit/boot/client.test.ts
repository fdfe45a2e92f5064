// The boot machine at work, and what acts erase.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createBoot } from "#firmware/boot/client.ts";
import { acts, erased } from "#firmware/boot/erase.ts";
import type { BootEffect } from "#firmware/boot/events.ts";
import type { BootView } from "#firmware/boot/notices.ts";
import { starErasesPinMs } from "#firmware/boot/timing.ts";
import { shelves } from "#hal/contract/storage.ts";
import { createFakeRuntime } from "#test/unit/fake-runtime.ts";
import { carrier, cdp, settings, vlan } from "./rig.ts";

const begin = {
  kind: "begin",
  settings: { ...settings, heartbeatMs: 1000 },
  image: { name: "A", version: "0.1.0", isVerified: true },
  crashes: { countInARow: 0, reason: undefined },
} as const;

test("effects come out in order, views after every step, and answers may be sent from within an effect", async () => {
  const runtime = createFakeRuntime();
  const ended = new AbortController();
  const effects: string[] = [];
  const views: BootView[] = [];
  const boot = createBoot({
    runtime,
    signal: ended.signal,
    changed: (view) => void views.push(view),
    perform(effect: BootEffect) {
      effects.push(effect.kind);
      if (effect.kind === "set-vlan")
        boot.send({ kind: "vlan-set", vlanId: effect.tag?.vlanId, outcome: "done" });
    },
  });
  expect([boot.view().phase, boot.timeline()]).toEqual(["power", []]);
  boot.send(begin);
  await runtime.clock.advance(200);
  boot.send(carrier(true));
  boot.send(cdp(vlan(110)));
  expect(effects).toEqual([
    "feed-watchdog",
    "negotiate-power",
    "mark",
    "set-vlan",
    "describe",
    "start-address",
  ]);
  expect(views.at(-1)?.phase).toBe("ip");
  expect(boot.timeline().map(({ name }) => name)).toEqual(["power", "image", "link", "vlan", "ip"]);
  expect(runtime.timers.list().map(({ name }) => name)).toEqual(["heartbeat", "bound", "healthy"]);
  expect(runtime.lines.filter((line) => line.includes("->"))).toEqual([
    "0 boot off -> power (power-on)",
    "200 boot power -> link (power: not read in time)",
    "200 boot link -> vlan (carrier)",
    "200 boot vlan -> ip (cdp: voice VLAN 110)",
  ]);
  ended.abort(new Error("shutdown"));
  expect([runtime.clock.alarmCount, runtime.failures]).toEqual([0, []]);
});

test("what each act erases, as the README's table says", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../../firmware/boot/README.md"), "utf8");
  const rows = readme
    .split("\n")
    .filter((line) => acts.some((act) => line.startsWith(`| ${act.replaceAll("*", "\\*")} `)));
  const table = Object.fromEntries(
    rows.map((line) => {
      const [act = "", ...cells] = line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll("\\", ""));
      return [act, shelves.filter((_, i) => cells[i] === "x")];
    }),
  );
  expect(table).toEqual(
    Object.fromEntries(acts.map((act) => [act, shelves.filter((shelf) => erased[act].includes(shelf))])),
  );
});

test("nothing erases the last known time, a restart erases nothing, and * erases the PIN alone and only at first", () => {
  for (const act of acts) expect(erased[act]).not.toContain("time");
  expect([erased["restart"], erased["reset"], erased["hard reset"]]).toEqual([[], [], []]);
  expect([erased["* at power-up"], starErasesPinMs]).toEqual([["pin"], 5000]);
});
