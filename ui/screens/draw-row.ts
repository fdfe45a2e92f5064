// The smallest steps of drawing a row: text and icon, centred in its height.
import type { Box } from "#ui/text/canvas.ts";
import type { Font } from "#ui/text/font.ts";
import type { Icon } from "#ui/text/icons.ts";
import type { Sheet, Writing } from "#ui/text/sheet.ts";
import type { Ink } from "#ui/text/theme.ts";
import type { Style } from "./style.ts";
import type { Turns } from "./turns.ts";

/** What every part of a screen needs to be drawn. */
export interface Drawing {
  readonly sheet: Sheet;
  readonly style: Style;
  readonly turns: Turns;
}

/** The baseline that centres a font's capitals in a row. */
export function centred(box: Box, font: Font): number {
  const capital = font.glyph("H").top;
  return box.y + Math.ceil((box.height + capital) / 2);
}

/** Writes a text across a row; returns the x where it ends. */
export function drawRowText(
  sheet: Sheet,
  text: string,
  row: Box,
  font: Font,
  ink: Ink,
  how: Partial<Pick<Writing, "align" | "keep" | "area">> = {},
): number {
  return sheet.write(text, { x: row.x, baseline: centred(row, font), width: row.width, font, ink, ...how });
}

/** Draws an icon, centred in a row's height; returns the x after it. */
export function drawIcon(sheet: Sheet, icon: Icon, x: number, row: Box, ink: Ink): number {
  sheet.canvas.icon(x, row.y + Math.floor((row.height - icon.height) / 2), icon, ink);
  return x + icon.width;
}

/** A box that begins `by` pixels further right. */
export function indented(box: Box, by: number): Box {
  return { ...box, x: box.x + by, width: box.width - by };
}

/** A box without its margins left and right. */
export function inset(box: Box, margin: number): Box {
  return { ...box, x: box.x + margin, width: box.width - 2 * margin };
}

/** Row `index` of a box. */
export function rowOf(box: Box, index: number, rowHeight: number): Box {
  return { ...box, y: box.y + index * rowHeight, height: rowHeight };
}
