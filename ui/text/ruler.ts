// Measuring and breaking text, for fonts and for character cells alike.
import type { Font } from "./font.ts";

/** How wide a text is, in pixels or in cells. */
export interface Ruler {
  width(text: string): number;
}

/** Character cells: each character is one wide. */
export const cellRuler: Ruler = { width: (text) => [...text].length };

/** Pixels in a font. */
export function fontRuler(font: Font): Ruler {
  return {
    width(text) {
      let width = 0;
      for (const character of text) width += font.glyph(character).advance;
      return width;
    },
  };
}

/** What is written where a text had to be cut. */
export const ellipsis = "…";

/** The text, or as much of its beginning as fits together with `mark`. Never wider than `width`. */
export function truncate(ruler: Ruler, text: string, width: number, mark = ellipsis): string {
  if (ruler.width(text) <= width) return text;
  const room = width - ruler.width(mark);
  const kept = longestStart(ruler, [...text], room);
  if (kept.length === 0) return longestStart(ruler, [...text], width).join("");
  return `${kept.join("").trimEnd()}${mark}`;
}

/** The last part that fits, with the mark before it: for text being typed, whose end matters. */
export function truncateStart(ruler: Ruler, text: string, width: number, mark = ellipsis): string {
  if (ruler.width(text) <= width) return text;
  const room = width - ruler.width(mark);
  const kept = longestStart(ruler, [...text].reverse(), room).reverse();
  return `${mark}${kept.join("")}`;
}

/** The first of several wordings, longest first, that fits; the last one cut where none does. */
export function fitting(ruler: Ruler, variants: readonly string[], width: number): string {
  const fits = variants.find((text) => ruler.width(text) <= width);
  return fits ?? truncate(ruler, variants.at(-1) ?? "", width, "");
}

/**
 * Breaks a text into lines no wider than `width`, at spaces; a word that is wider by itself is broken where it must be.
 * Joining the lines with spaces gives the words back unless a word was broken. An empty text is no line.
 */
export function wrap(ruler: Ruler, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (ruler.width(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = breakWord(ruler, word, width);
    line = pieces.pop() ?? "";
    lines.push(...pieces);
  }
  if (line !== "") lines.push(line);
  return lines;
}

/** Paragraphs one below the other; an empty one is an empty line. */
export function wrapAll(ruler: Ruler, paragraphs: readonly string[], width: number): string[] {
  return paragraphs.flatMap((text) => (text.trim() === "" ? [""] : wrap(ruler, text, width)));
}

/** A label in at most so many lines, the last one cut; at least one. */
export function labelLines(
  ruler: Ruler,
  label: string,
  room: { readonly width: number; readonly lines: number },
  mark = ellipsis,
): string[] {
  const lines = wrap(ruler, label, room.width);
  if (lines.length <= room.lines) return lines.length === 0 ? [""] : lines;
  const rest = lines.slice(room.lines - 1).join(" ");
  return [...lines.slice(0, room.lines - 1), truncate(ruler, rest, room.width, mark)];
}

/** Lines in groups that fit a screen of `rows` rows. At least one page, perhaps empty. */
export function paginate(lines: readonly string[], rows: number): string[][] {
  const pages: string[][] = [];
  for (let at = 0; at < lines.length; at += rows) pages.push(lines.slice(at, at + rows));
  return pages.length === 0 ? [[]] : pages;
}

function breakWord(ruler: Ruler, word: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = [...word];
  while (rest.length > 0) {
    const start = longestStart(ruler, rest, width);
    const taken = Math.max(1, start.length);
    pieces.push(rest.slice(0, taken).join(""));
    rest = rest.slice(taken);
  }
  return pieces;
}

function longestStart(ruler: Ruler, characters: readonly string[], width: number): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const character of characters) {
    used += ruler.width(character);
    if (used > width) break;
    kept.push(character);
  }
  return kept;
}
