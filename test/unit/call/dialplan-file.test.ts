// Reading dialplan.xml: what a rule may say, what is wrong where, and that the rest of a wrong file stays in force.
import { expect, test } from "vitest";
import { planFacts } from "#firmware/call/dialplan/facts.ts";
import { type DialPlan, parsePattern, toneNamed } from "#firmware/call/dialplan/plan.ts";
import { planStatus, readDialPlan } from "#firmware/call/dialplan/read.ts";

const read = (text: string): DialPlan => readDialPlan("dialplan.xml", new TextEncoder().encode(text));
const rules = (inner: string): DialPlan => read(`<DIALTEMPLATE>\n${inner}\n</DIALTEMPLATE>`);
const matches = (plan: DialPlan): readonly string[] => plan.rules.map(({ match }) => match);
const places = (plan: DialPlan): readonly string[] =>
  plan.errors.map(({ line, column }) => `${line}:${column}`);

test("DP-001 DP-002 DP-003 rules in a container, closed either way, with comments anywhere", () => {
  const plan = read(`<?xml version="1.0"?>
<!-- the office's plan -->
<DIALTEMPLATE>
  <TEMPLATE MATCH="9,1.........." Timeout="0" User="Phone" Tone="Bellcore-Outside"/> <!-- long distance -->
  <TEMPLATE MATCH="911" Timeout="0" Route="Emergency"></TEMPLATE>
  <!-- <TEMPLATE MATCH="000"/> -->
  <TEMPLATE MATCH="*" Timeout="15"/>
</DIALTEMPLATE>`);
  expect(plan.errors).toEqual([]);
  expect(matches(plan)).toEqual(["9,1..........", "911", "*"]);
  expect(planStatus(plan)).toBeUndefined();
});

test("DP-004 DP-005 DP-006 pattern, timeout and user mode of a rule; absent means default", () => {
  const plan = rules(`<TEMPLATE MATCH="2..." Timeout="3" User="IP"/><TEMPLATE MATCH="0" USER="phone"/>`);
  expect(plan.rules).toMatchObject([
    { match: "2...", timeoutSec: 3, user: "ip" },
    { match: "0", timeoutSec: undefined, user: "phone" },
  ]);
});

test("DP-007 DP-008 rewrite and route, the route in any case", () => {
  const plan = rules(
    `<TEMPLATE MATCH="1" Rewrite="19%s"/><TEMPLATE MATCH="2" Route="EMERGENCY"/>` +
      `<TEMPLATE MATCH="3" Route="fqdn"/><TEMPLATE MATCH="4" Route="Default"/>`,
  );
  expect(plan.rules.map(({ rewrite, route }) => [rewrite, route])).toEqual([
    ["19%s", "default"],
    ["", "emergency"],
    ["", "url"],
    ["", "default"],
  ]);
});

test("DP-009 up to three tones, one for each comma", () => {
  const plan = rules(
    `<TEMPLATE MATCH="9,1,2,3" Tone="Bellcore-Inside" Tone="" Tone="Cisco-Zip"/>` +
      `<TEMPLATE MATCH="8" Tone="a" />` +
      `<TEMPLATE MATCH="7" Tone="" Tone="" Tone="" Tone=""/>`,
  );
  expect(plan.rules.map(({ tones }) => tones)).toEqual([["inside-dial", "outside-dial", "zip"]]);
  expect(plan.errors).toHaveLength(2);
});

test("DP-010 a rule for one line, or for all", () => {
  const plan = rules(
    `<TEMPLATE MATCH="1" Line="2"/><TEMPLATE MATCH="2" Line="0"/><TEMPLATE MATCH="3" Line="7"/>`,
  );
  expect(plan.rules.map(({ line }) => line)).toEqual([2, 0]);
  expect(plan.errors).toHaveLength(1);
});

test("DP-011 attribute names in any case, TEMPLATE in upper case only", () => {
  const plan = rules(`<TEMPLATE match="1" TIMEOUT="2"/><template MATCH="2"/>`);
  expect(matches(plan)).toEqual(["1"]);
  expect(plan.rules[0]?.timeoutSec).toBe(2);
  expect(plan.errors).toMatchObject([{ line: 2, expected: "TEMPLATE or DIALTEMPLATE, found template" }]);
});

test("DP-012 a value has at most 63 characters", () => {
  const plan = rules(`<TEMPLATE MATCH="${"1".repeat(63)}"/><TEMPLATE MATCH="${"1".repeat(64)}"/>`);
  expect(plan.rules).toHaveLength(1);
  expect(plan.errors).toHaveLength(1);
});

test("DP-013 a bad rule is skipped, counted and told with line and column; the others stay", () => {
  const plan = rules(
    `<TEMPLATE MATCH="1" Timeout="soon"/>
<TEMPLATE MATCH="2"/>
  <TEMPLATE MATCH="3 Timeout="0"/>
<TEMPLATE MATCH="4" Colour="red"/>
<TEMPLATE Timeout="0"/>
<TEMPLATE MATCH=5/>
<TEMPLATE MATCH="6" User="Robot"/>
<TEMPLATE MATCH="7"/>`,
  );
  expect(matches(plan)).toEqual(["2", "7"]);
  expect(places(plan)).toEqual(["2:21", "4:31", "5:21", "6:1", "7:17", "8:21"]);
  expect(plan.errors[0]?.expected).toBe('seconds from 0 to 3600 for Timeout, found "soon"');
  expect(planStatus(plan)).toBe("6 Error(s) Parsing: dialplan.xml");
});

test("DP-014 a rule outside the container is an error", () => {
  const plan = read(
    `<TEMPLATE MATCH="1"/><DIALTEMPLATE><TEMPLATE MATCH="2"/></DIALTEMPLATE><TEMPLATE MATCH="3"/>`,
  );
  expect(matches(plan)).toEqual(["2"]);
  expect(plan.errors).toHaveLength(2);
});

test("DP-015 a version stamp is kept and disturbs nothing", () => {
  const plan = rules(`<versionStamp>{2026-11-21}</versionStamp><TEMPLATE MATCH="1"/>`);
  expect([plan.versionStamp, plan.rules.length, plan.errors.length]).toEqual(["{2026-11-21}", 1, 0]);
});

test("DP-016 a file above 8 KB is refused", () => {
  const filler = (bytes: number): string => `<DIALTEMPLATE>${" ".repeat(bytes - 29)}</DIALTEMPLATE>`;
  expect(read(filler(8192)).errors).toEqual([]);
  expect(() => read(filler(8193))).toThrowError(expect.objectContaining({ code: "too-large" }));
});

test("SEED-018 a plan closed with </DIALTEMPLATE/> still loads, with one counted error", () => {
  const plan = read(`<DIALTEMPLATE><TEMPLATE MATCH="1"/></DIALTEMPLATE/>`);
  expect(matches(plan)).toEqual(["1"]);
  expect(plan.errors).toHaveLength(1);
});

test("an unfinished file keeps the rules before the end", () => {
  for (const tail of [
    "",
    "<TEMPLATE",
    '<TEMPLATE MATCH="2',
    "<!-- never closed",
    '<TEMPLATE MATCH="2">',
    "<",
    "</",
  ]) {
    const plan = read(`<DIALTEMPLATE><TEMPLATE MATCH="1"/>${tail}`);
    expect(matches(plan), tail).toEqual(["1"]);
    expect(plan.errors.length, tail).toBeGreaterThan(0);
  }
  expect(read("").errors).toHaveLength(1);
  expect(read("just text").rules).toEqual([]);
});

test("entities in values are what they stand for, names of objects are no tones", () => {
  expect(matches(rules(`<TEMPLATE MATCH="1&amp;2&#35;"/>`))).toEqual(["1&2#"]);
  expect(rules(`<TEMPLATE MATCH="1" Tone="constructor"/>`).errors).toHaveLength(1);
  expect(rules(`<TEMPLATE MATCH="1" User="constructor"/>`).errors).toHaveLength(1);
});

test("DP-022 a backslash makes a star literal, alone at the end it is itself", () => {
  expect(parsePattern("\\*98\\")).toEqual([
    { kind: "literal", character: "*" },
    { kind: "literal", character: "9" },
    { kind: "literal", character: "8" },
    { kind: "literal", character: "\\" },
  ]);
});

test("DPT-001 DPT-002 DPT-003 tone names, first part, in any case", () => {
  expect(toneNamed("BELLCORE-inside")).toBe("inside-dial");
  expect(toneNamed("Bellcore-Outside")).toBe("outside-dial");
  expect(toneNamed("")).toBe("outside-dial");
  expect(toneNamed("Bellcore-Busy")).toBe("busy");
});

for (const [row, name, tone] of [
  ["DPT-004", "Bellcore-Alerting", "alerting"],
  ["DPT-005", "Bellcore-BusyVerify", "busy-verify"],
  ["DPT-006", "Bellcore-Stutter", "stutter-dial"],
  ["DPT-007", "Bellcore-MsgWaiting", "message-waiting-dial"],
  ["DPT-008", "Bellcore-Reorder", "reorder"],
  ["DPT-009", "Bellcore-CallWaiting", "call-waiting"],
  ["DPT-011", "Bellcore-Hold", "hold"],
  ["DPT-012", "Bellcore-Confirmation", "confirmation"],
  ["DPT-013", "Bellcore-Permanent", "permanent"],
  ["DPT-014", "Bellcore-Reminder", "reminder"],
  ["DPT-015", "Bellcore-None", "none"],
] as const) {
  test(`${row} ${name} names a tone, in any case`, () => {
    expect(toneNamed(name)).toBe(tone);
    expect(toneNamed(name.toUpperCase())).toBe(tone);
  });
}

test("DPT-010 DPT-016 waiting patterns and the zip tones", () => {
  expect(["Bellcore-Cw2", "Bellcore-Cw3", "Bellcore-Cw4"].map(toneNamed)).toEqual([
    "call-waiting-2",
    "call-waiting-3",
    "call-waiting-4",
  ]);
  expect(["Cisco-ZipZip", "Cisco-Zip", "Cisco-BeepBonk"].map(toneNamed)).toEqual([
    "zip-zip",
    "zip",
    "beep-bonk",
  ]);
});

test("the plan as facts, for the command line", () => {
  const plan = rules(
    `<TEMPLATE MATCH="9,1" Timeout="0" User="Phone" Tone="Bellcore-Outside" Line="2"/><TEMPLATE MATCH="1" X="2"/>`,
  );
  expect(planFacts(plan)).toEqual({
    name: "dialplan.xml",
    rules: [
      {
        pattern: "9,1",
        rewrite: "",
        line: "2",
        timeoutSec: 0,
        userMode: "Phone",
        routeMode: "Default",
        tones: ["Bellcore-Outside"],
      },
    ],
    errors: ["2:102: expected MATCH, Timeout, User, Rewrite, Route, Tone or Line, found X"],
  });
});
