// Makes ui/text/fonts/*.ts from X11 bitmap fonts. Run once when a font is added or changed; the result is committed.
//
//   node test/fonts/convert.ts FOLDER_WITH_PCF_FILES
//
// The folder is that of Debian's package xfonts-75dpi (usr/share/fonts/X11/75dpi); see ui/text/fonts/LICENSE.md.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PcfFont, readPcf } from "./pcf.ts";

/** Our neutral names; the originals' name is a trademark. */
const wanted: readonly (readonly [file: string, name: string])[] = [
  ["helvR08", "sans-8"],
  ["helvB08", "sans-8-bold"],
  ["helvR10", "sans-10"],
  ["helvB10", "sans-10-bold"],
  ["helvR12", "sans-12"],
  ["helvB12", "sans-12-bold"],
  ["helvR14", "sans-14"],
  ["helvB14", "sans-14-bold"],
  ["helvB18", "sans-18-bold"],
];

/** ISO 8859-1, Latin Extended-A, and the punctuation that people and servers really send. */
const ranges: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x2013, 0x2014],
  [0x2018, 0x201a],
  [0x201c, 0x201e],
  [0x2022, 0x2022],
  [0x2026, 0x2026],
  [0x20ac, 0x20ac],
];

function source(name: string, font: PcfFont): string {
  const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const lines: string[] = [];
  for (const [first, last] of ranges) {
    for (let code = first; code <= last; code++) {
      const glyph = font.glyph(code);
      if (glyph === undefined) continue;
      // Two pixels between words cannot be told from the one between letters.
      const advance = code === 0x20 || code === 0xa0 ? Math.max(3, glyph.advance) : glyph.advance;
      const head = [code.toString(16), advance, glyph.left, glyph.top, glyph.width].join(" ");
      const rows = glyph.rows.map((row) => row.toString(16)).join(" ");
      lines.push(`    "${rows === "" ? head : `${head} ${rows}`}",`);
    }
  }
  return [
    `// ${name}: bitmap glyphs made by test/fonts/convert.ts; licence in LICENSE.md beside this file.`,
    'import type { FontData } from "#ui/text/font.ts";',
    "",
    `/** ${lines.length} glyphs. Each: code point (hex), advance, left, top above the baseline, width, rows (hex). */`,
    `export const ${camel.replaceAll("-", "")}: FontData = {`,
    `  name: "${name}",`,
    `  ascent: ${font.ascent},`,
    `  descent: ${font.descent},`,
    "  glyphs: [",
    ...lines,
    "  ],",
    "};",
    "",
  ].join("\n");
}

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node test/fonts/convert.ts FOLDER_WITH_PCF_FILES");
for (const [file, name] of wanted) {
  const font = readPcf(join(folder, `${file}.pcf.gz`));
  writeFileSync(join(import.meta.dirname, "../../ui/text/fonts", `${name}.ts`), source(name, font));
}
