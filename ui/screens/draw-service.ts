// Draws what only pages of XML services have, on a pixel panel: pictures in the services pane, and several fields.

import type { Box } from "#ui/text/canvas.ts";
import { fontRuler } from "#ui/text/ruler.ts";
import { drawArrows, drawTitle } from "./draw-pages.ts";
import { centred, type Drawing, drawRowText, indented, inset, rowOf } from "./draw-row.ts";
import { drawLevels } from "./levels.ts";
import { listWindow } from "./list-window.ts";
import type { Body, FieldRow } from "./screen.ts";

type Of<Kind extends Body["kind"]> = Extract<Body, { kind: Kind }>;

/** The part of the panel that pictures of services have, in their pixels (reference row LCD-003). */
const pane = { width: 133, height: 65 } as const;
/** Pixels that one press of a scroll key moves. */
const scrollBy = 8;

/** The pane in the middle, as large as the panel lets it be; where it is too high, scroll keys move it. */
export function drawPicture(drawing: Drawing, body: Of<"picture">, box: Box): void {
  const { sheet, style } = drawing;
  const isTight = box.height < pane.height + style.rowHeight;
  const rest = isTight ? box : drawTitle(drawing, body.title, box);
  const times = Math.max(1, Math.floor(Math.min(rest.width / pane.width, rest.height / pane.height)));
  const [width, height] = [pane.width * times, pane.height * times];
  const hidden = Math.max(0, height - rest.height);
  const first = Math.min(hidden, body.scroll * scrollBy);
  const left = rest.x + Math.floor((rest.width - width) / 2);
  const top = rest.y + Math.floor(Math.max(0, rest.height - height) / 2);
  const { picture } = body;
  const at = (given: number, room: number, taken: number): number =>
    (given === -1 ? Math.floor((room - taken) / 2) : given) * times;
  drawLevels(sheet.canvas, picture, {
    x: left + at(picture.x, pane.width, picture.width),
    y: top - first + at(picture.y, pane.height, picture.height),
    box: {
      x: Math.max(rest.x, left),
      y: top,
      width: Math.min(rest.width, width),
      height: Math.min(rest.height, height),
    },
    times,
  });
  if (hidden === 0) return;
  // Arrows stand on the picture: clear of it, so that they are seen.
  const { width: side } = style.icon("up");
  const edge = { x: rest.x + rest.width - side - 4, y: rest.y, width: side + 4, height: side + 2 };
  if (first > 0) sheet.canvas.fill(edge, "paper");
  if (first < hidden) sheet.canvas.fill({ ...edge, y: rest.y + rest.height - side - 2 }, "paper");
  drawArrows(drawing, rest, first > 0, first < hidden);
}

/** Title, how keys are taken, and a row for each field: its name, and what it holds in a box. */
export function drawFields(drawing: Drawing, body: Of<"fields">, box: Box): void {
  const { sheet, style } = drawing;
  const rest = drawTitle(drawing, body.title, box);
  const head = inset(rowOf(box, 0, style.rowHeight), style.margin);
  const chosen = body.rows[body.selected];
  if (chosen !== undefined) {
    const how = { baseline: centred(head, style.title), font: style.small, ink: "dim" } as const;
    sheet.write(chosen.isLetters ? "abc" : "123", { ...head, ...how, align: "right" });
  }
  const rowHeight = style.rowHeight + (style.rowHeight > 10 ? 2 : 0);
  const count = Math.max(1, Math.floor(rest.height / rowHeight));
  const { first, rows } = listWindow(body.rows, body.selected, count);
  const room = body.rows.length > count ? style.icon("up").width + 3 : 0;
  rows.forEach((row, index) => {
    const at = rowOf({ ...rest, width: rest.width - room }, index, rowHeight);
    drawField(drawing, row, first + index === body.selected, at);
  });
  if (room > 0) drawArrows(drawing, rest, first > 0, first + rows.length < body.rows.length);
}

function drawField(drawing: Drawing, row: FieldRow, isSelected: boolean, box: Box): void {
  const { sheet, style } = drawing;
  const line = inset(box, style.margin);
  const labelWidth = Math.min(Math.floor(line.width * 0.45), fontRuler(style.body).width(row.label));
  const column = Math.floor(line.width * 0.45);
  drawRowText(sheet, row.label, { ...line, width: labelWidth }, style.body, isSelected ? "ink" : "dim");
  const field = { ...indented(line, column + 4), y: box.y + 1, height: box.height - 2 };
  if (isSelected) sheet.canvas.outline(field, "ink");
  else sheet.canvas.fill({ ...field, y: field.y + field.height - 1, height: 1 }, "rule");
  const caret = 2;
  const inner = inset(field, 3);
  const text = { ...inner, width: inner.width - caret - 1 };
  const end = drawRowText(sheet, row.text, text, style.body, "ink", { keep: "end" });
  if (isSelected)
    sheet.canvas.fill({ x: end + 1, y: field.y + 2, width: caret, height: field.height - 4 }, "accent");
}
