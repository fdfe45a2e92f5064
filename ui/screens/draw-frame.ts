// Draws what surrounds the body on a pixel panel: top row, line labels, prompt, soft keys.
import type { Box } from "#ui/text/canvas.ts";
import type { IconName } from "#ui/text/icons.ts";
import { fitting, fontRuler, wrap } from "#ui/text/ruler.ts";
import type { Sheet } from "#ui/text/sheet.ts";
import type { Ink } from "#ui/text/theme.ts";
import { centred, drawIcon, drawRowText, inset } from "./draw-row.ts";
import type { Header, LineMark, Screen } from "./screen.ts";
import { softkeyCount } from "./softkeys.ts";
import type { Style } from "./style.ts";
import type { Turns } from "./turns.ts";

/** Draws everything around the body and returns the room that is left for it. */
export function drawSurroundings(sheet: Sheet, screen: Screen, style: Style, turns: Turns): Box {
  const { width, height } = sheet.canvas.geometry;
  let top = 0;
  let bottom = height;
  // A picture of the services needs every row of the smallest panels.
  const isFull = height < 100 && screen.body.kind === "picture";
  if (screen.header !== undefined && !isFull) {
    top = style.head.height;
    drawHeader(sheet, screen.header, style, { x: 0, y: 0, width, height: top });
  }
  // Line keys stand still beside the panel: their labels must not move when a prompt or soft keys come and go.
  const isFixed = screen.lines !== undefined && style.lines.width > 0;
  if (isFixed || screen.softkeys.some((label) => label[0] !== "")) {
    bottom -= style.keys.height;
    drawKeys(sheet, screen, style, { x: 0, y: bottom, width, height: style.keys.height });
  }
  // On the smallest panels the sentence of a trouble needs the row more than the name of the phase does.
  const isCramped = height < 100 && screen.body.kind === "message" && bottom < height;
  const isLeftOut = isCramped || (isFull && screen.urgency === undefined);
  if (!isLeftOut && (isFixed || screen.prompt !== "")) {
    bottom -= style.prompt.height;
    const row = { x: 0, y: bottom, width, height: style.prompt.height };
    drawPrompt(sheet, screen.prompt, style, row, turns);
  }
  const right = screen.lines === undefined ? width : width - style.lines.width;
  if (screen.lines !== undefined && isFixed)
    drawLines(sheet, screen.lines, style, { x: right, y: top, width: width - right, height: bottom - top });
  return { x: 0, y: top, width: right, height: bottom - top };
}

/** Date, time, label in thirds; on a narrow panel time and label. All on one baseline. */
function drawHeader(sheet: Sheet, header: Header, style: Style, row: Box): void {
  const { font, bold } = style.head;
  sheet.canvas.fill(row, "headPaper");
  sheet.canvas.fill({ ...row, y: row.y + row.height - 1, height: 1 }, "rule");
  const inner = inset({ ...row, height: row.height - 1 }, style.margin);
  const isNarrow = row.width < 200;
  const third = Math.floor(inner.width / 3);
  const how = { baseline: centred(inner, font), font, ink: "headInk" } as const;
  sheet.write(isNarrow ? header.time : header.date, { ...how, x: inner.x, width: third });
  if (!isNarrow) sheet.write(header.time, { ...how, x: inner.x + third, width: third, align: "centre" });
  const room = isNarrow ? third * 2 - 4 : third;
  const right = inner.x + inner.width;
  sheet.write(header.label, { ...how, x: right - room, width: room, font: bold, align: "right" });
  const free = inner.x + Math.round(third * (isNarrow ? 0.8 : 1.6));
  let x = right - Math.min(fontRuler(bold).width(header.label), room);
  for (const icon of header.icons.map(style.icon)) {
    x -= icon.width + 3;
    if (x > free) drawIcon(sheet, icon, x, inner, "headInk");
  }
}

/** Four tabs; a key without function has none. */
function drawKeys(sheet: Sheet, screen: Screen, style: Style, row: Box): void {
  const { font, gap } = style.keys;
  const pitch = row.width / softkeyCount;
  const ruler = fontRuler(font);
  screen.softkeys.forEach((label, index) => {
    if (label[0] === "") return;
    const x = Math.round(index * pitch) + Math.ceil(gap / 2);
    const right = Math.round((index + 1) * pitch) - Math.floor(gap / 2);
    const tab = {
      x,
      y: row.y + Math.ceil(gap / 2),
      width: right - x,
      height: row.height - Math.ceil(gap / 2),
    };
    sheet.canvas.fillRound(tab, "keyPaper");
    const text = fitting(ruler, label, tab.width - 2);
    const how = { align: "centre", area: { kind: "softkey", index } } as const;
    drawRowText(sheet, text, inset(tab, 1), font, "keyInk", how);
  });
}

function drawPrompt(sheet: Sheet, prompt: string, style: Style, row: Box, turns: Turns): void {
  const { font } = style.prompt;
  sheet.canvas.fill({ ...row, height: 1 }, "rule");
  const inner = inset({ ...row, y: row.y + 1, height: row.height - 1 }, style.margin);
  const lines = wrap(fontRuler(font), prompt, inner.width);
  drawRowText(sheet, lines[turns.pick(lines.length)] ?? "", inner, font, "ink");
}

/** Labels right-aligned towards their keys, the icon at the edge. */
function drawLines(sheet: Sheet, lines: readonly LineMark[], style: Style, box: Box): void {
  const { canvas } = sheet;
  canvas.fill(box, "sidePaper");
  canvas.fill({ ...box, width: 1 }, "rule");
  const pitch = box.height / Math.max(lines.length, 6);
  lines.forEach((line, index) => {
    const y = box.y + Math.round(index * pitch);
    const height = box.y + Math.round((index + 1) * pitch) - y;
    const row = { x: box.x + 1, y, width: box.width - 1, height };
    if (line.label === "" && line.icon === undefined) return;
    if (line.isSelected) canvas.fill({ ...row, height: height - (height > 20 ? 2 : 1) }, "faint");
    drawLine(sheet, line, index, style, row);
  });
}

function drawLine(sheet: Sheet, line: LineMark, index: number, style: Style, row: Box): void {
  const edge = Math.max(2, Math.floor(style.margin / 2));
  let right = row.x + row.width - edge;
  for (const [name, ink] of lineIcons(line)) {
    const icon = style.icon(name);
    right -= icon.width;
    drawIcon(sheet, icon, right, row, ink);
    right -= edge + 1;
  }
  const x = row.x + edge;
  const how = { align: "right", area: { kind: "line", index } } as const;
  drawRowText(sheet, line.label, { ...row, x, width: right - x }, style.lines.font, "ink", how);
}

function lineIcons(line: LineMark): (readonly [IconName, Ink])[] {
  const icons: (readonly [IconName, Ink])[] = [];
  if (line.icon !== undefined) icons.push([line.icon, line.ink]);
  if (line.badge !== undefined) icons.push([line.badge, "accent"]);
  return icons;
}
