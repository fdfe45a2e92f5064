// Measuring, cutting and breaking text, in cells and in a font.
import fc from "fast-check";
import { expect, test } from "vitest";
import { fonts } from "#ui/text/fonts.ts";
import { cellRuler, fitting, fontRuler, paginate, truncate, truncateStart, wrap } from "#ui/text/ruler.ts";

const sans = fontRuler(fonts.sans10);

test("a text that fits stays as it is, a longer one ends in an ellipsis", () => {
  expect(truncate(cellRuler, "Reception", 9)).toBe("Reception");
  expect(truncate(cellRuler, "Reception desk", 9)).toBe("Receptio…");
  expect(truncate(cellRuler, "Front desk", 7)).toBe("Front…");
  expect(truncate(cellRuler, "Reception", 9, "~")).toBe("Reception");
  expect(truncate(cellRuler, "Reception", 4, "~")).toBe("Rec~");
  expect(truncate(cellRuler, "Reception", 0)).toBe("");
});

test("of text being typed the end stays", () => {
  expect(truncateStart(cellRuler, "0123456789", 5)).toBe("…6789");
  expect(truncateStart(cellRuler, "0123", 5)).toBe("0123");
});

test("the first wording that fits is taken, the last one is cut", () => {
  const wordings = ["CFwdNoAnswer", "CFwdNoA", "CFNA"];
  expect(fitting(cellRuler, wordings, 12)).toBe("CFwdNoAnswer");
  expect(fitting(cellRuler, wordings, 8)).toBe("CFwdNoA");
  expect(fitting(cellRuler, wordings, 3)).toBe("CFN");
});

test("text breaks at spaces, a word that is too long where it must", () => {
  expect(wrap(cellRuler, "No answer from DHCP", 10)).toEqual(["No answer", "from DHCP"]);
  expect(wrap(cellRuler, "see SEP001122334455.cnf.xml now", 10)).toEqual([
    "see",
    "SEP0011223",
    "34455.cnf.",
    "xml now",
  ]);
  expect(wrap(cellRuler, "   ", 10)).toEqual([]);
});

test("no line is wider than its room, and no character is lost", () => {
  const rulers = [cellRuler, sans];
  const texts = fc.string({ unit: fc.constantFrom("a", "W", "i", ".", " ", "ü"), maxLength: 60 });
  fc.assert(
    fc.property(fc.constantFrom(...rulers), texts, fc.integer({ min: 12, max: 80 }), (ruler, text, width) => {
      const lines = wrap(ruler, text, width);
      for (const line of lines) expect(ruler.width(line)).toBeLessThanOrEqual(width);
      expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      expect(ruler.width(truncate(ruler, text, width))).toBeLessThanOrEqual(width);
      expect(ruler.width(truncateStart(ruler, text, width))).toBeLessThanOrEqual(width);
    }),
  );
});

test("pages hold all lines in order, and there is always one", () => {
  expect(paginate(["a", "b", "c"], 2)).toEqual([["a", "b"], ["c"]]);
  expect(paginate([], 2)).toEqual([[]]);
});
