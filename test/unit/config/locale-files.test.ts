// Locale files of a call manager: tones by their oscillators, words by their codes, and what is neither.
import { describe, expect, test } from "vitest";
import { readDictionary, readTones } from "#firmware/config/locale-files.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import { fileVector } from "#test/vectors/load.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const tonesOf = (text: string) => readTones("t.xml", bytes(`<tones>${text}</tones>`)).tones;

describe("tones", () => {
  const { tones, ignored } = readTones("t.xml", fileVector("locale/germany-tones.xml"));

  test("frequency, level, cadence and repeats come out as they were put in; what this phone lacks is named", () => {
    expect([...tones.keys()]).toEqual(["inside-dial", "outside-dial", "busy", "reorder", "alerting"]);
    expect(ignored).toEqual(["recording"]);
    for (const { segments, repeats } of tones.values()) {
      expect(repeats).toBe(0);
      for (const { frequenciesHz, levelDbfs } of segments) {
        expect(frequenciesHz).toEqual([425]);
        expect(levelDbfs).toBeCloseTo(-16, 1);
      }
    }
    const cadence = (name: "inside-dial" | "outside-dial" | "alerting") =>
      tones.get(name)?.segments.map(({ onMs, offMs }) => [onMs, offMs]);
    expect(cadence("inside-dial")).toEqual([[0, 0]]);
    expect(cadence("outside-dial")).toEqual([
      [200, 300],
      [700, 800],
    ]);
    expect(cadence("alerting")).toEqual([[1000, 4000]]);
  });

  test("two frequencies together, and two groups of them in turns", () => {
    // 350 Hz and 440 Hz as public files have them
    const dial = tonesOf(
      '<tone c1="31538" i1="-780" c2="30831" i2="-973" d="2" t="odial"><part m="on" t="65535"/><repeat c="65535"/></tone>',
    );
    expect(dial.get("outside-dial")?.segments).toMatchObject([{ frequenciesHz: [350, 440], onMs: 0 }]);
    const turns = tonesOf(
      '<tone c1="31538" i1="-780" c2="30831" i2="-973" d="17" t="busy"><part m="on" t="100"/><part m="off" t="50"/><part m="on" t="200"/><repeat c="3"/></tone>',
    );
    expect(turns.get("busy")).toMatchObject({
      repeats: 3,
      segments: [
        { frequenciesHz: [350], onMs: 100, offMs: 50 },
        { frequenciesHz: [440], onMs: 200, offMs: 0 },
      ],
    });
  });

  test.each([
    ["<tone t='busy' d='1'><part m='on' t='1'/></tone>", "bad-value"],
    ["<tone c1='99999' i1='1' d='1' t='busy'><part m='on' t='1'/></tone>", "bad-value"],
    ["<tone c1='32767' i1='-32768' d='1' t='busy'><part m='on' t='1'/></tone>", "bad-value"],
    ["<tone c1='100' i1='-100' d='x' t='busy'><part m='on' t='1'/></tone>", "bad-value"],
    ["<tone c1='100' i1='-100' d='1' t='busy'/>", "bad-value"],
  ])("%s is refused", (text, code) => {
    expect(() => tonesOf(text)).toThrow(expect.objectContaining({ code }));
  });

  test("another document is none of it", () => {
    expect(() => readTones("t.xml", bytes("<phrases/>"))).toThrow(ConfigError);
  });
});

test("a dictionary has words by code; a code that cannot be is left out, a file without words refused", () => {
  const words = readDictionary("d.xml", fileVector("locale/german-dictionary.xml"));
  expect([words.get(1), words.get(19), words.size]).toEqual(["Wahlw.", "Möglichkeiten", 7]);
  expect(() => readDictionary("d.xml", bytes("<phrases/>"))).toThrow(
    expect.objectContaining({ code: "unusable" }),
  );
});
