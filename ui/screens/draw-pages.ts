// Draws the pages of menus on a pixel panel: lists, running text, text entry, a gauge.
import type { Box } from "#ui/text/canvas.ts";
import type { Icon } from "#ui/text/icons.ts";
import { fontRuler, labelLines, wrap, wrapAll } from "#ui/text/ruler.ts";
import type { Ink } from "#ui/text/theme.ts";
import { centred, type Drawing, drawIcon, drawRowText, indented, inset, rowOf } from "./draw-row.ts";
import { listWindow, tallWindow } from "./list-window.ts";
import type { Body, ListRow } from "./screen.ts";

type Of<Kind extends Body["kind"]> = Extract<Body, { kind: Kind }>;

/** Writes a page's heading, perhaps with an icon at the right; returns the room below it. */
export function drawTitle(
  drawing: Drawing,
  title: string,
  box: Box,
  iconName?: Of<"list">["titleIcon"],
): Box {
  const { sheet, style } = drawing;
  let row = inset(rowOf(box, 0, style.rowHeight), style.margin);
  if (iconName !== undefined) {
    const icon = style.icon(iconName);
    row = { ...row, width: row.width - icon.width - 2 };
    drawIcon(sheet, icon, row.x + row.width + 2, row, "ink");
  }
  drawRowText(sheet, title, row, style.title, "ink");
  return { ...box, y: box.y + style.rowHeight, height: box.height - style.rowHeight };
}

/** Title, rows, the chosen one inverted; arrows where more rows follow. */
export function drawList(drawing: Drawing, body: Of<"list">, box: Box): void {
  const { sheet, style } = drawing;
  const rest = drawTitle(drawing, body.title, box, body.titleIcon);
  if (body.rows.length === 0) {
    const row = inset(rowOf(rest, 0, style.rowHeight), style.margin);
    drawRowText(sheet, body.whenEmpty, row, style.body, "dim");
    return;
  }
  const count = Math.max(1, Math.floor(rest.height / style.rowHeight));
  if ((body.linesPerRow ?? 1) > 1) {
    drawTallRows(drawing, body, rest, count);
    return;
  }
  const { first, rows } = listWindow(body.rows, body.selected, count);
  const room = body.rows.length > count ? style.icon("up").width + 3 : 0;
  rows.forEach((row, index) => {
    const at = rowOf({ ...rest, width: rest.width - room }, index, style.rowHeight);
    drawListRow(drawing, row, first + index === body.selected, at);
  });
  if (room > 0) drawArrows(drawing, rest, first > 0, first + rows.length < body.rows.length);
}

/** Rows with a number and a label that takes several lines where it is long (reference row XML-012). */
function drawTallRows(drawing: Drawing, body: Of<"list">, rest: Box, count: number): void {
  const { sheet, style } = drawing;
  const ruler = fontRuler(style.body);
  const room = style.icon("up").width + 3;
  const numberWidth = ruler.width("00");
  const indent = numberWidth + Math.ceil(ruler.width(" ") * 1.5);
  const text = indented(inset({ ...rest, width: rest.width - room }, style.margin + 1), indent);
  const labels = body.rows.map(({ label }) =>
    labelLines(ruler, label, { width: text.width, lines: Math.min(count, body.linesPerRow ?? 1) }),
  );
  const { first, last } = tallWindow(
    labels.map((lines) => lines.length),
    body.selected,
    count,
  );
  let line = 0;
  for (let at = first; at <= last; at++) {
    const lines = (labels[at] ?? []).slice(0, count - line);
    const isSelected = at === body.selected;
    const ink = isSelected ? "pickInk" : "ink";
    const top = rowOf({ ...rest, width: rest.width - room }, line, style.rowHeight);
    if (isSelected)
      sheet.canvas.fillRound(inset({ ...top, height: style.rowHeight * lines.length }, 1), "pickPaper");
    const number = { ...inset(top, style.margin + 1), width: numberWidth };
    drawRowText(sheet, body.rows[at]?.number ?? "", number, style.body, ink, { align: "right" });
    lines.forEach((part, index) => {
      drawRowText(sheet, part, rowOf({ ...text, y: top.y }, index, style.rowHeight), style.body, ink);
    });
    line += lines.length;
  }
  if (first > 0 || last < body.rows.length - 1)
    drawArrows(drawing, rest, first > 0, last < body.rows.length - 1);
}

function drawListRow(drawing: Drawing, row: ListRow, isSelected: boolean, box: Box): void {
  const { sheet, style } = drawing;
  const { body: font } = style;
  if (isSelected) sheet.canvas.fillRound(inset(box, 1), "pickPaper");
  const ink = isSelected ? "pickInk" : "ink";
  const ruler = fontRuler(font);
  let text = inset(box, style.margin + 1);
  if (row.number !== "") {
    const width = ruler.width("00");
    drawRowText(sheet, row.number, { ...text, width }, font, ink, { align: "right" });
    text = indented(text, width + Math.ceil(ruler.width(" ") * 1.5));
  }
  if (row.icon !== undefined) text = drawRowIcon(drawing, style.icon(row.icon), row.number === "", text, ink);
  const gap = 6;
  const wanted = row.value === "" ? 0 : ruler.width(row.value);
  const least = Math.floor(text.width * 0.45);
  const valueWidth = Math.min(wanted, Math.max(least, text.width - ruler.width(row.label) - gap));
  if (isSelected && valueWidth < wanted && drawing.turns.pick(2) === 1) {
    drawRowText(sheet, row.value, text, font, ink, { align: "right" }); // now and then whole, without its label
    return;
  }
  const labelWidth = text.width - (valueWidth === 0 ? 0 : valueWidth + gap);
  drawRowText(sheet, row.label, { ...text, width: labelWidth }, font, ink);
  if (valueWidth > 0)
    drawRowText(sheet, row.value, indented(text, text.width - valueWidth), font, isSelected ? ink : "dim");
}

/** Before the text where there is no number, else at the right end; returns the room that is left. */
function drawRowIcon(drawing: Drawing, icon: Icon, isFirst: boolean, row: Box, ink: Ink): Box {
  const taken = icon.width + drawing.style.margin + 1;
  const x = isFirst ? row.x : row.x + row.width - icon.width;
  drawIcon(drawing.sheet, icon, x, row, ink);
  return isFirst ? indented(row, taken) : { ...row, width: row.width - taken };
}

/** Up and down at the right edge, faint where nothing more follows. */
export function drawArrows(drawing: Drawing, box: Box, hasUp: boolean, hasDown: boolean): void {
  const { sheet, style } = drawing;
  const [up, down] = [style.icon("up"), style.icon("down")];
  const x = box.x + box.width - up.width - 2;
  sheet.canvas.icon(x, box.y + 1, up, hasUp ? "ink" : "faint");
  sheet.canvas.icon(x, box.y + box.height - down.height - 2, down, hasDown ? "ink" : "faint");
}

/** Title and paragraphs from row `scroll` on. */
export function drawText(drawing: Drawing, body: Of<"text">, box: Box): void {
  const { sheet, style } = drawing;
  const rest = drawTitle(drawing, body.title, box);
  const arrows = style.icon("up").width + 3;
  const area = inset({ ...rest, width: rest.width - arrows }, style.margin);
  const lines = wrapAll(fontRuler(style.body), body.paragraphs, area.width);
  const count = Math.max(1, Math.floor(rest.height / style.rowHeight));
  const first = Math.max(0, Math.min(body.scroll, lines.length - count));
  lines.slice(first, first + count).forEach((line, index) => {
    drawRowText(sheet, line, rowOf(area, index, style.rowHeight), style.body, "ink");
  });
  if (lines.length > count) drawArrows(drawing, rest, first > 0, first + count < lines.length);
}

/** Title, a box with the text and a caret, how keys are taken, a hint. */
export function drawEntry(drawing: Drawing, body: Of<"entry">, box: Box): void {
  const { sheet, style } = drawing;
  const { rowHeight, small } = style;
  const rest = inset(drawTitle(drawing, body.title, box), style.margin);
  const head = inset(rowOf(box, 0, rowHeight), style.margin);
  const mode = body.isLetters ? "abc" : "123";
  const baseline = centred(head, style.title);
  sheet.write(mode, { ...head, baseline, font: small, ink: "dim", align: "right" });
  const field = { ...rest, y: rest.y + 1, height: rowHeight + 4 };
  sheet.canvas.outline(field, "ink");
  const caret = 2;
  const room = { ...inset(field, 4), width: field.width - 8 - caret - 1 };
  const end = drawRowText(sheet, body.text, room, style.party, "ink", { keep: "end" });
  sheet.canvas.fill({ x: end + 1, y: field.y + 3, width: caret, height: field.height - 6 }, "accent");
  const hints = { ...rest, y: field.y + field.height + 1 };
  const left = Math.floor((rest.y + rest.height - hints.y) / rowHeight);
  const lines = wrap(fontRuler(small), body.hint, rest.width).slice(0, Math.max(0, left));
  lines.forEach((line, index) => {
    drawRowText(sheet, line, rowOf(hints, index, rowHeight), small, "dim");
  });
}

/** Title, a bar, and its value. */
export function drawGauge(drawing: Drawing, body: Of<"gauge">, box: Box): void {
  const { sheet, style } = drawing;
  const { rowHeight } = style;
  const rest = inset(drawTitle(drawing, body.title, box), style.margin);
  const bar = { ...rest, y: rest.y + Math.floor(rowHeight / 4), height: Math.round(rowHeight * 0.8) };
  sheet.canvas.outline(bar, "ink");
  const inner = Math.round(((bar.width - 4) * Math.max(0, Math.min(100, body.percent))) / 100);
  sheet.canvas.fill({ x: bar.x + 2, y: bar.y + 2, width: inner, height: bar.height - 4 }, "accent");
  const row = { ...bar, y: bar.y + bar.height + 1, height: rowHeight };
  drawRowText(sheet, body.value, row, style.body, "ink", { align: "centre" });
}
