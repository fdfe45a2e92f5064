// Matching digit by digit, precedence, secondary tones, and the guide's own rewrites.
import { expect, test } from "vitest";
import { matchPattern, matchPlan, meaningOfPound } from "#firmware/call/dialplan/match.ts";
import { type DialPlan, emptyPlan, parsePattern } from "#firmware/call/dialplan/plan.ts";
import { readDialPlan } from "#firmware/call/dialplan/read.ts";
import { dialled, rewriteDigits } from "#firmware/call/dialplan/rewrite.ts";

const plan = (...templates: readonly string[]): DialPlan => {
  const text = `<DIALTEMPLATE>${templates.map((attributes) => `<TEMPLATE ${attributes}/>`).join("")}</DIALTEMPLATE>`;
  const read = readDialPlan("dialplan.xml", new TextEncoder().encode(text));
  expect(read.errors).toEqual([]);
  return read;
};

/** Outcome, and the pattern that won. */
const outcome = (of: DialPlan, digits: string, line = 1): string => {
  const match = matchPlan(of, line, digits);
  return match.kind === "complete" ? match.found.rule.match : match.kind;
};

const groups = (pattern: string, digits: string): readonly string[] =>
  matchPattern(parsePattern(pattern), digits).groups;

const worked = groups("ab..cd..ef*", "ab12cd34ef5678");
const rewrite = (text: string): string => rewriteDigits(text, "ab12cd34ef5678", worked);

test("DP-018 DP-019 characters match themselves, a dot any one but #", () => {
  const one = plan('MATCH="+49.."');
  expect(outcome(one, "+4912")).toBe("+49..");
  expect(outcome(one, "+49*+")).toBe("+49..");
  expect(outcome(one, "+491")).toBe("partial");
  expect(outcome(one, "+49#1")).toBe("none");
  expect(outcome(one, "149")).toBe("none");
  expect(outcome(plan('MATCH="abc"'), "abc")).toBe("abc");
});

test("DP-020 a star takes one or more characters up to the next literal, never #", () => {
  const one = plan('MATCH="9*7."');
  expect(outcome(one, "9")).toBe("partial");
  expect(outcome(one, "91")).toBe("partial");
  expect(outcome(one, "91237")).toBe("partial");
  expect(outcome(one, "912375")).toBe("9*7.");
  expect(groups("9*7.", "912375")).toEqual(["123", "5"]);
  expect(outcome(plan('MATCH="*"'), "12#")).toBe("none");
});

test("DP-021 a comma is not matched against digits, and adjacent commas count once", () => {
  expect(outcome(plan('MATCH="9,,1"'), "91")).toBe("9,,1");
  expect(parsePattern("9,,,1").filter(({ kind }) => kind === "comma")).toHaveLength(1);
});

test("DP-022 an escaped star is dialled as a star", () => {
  const one = plan('MATCH="\\*98" Timeout="0"');
  expect(outcome(one, "*98")).toBe("\\*98");
  expect(outcome(one, "198")).toBe("none");
  expect(dialled(one, 1, "*98").target).toBe("*98");
});

test("DP-023 DP-024 # is a digit only where a rule has it; else it sends, or lets edit while only longer rules fit", () => {
  const one = plan('MATCH="#21#"', 'MATCH="9,1.........."', 'MATCH="2..."');
  expect(meaningOfPound(one, 1, "")).toBe("digit");
  expect(meaningOfPound(one, 1, "#21")).toBe("digit");
  expect(meaningOfPound(one, 1, "#2")).toBe("edit");
  expect(meaningOfPound(one, 1, "2345")).toBe("dial");
  expect(meaningOfPound(one, 1, "914")).toBe("edit");
  expect(meaningOfPound(one, 1, "777")).toBe("dial");
  expect(meaningOfPound(emptyPlan, 1, "12")).toBe("dial");
});

test("DP-025 DP-026 DP-027 the whole input as %s and %0, the first group as %1", () => {
  expect(rewrite("%s")).toBe("ab12cd34ef5678");
  expect(rewrite("%0")).toBe("ab12cd34ef5678");
  expect(rewrite("%1")).toBe("12");
});

test("DP-028 DP-029 DP-030 further groups, and nothing for those that do not exist", () => {
  expect(rewrite("%2")).toBe("34");
  expect(rewrite("%3")).toBe("5678");
  expect([rewrite("%4"), rewrite("%5")]).toEqual(["", ""]);
});

test("DP-031 DP-032 DP-033 dots take captured characters across groups, literals stay", () => {
  expect(rewrite("XYZ....")).toBe("XYZ1234");
  expect(rewrite("X.Y.Z...")).toBe("X1Y2Z345");
  expect(rewrite("919%1%2%3")).toBe("91912345678");
});

test("DP-034 DP-035 a group named does not use up dots, and may be named again", () => {
  expect(rewrite("AB...X%1X..")).toBe("AB123X12X45");
  expect(rewrite("X%1X%1X%1")).toBe("X12X12X12");
});

test("SEED-017 the count of dots decides", () => {
  expect(rewrite("XYZ....")).toBe("XYZ1234");
  expect(rewrite("XYZ..")).toBe("XYZ12");
});

test("DP-036 DP-037 an empty rewrite is the digits as dialled, a percent sign makes any other character itself", () => {
  expect(rewrite("")).toBe("ab12cd34ef5678");
  expect(rewrite("5%%X%x%.")).toBe("5%Xx.");
  expect(rewrite("100%")).toBe("100%");
});

test("DP-038 DP-039 consecutive dots are one group, each star is one, and the sixth joins the fifth", () => {
  expect(groups("1..2*", "1ab2cd")).toEqual(["ab", "cd"]);
  expect(groups("1.2.3.4.5.6.7.", "1a2b3c4d5e6f7g")).toEqual(["a", "b", "c", "d", "efg"]);
});

test("DP-040 a rewrite with a host is a URI with the dots of its host, sent there by its route", () => {
  const one = plan(
    'MATCH="2..." User="IP" Rewrite="1000%s@192.0.2.9" Route="FQDN"',
    'MATCH="3." Rewrite="&lt;sip:%1@example.com&gt;" User="Phone"',
  );
  expect(dialled(one, 1, "2345")).toMatchObject({
    target: "10002345@192.0.2.9;user=ip",
    route: "url",
    user: undefined,
  });
  expect(dialled(one, 1, "37").target).toBe("<sip:7@example.com;user=phone>");
});

test("DP-006 the user mode of plain digits is told, for the URI that will be made of them", () => {
  expect(dialled(plan('MATCH="2..." User="Phone"'), 1, "2345")).toMatchObject({
    target: "2345",
    user: "phone",
  });
});

test("DP-041 DP-042 DP-043 literals count, then exact before dots before star, then the earlier rule", () => {
  const one = plan(
    'MATCH="*"',
    'MATCH="9.."',
    'MATCH="91."',
    'MATCH="911"',
    'MATCH="9*" Timeout="1"',
    'MATCH="9*" Timeout="2"',
  );
  expect(outcome(one, "911")).toBe("911");
  expect(outcome(one, "912")).toBe("91.");
  expect(outcome(one, "922")).toBe("9..");
  const match = matchPlan(one, 1, "92222");
  expect(match.kind === "complete" && match.found.rule.timeoutSec).toBe(1);
  expect(outcome(one, "5")).toBe("*");
});

test("DP-044 a complete rule waits for a half-matched one with more literals, in whatever order they stand", () => {
  for (const one of [plan('MATCH="9011*"', 'MATCH="9.11"'), plan('MATCH="9.11"', 'MATCH="9011*"')]) {
    expect(outcome(one, "9011")).toBe("partial");
    expect(outcome(one, "90111")).toBe("9011*");
    expect(outcome(one, "9111")).toBe("9.11");
  }
});

test("DP-045 a star alone never beats a half-matched longer rule", () => {
  const one = plan('MATCH="*"', 'MATCH="9......."', 'MATCH="....." Line="2"');
  expect(outcome(one, "946942")).toBe("partial");
  expect(outcome(one, "94694210")).toBe("9.......");
  expect(outcome(one, "1")).toBe("*");
  expect(outcome(one, "1", 2)).toBe("partial");
});

test("DP-049 at a comma the secondary tone of the best rule sounds, by default the outside one, until the next digit", () => {
  const one = plan('MATCH="9,1.........."', 'MATCH="8,0,1*" Tone="Bellcore-Inside" Tone="Cisco-Zip"');
  expect(matchPlan(one, 1, "9").tone).toBe("outside-dial");
  expect(matchPlan(one, 1, "91").tone).toBeUndefined();
  expect(matchPlan(one, 1, "8").tone).toBe("inside-dial");
  expect(matchPlan(one, 1, "80").tone).toBe("zip");
});

test("DP-050 a complete rule without star suppresses the tone, a catch-all does not", () => {
  expect(matchPlan(plan('MATCH="9"', 'MATCH="9,1"'), 1, "9").tone).toBeUndefined();
  expect(matchPlan(plan('MATCH="."', 'MATCH="*,1"'), 1, "9").tone).toBeUndefined();
  expect(matchPlan(plan('MATCH="*"', 'MATCH="9,1"'), 1, "9").tone).toBe("outside-dial");
});

test("DP-010 a rule of another line does not count", () => {
  const one = plan('MATCH="2." Line="2"');
  expect([outcome(one, "21", 1), outcome(one, "21", 2)]).toEqual(["none", "2."]);
});

test("a finished number takes the best complete rule, though a longer one is half matched", () => {
  const one = plan('MATCH="9011*"', 'MATCH="9.11" Rewrite="7"');
  expect(dialled(one, 1, "9011").target).toBe("7");
  expect(dialled(one, 1, "90").target).toBe("90");
});
