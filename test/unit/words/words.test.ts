// Words: templates, facts, the codes of call managers, and sentences that say what, why and what to do.
import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleTroubleFacts } from "#test/screens/trouble-facts.ts";
import { english } from "#ui/words/english.ts";
import { expandLabels, fill, placesOf, sentenceText } from "#ui/words/fill.ts";

test("facts take their places; a part in brackets goes when a fact in it is unknown", () => {
  const template = "No answer[ on VLAN {vlan}][ after {tries} tries].";
  expect(fill(template, { vlan: 110, tries: 4 })).toBe("No answer on VLAN 110 after 4 tries.");
  expect(fill(template, { tries: 4 })).toBe("No answer after 4 tries.");
  expect(fill(template, { vlan: "" })).toBe("No answer.");
  expect(fill("From {who}", {})).toBe("From");
});

test("a fact cannot smuggle templates, line breaks or endless text into a screen", () => {
  expect(fill("{a}", { a: "{b}[x]", b: "secret" })).toBe("{b}[x]");
  expect(fill("says: {a}", { a: "one\r\n\u0007two" })).toBe("says: one two");
  expect(fill("{a}", { a: "x".repeat(500) })).toHaveLength(80);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const shown = fill("<{a}>", { a: text });
      expect([...shown].every((character) => character >= " ")).toBe(true);
    }),
  );
});

test("label codes of a call manager become words, unknown ones vanish", () => {
  const code = (n: number): string => String.fromCharCode(0xe000 + n);
  const extended = (n: number): string => String.fromCharCode(0xe100 + n);
  // 80 13, 80 17 + number, 1E 38; observed in captures of chan_skinny and chan-sccp
  expect(expandLabels(english, code(0x13))).toBe("Your current options");
  expect(expandLabels(english, `${code(0x17)} 5550123`)).toBe("From 5550123");
  expect(expandLabels(english, extended(0x38))).toBe("Do Not Disturb");
  expect(expandLabels(english, `a${code(0xf0)}b${extended(0xf0)}c`)).toBe("abc");
});

test("every trouble says what, why and what to do, with and without facts", () => {
  for (const [code, sentence] of Object.entries(english.troubles)) {
    const full = sentenceText(english, sentence, sampleTroubleFacts);
    const bare = sentenceText(english, sentence, {});
    for (const { title, text } of [full, bare]) {
      expect(title, code).toMatch(/^[A-Z].*[^.\s]$/);
      expect(text, code).toMatch(/\.$/);
      expect(`${title} ${text}`, code).not.toMatch(/[{}[\]]| {2}|\s[.,;:]|\( *\)/);
    }
    expect(sentence.todo, code).toMatch(/^[A-Z].*\.$/);
    expect(full.text.length, code).toBeGreaterThan(30);
  }
});

test("facts that are codes are said in words, others as they are", () => {
  const say = (code: keyof typeof english.troubles, facts: Record<string, string | number>): string =>
    sentenceText(english, english.troubles[code], facts).text;
  expect(say("vlan-conflict", { used: 110, ignored: 0 })).toMatch(/^The switch says both 110 and no VLAN\./);
  expect(say("dhcp-bad-offer", { server: "10.77.0.1", fault: "no-mask" })).toMatch(
    /^The offer of 10\.77\.0\.1: no subnet mask \(option 1\)\./,
  );
  expect(say("duplex-mismatch", { ours: "half", theirs: "full" })).toMatch(/^Phone half duplex, switch full/);
  expect(say("phase-slow", { phase: "ip", seconds: 30 })).toMatch(/^Waiting for an address since 30 s\./);
  expect(say("dhcp-bad-offer", { server: "10.77.0.1", fault: "a new one" })).toContain(": a new one.");
});

test("every place in a sentence has a fact with a documented name", () => {
  const known = new Set(Object.keys(sampleTroubleFacts));
  for (const sentence of [...Object.values(english.troubles), ...Object.values(english.lineFailures)])
    for (const part of Object.values(sentence))
      for (const place of placesOf(part)) expect(known, `${place} in "${part}"`).toContain(place);
});

test("wordings of keys go from the longest to the shortest, down to three characters", () => {
  for (const [id, label] of Object.entries({ ...english.softkeys, ...english.menuKeys })) {
    const lengths = label.map((wording) => wording.length);
    expect(lengths, id).toEqual([...lengths].sort((a, b) => b - a));
    expect(lengths.at(-1), id).toBeLessThanOrEqual(3);
  }
});
