// The bitmap fonts: every character a screen may need, and pictures that look like their letters.
import { expect, test } from "vitest";
import { fonts } from "#ui/text/fonts.ts";
import { fontRuler } from "#ui/text/ruler.ts";
import { english } from "#ui/words/english.ts";

/** The glyph as `#` and `.`. */
function picture(font: (typeof fonts)["sans10"], character: string): string[] {
  const { rows, width } = font.glyph(character);
  return rows.map((row) => row.toString(2).padStart(width, "0").replaceAll("0", ".").replaceAll("1", "#"));
}

test("letters look like themselves", () => {
  expect(picture(fonts.sans10, "A")).toEqual([
    "...#...",
    "...#...",
    "..#.#..",
    "..#.#..",
    ".#...#.",
    ".#####.",
    "#.....#",
    "#.....#",
  ]);
  expect(picture(fonts.sans10, "ü")).toEqual([
    ".#.#", //
    "....",
    "#..#",
    "#..#",
    "#..#",
    "#..#",
    "#..#",
    ".###",
  ]);
});

test("LCD-008 every font has all of ISO 8859-1, each with a picture of its own", () => {
  for (const font of Object.values(fonts)) {
    const box = picture(font, "\u{1F600}").join();
    for (let code = 0x21; code <= 0xff; code++) {
      if (code >= 0x7f && code <= 0xa0) continue;
      const character = String.fromCharCode(code);
      const drawn = picture(font, character).join();
      expect(drawn, `${font.name} ${character}`).not.toBe(box);
      expect(drawn.includes("#") || character === "\u00ad", `${font.name} ${character}`).toBe(true);
    }
  }
});

test("digits are equally wide, so that running timers stand still", () => {
  for (const font of Object.values(fonts)) {
    const widths = new Set([..."0123456789"].map((digit) => font.glyph(digit).advance));
    expect(widths.size, font.name).toBe(1);
  }
});

test("a letter a font lacks loses its accent; what stays unknown is an empty box", () => {
  expect(picture(fonts.sans10, "ǎ")).toEqual(picture(fonts.sans10, "a"));
  expect(picture(fonts.sans10, "ｱ")[0]).toMatch(/^#+$/);
  expect(fontRuler(fonts.sans10).width("\t")).toBe(fontRuler(fonts.sans10).width(" "));
});

test("English uses only characters that every panel has", () => {
  expect(JSON.stringify(english).replace(/[\x20-\x7e]/g, "")).toBe("");
});
