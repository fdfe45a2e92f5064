// Draws the middle of a screen on a pixel panel: messages and the idle phone.
import type { Box } from "#ui/text/canvas.ts";
import { fontRuler, paginate, wrap } from "#ui/text/ruler.ts";
import { type Drawing, drawIcon, drawRowText, indented, inset, rowOf } from "./draw-row.ts";
import { drawLogo } from "./logo.ts";
import { drawMark } from "./mark.ts";
import type { Body, IdleNote, LineMark } from "./screen.ts";

type Of<Kind extends Body["kind"]> = Extract<Body, { kind: Kind }>;

/** Heading with icon, running text, countdown, and how far the boot has come. */
export function drawMessage(drawing: Drawing, body: Of<"message">, box: Box): void {
  const { sheet, style, turns } = drawing;
  const { rowHeight, title, body: font } = style;
  const inner = inset({ ...box, height: box.height - drawBootProgress(drawing, body, box) }, style.margin);
  const icon = body.icon === undefined ? undefined : style.icon(body.icon);
  const indent = icon === undefined ? 0 : icon.width + style.margin + 2;
  const titles = wrap(fontRuler(title), body.title, inner.width - indent);
  const texts = wrap(fontRuler(font), body.text, inner.width);
  const fixed = titles.length + (body.countdown === "" ? 0 : 1);
  const pages = paginate(texts, Math.max(1, Math.floor((inner.height - 1) / rowHeight) - fixed));
  const page = pages[turns.pick(pages.length)] ?? [];
  const spare = inner.height - (fixed + (pages[0]?.length ?? 0)) * rowHeight;
  const top = Math.max(1, Math.min(Math.floor(spare / 2), rowHeight));
  const area = { ...inner, y: inner.y + top };
  titles.forEach((line, index) => {
    const row = rowOf(area, index, rowHeight);
    if (index === 0 && icon !== undefined) drawIcon(sheet, icon, inner.x, row, body.ink);
    drawRowText(sheet, line, indented(row, indent), title, body.ink);
  });
  page.forEach((line, index) => {
    drawRowText(sheet, line, rowOf(area, titles.length + index, rowHeight), font, "ink");
  });
  if (body.countdown === "") return;
  const last = rowOf(area, titles.length + page.length, rowHeight);
  const bottom = inner.y + inner.height - rowHeight;
  drawRowText(sheet, body.countdown, { ...last, y: Math.min(last.y, bottom) }, font, "dim");
}

/** Draws the blocks of the boot's phases at the foot of the box; returns the height they take. */
function drawBootProgress(drawing: Drawing, body: Of<"message">, box: Box): number {
  const { style, sheet } = drawing;
  // Where there are few rows, what is wrong matters more than how far the boot came.
  const isCramped = body.icon !== undefined && box.height < 5 * style.rowHeight;
  if (body.progress === undefined || isCramped) return 0;
  const height = Math.max(5, Math.round(style.rowHeight * 0.6));
  const taken = height + style.margin;
  drawProgress(
    drawing,
    body.progress,
    inset({ ...box, y: box.y + box.height - taken, height }, style.margin),
  );
  const width = Math.floor(box.width / 4);
  if (body.icon === undefined)
    drawMark(sheet.canvas, { ...box, x: box.x + box.width - width, width, height: box.height - taken });
  return taken;
}

/** One block a phase: done, going on, still to come. */
function drawProgress(drawing: Drawing, progress: { done: number; total: number }, box: Box): void {
  const { canvas } = drawing.sheet;
  const gap = 2;
  const pitch = box.width / progress.total;
  for (let index = 0; index < progress.total; index++) {
    const x = box.x + Math.round(index * pitch);
    const width = box.x + Math.round((index + 1) * pitch) - gap - x;
    const block = { ...box, x, width };
    if (index < progress.done) canvas.fill(block, "accent");
    else canvas.outline(block, "dim");
    if (index === progress.done) canvas.fill({ ...block, width: Math.ceil(width / 2) }, "accent");
  }
}

/** Notes from the top; a server's text; or the product's mark where there is nothing to say. */
export function drawIdle(drawing: Drawing, body: Of<"idle">, lines: readonly LineMark[], box: Box): void {
  const { sheet, style, turns } = drawing;
  const { rowHeight } = style;
  if (body.notes.length === 0 && body.text === "") {
    if (body.logo !== undefined) drawLogo(sheet.canvas, body.logo, box);
    else if (style.lines.width === 0) drawLineGrid(drawing, lines, box);
    else drawMark(sheet.canvas, box);
    return;
  }
  const area = inset({ ...box, y: box.y + 2, height: box.height - 2 }, style.margin);
  const capacity = Math.max(1, Math.floor(area.height / rowHeight));
  const texts = wrap(fontRuler(style.body), body.text, area.width).slice(0, capacity);
  texts.forEach((line, index) => {
    drawRowText(sheet, line, rowOf(area, index, rowHeight), style.body, "ink");
  });
  const room = Math.max(0, capacity - texts.length);
  if (room === 0) return;
  const groups = paginate(
    body.notes.map((_, index) => String(index)),
    room,
  );
  const group = groups[turns.pick(groups.length)] ?? [];
  let used = texts.length;
  let spare = room - group.length;
  for (const index of group) {
    const note = body.notes[Number(index)];
    if (note === undefined) continue;
    const extra = drawNote(drawing, note, { ...area, y: area.y + used * rowHeight }, spare);
    used += 1 + extra;
    spare -= extra;
  }
}

/** A note's words, and below them why and what to do, in turns where `spare` rows are too few; returns the rows it took. */
function drawNote(drawing: Drawing, note: IdleNote, area: Box, spare: number): number {
  const { sheet, style, turns } = drawing;
  const { rowHeight } = style;
  drawIcon(sheet, style.icon(note.icon), area.x, rowOf(area, 0, rowHeight), note.ink);
  const text = indented(area, style.icon("phone").width + style.margin + 2);
  const heading = wrap(fontRuler(style.bold), note.text, text.width).slice(0, 1 + spare);
  const room = spare - heading.length + 1;
  const pages = room < 1 ? [[]] : paginate(wrap(fontRuler(style.small), note.more, text.width), room);
  const more = pages[turns.pick(pages.length)] ?? [];
  heading.forEach((line, index) => {
    drawRowText(sheet, line, rowOf(text, index, rowHeight), style.bold, "ink");
  });
  more.forEach((line, index) => {
    drawRowText(sheet, line, rowOf(text, heading.length + index, rowHeight), style.small, "ink");
  });
  return heading.length + more.length - 1;
}

/** Where there is no column for them, an idle phone shows its lines in the middle, two beside each other. */
function drawLineGrid(drawing: Drawing, lines: readonly LineMark[], box: Box): void {
  const { sheet, style } = drawing;
  const { margin, rowHeight } = style;
  const half = Math.floor(box.width / 2);
  const rows = Math.max(1, Math.floor(box.height / rowHeight));
  lines.forEach((line, index) => {
    if (line.label === "" || line.icon === undefined || index >= rows * 2) return;
    const column = inset(
      { ...box, x: box.x + (index >= rows ? half : 0), y: box.y + 1, width: half },
      margin,
    );
    const row = rowOf(column, index % rows, rowHeight);
    const icon = style.icon(line.icon);
    drawIcon(sheet, icon, row.x, row, line.ink);
    const area = { kind: "line", index } as const;
    drawRowText(sheet, line.label, indented(row, icon.width + 2), style.body, "ink", { area });
  });
}
