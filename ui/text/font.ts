// Bitmap fonts: glyphs by code point, unpacked at first use. Data in fonts/, made by test/fonts/convert.ts.

/** A font as committed: one text a glyph (code point, advance, left, top, width, rows; see fonts/). */
export interface FontData {
  readonly name: string;
  readonly ascent: number;
  readonly descent: number;
  readonly glyphs: readonly string[];
}

/** One character's picture. Row bits count from `width - 1` (left) down to 0. */
export interface Glyph {
  readonly advance: number;
  readonly left: number;
  /** First row above the baseline, in pixels. */
  readonly top: number;
  readonly width: number;
  readonly rows: readonly number[];
}

export interface Font {
  readonly name: string;
  /** Pixels above the baseline, accents included. */
  readonly ascent: number;
  /** Pixels below the baseline. */
  readonly descent: number;
  /** Never fails: a letter the font lacks loses its accent, and what remains unknown is an empty box. */
  glyph(character: string): Glyph;
}

/** Makes a font of its data. Unpacks nothing until a glyph is wanted. */
export function openFont(data: FontData): Font {
  const ready = new Map<string, Glyph>();
  let packed: Map<string, string> | undefined;
  const find = (character: string): Glyph | undefined => {
    packed ??= indexGlyphs(data);
    const text = packed.get(character);
    return text === undefined ? undefined : unpack(text);
  };
  return {
    name: data.name,
    ascent: data.ascent,
    descent: data.descent,
    glyph(character) {
      let glyph = ready.get(character);
      if (glyph === undefined) {
        glyph = find(character) ?? find(plainLetter(character)) ?? emptyBox(data.ascent);
        ready.set(character, glyph);
      }
      return glyph;
    },
  };
}

function indexGlyphs(data: FontData): Map<string, string> {
  return new Map(data.glyphs.map((text) => [String.fromCodePoint(Number.parseInt(text, 16)), text] as const));
}

function unpack(text: string): Glyph {
  const [, advance = "0", left = "0", top = "0", width = "0", ...rows] = text.split(" ");
  return {
    advance: Number(advance),
    left: Number(left),
    top: Number(top),
    width: Number(width),
    rows: rows.map((row) => Number.parseInt(row, 16)),
  };
}

/** The letter without its accents; controls and spaces of all kinds become a space. */
function plainLetter(character: string): string {
  const first = character.normalize("NFKD").slice(0, 1);
  return first <= " " || /\s/.test(first) ? " " : first;
}

function emptyBox(ascent: number): Glyph {
  const height = Math.max(4, ascent - 2);
  const width = Math.max(3, Math.round(height * 0.6));
  const full = 2 ** width - 1;
  const sides = 2 ** (width - 1) + 1;
  const rows = Array.from({ length: height }, (_, row) => (row === 0 || row === height - 1 ? full : sides));
  return { advance: width + 2, left: 1, top: height, width, rows };
}
