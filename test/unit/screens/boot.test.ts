// Screens of a phone that starts: every phase, every trouble on every panel, the pause before the next try, safe mode.
import { expect, test } from "vitest";
import type { PhoneView } from "#firmware/call/view.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { panels } from "#test/screens/panels.ts";
import { call, idleView, sampleNow, seenOf } from "#test/screens/samples.ts";
import { sampleTroubleFacts } from "#test/screens/trouble-facts.ts";
import { render } from "#ui/screens/render.ts";
import { english } from "#ui/words/english.ts";
import { sentenceText } from "#ui/words/fill.ts";
import { drawing, everyTurn, panel } from "./drawing.ts";

type Boot = PhoneView["boot"];

const starting: PhoneView = {
  ...idleView,
  boot: { phase: "power", trouble: undefined, warnings: [], retryAt: undefined },
  softkeys: [],
  time: undefined,
  phoneLabel: "",
};

function at(changes: Partial<Boot>): PhoneView {
  return { ...starting, boot: { ...starting.boot, ...changes } };
}

test("each phase has its text, and the idle screen has none of them", () => {
  const shown = (phase: Boot["phase"]): string[] => drawing(seenOf(at({ phase })));
  expect(shown("power")).toEqual(["Offhook", "Starting", "Reading the power supply"]);
  expect(shown("link")).toEqual(["Offhook", "Waiting for Network", "Waiting for the network link"]);
  expect(shown("vlan")).toEqual(["Offhook", "Configuring VLAN", "Asking the switch for the voice VLAN"]);
  expect(shown("ip")).toEqual(["Offhook", "Configuring IP", "Asking DHCP for an address"]);
  expect(shown("config")[1]).toBe("Requesting Configuration");
  expect(shown("load")[1]).toBe("Upgrading Software");
  expect(shown("register")[1]).toBe("Registering");
  expect(drawing(seenOf({ ...idleView }))).toEqual([
    "21/11/26  13:05  5550100",
    "Your current options",
    "| 5550100",
    "| 5550101",
    "| Reception",
    "| Lab",
    "[Redial] [NewCall] [CFwdAll] [DND]",
  ]);
});

test("a trouble takes the place of the usual text: what, why, what to do, and the phase below", () => {
  const trouble = { code: "dhcp-silent", facts: { vlan: 110, tries: 4 } } as const;
  expect(drawing(seenOf(at({ phase: "ip", trouble })))).toEqual([
    "Offhook",
    "No answer from DHCP",
    "No server offers an address on VLAN 110 after 4",
    "tries. Check the DHCP server and this port's",
    "VLAN.",
    "Configuring IP",
    "[Status] [Restart] [] []",
  ]);
  expect(everyTurn(seenOf(at({ phase: "ip", trouble })), "cells-16")).toEqual([
    ["No answer from", "DHCP. No server"],
    ["offers an", "address on VLAN"],
    ["110 after 4", "tries. Check the"],
    ["DHCP server and", "this port's"],
    ["VLAN."],
  ]);
});

test("the pause before the next try counts down in seconds", () => {
  const trouble = { code: "server-list-exhausted", facts: {} } as const;
  const view = at({ phase: "register", trouble, retryAt: (sampleNow + 11_500) as MonoMs });
  const rows = (now: number): string[] => drawing(seenOf(view, { now: now as MonoMs }));
  expect(rows(sampleNow)).toContain("Next try in 12 s");
  expect(rows(sampleNow + 10_500)).toContain("Next try in 1 s");
  expect(rows(sampleNow + 11_500).join()).not.toContain("Next try");
  expect(render(seenOf(view), panel("7960")).again).toBe(sampleNow + 500);
});

test("safe mode says so, why, and what still works", () => {
  const trouble = { code: "safe-mode", facts: { count: 3, reason: "assertion failed" } } as const;
  for (const phase of ["power", "run"] as const)
    expect(drawing(seenOf(at({ phase, trouble }))).slice(1)).toEqual([
      "Safe mode",
      "The phone failed to start 3 times: assertion failed.",
      "No calls. Mend the cause, then restart; console",
      "and update work.",
      "[Status] [Restart] [] []",
    ]);
});

test("a call goes before the boot: it goes on, and an emergency call can be made", () => {
  const view = { ...at({ phase: "register" }), calls: [call()] };
  expect(drawing(seenOf(view))).toContain("Echo service");
});

const lettersOf = (text: string): string => text.replaceAll(/[\s.…]/g, "");

const factSets = {
  all: sampleTroubleFacts,
  none: {},
  long: Object.fromEntries(
    Object.keys(sampleTroubleFacts).map((name) => [name, `a-very-long-${name}-${"x".repeat(60)}`]),
  ),
};

for (const [name, geometry] of panels) {
  test(`every trouble's sentence fits ${name}, whole and in order, whatever the facts`, () => {
    for (const [code, sentence] of Object.entries(english.troubles)) {
      for (const [kind, facts] of Object.entries(factSets)) {
        const trouble = { code: code as keyof typeof english.troubles, facts };
        const turns = everyTurn(seenOf(at({ phase: "config", trouble })), name);
        const { title, text } = sentenceText(english, sentence, facts);
        const read = lettersOf(turns.flat().join(" "));
        const where = `${code}, facts: ${kind}`;
        const words = `${title} ${text}`.split(" ").filter((word) => !word.includes("xxxx"));
        expect(
          words.filter((word) => !read.includes(lettersOf(word))),
          where,
        ).toEqual([]);
        const wide =
          geometry.kind === "cells" ? turns.flat().filter((row) => row.length > geometry.columns) : [];
        expect(wide, where).toEqual([]);
        if (kind === "all" && geometry.kind === "pixels" && geometry.width >= 240)
          expect(turns, where).toHaveLength(1);
      }
    }
  });
}
