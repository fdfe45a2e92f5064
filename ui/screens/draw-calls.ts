// Draws calls on a pixel panel: the selected one in up to three rows, the others in one each.
import type { Box } from "#ui/text/canvas.ts";
import { fontRuler } from "#ui/text/ruler.ts";
import { type Drawing, drawIcon, drawRowText, indented, inset, rowOf } from "./draw-row.ts";
import type { Body, CallRow } from "./screen.ts";

/** As many calls as there is room for, around the selected one. */
export function drawCalls(drawing: Drawing, body: Extract<Body, { kind: "calls" }>, box: Box): void {
  const { style } = drawing;
  const { rowHeight } = style;
  const partyHeight = style.party === style.bold ? rowHeight : Math.round(rowHeight * 1.2);
  const big = partyHeight + 2 * rowHeight;
  const others = Math.max(0, Math.floor((box.height - big) / rowHeight));
  const selected = Math.max(
    0,
    body.calls.findIndex((call) => call.isSelected),
  );
  const first = Math.max(0, Math.min(selected - Math.ceil(others / 2), body.calls.length - 1 - others));
  const area = inset(box, style.margin);
  let y = box.y + Math.min(style.margin, Math.max(0, Math.floor((box.height - big) / 3)));
  body.calls.slice(first, first + others + 1).forEach((call) => {
    const isBig = call.isSelected || body.calls.length === 1;
    const height = isBig ? big : rowHeight;
    if (isBig) drawCall(drawing, call, { ...area, y, height }, partyHeight);
    else drawCallLine(drawing, call, { ...area, y, height });
    y += height;
  });
}

function drawCall(drawing: Drawing, call: CallRow, box: Box, partyHeight: number): void {
  const { sheet, style } = drawing;
  const head = { ...box, height: partyHeight };
  drawIcon(sheet, style.icon(call.icon), box.x, head, call.ink);
  const text = indented(box, style.icon("phone").width + style.margin + 2);
  drawParty(drawing, call, { ...text, height: partyHeight });
  const below = { ...text, y: text.y + partyHeight };
  if (call.detail !== "")
    drawRowText(sheet, call.detail, rowOf(below, 0, style.rowHeight), style.body, "dim");
  drawState(drawing, call, rowOf(below, call.detail === "" ? 0 : 1, style.rowHeight));
}

/** The name or number; of digits being typed the end, with a caret after it. */
function drawParty(drawing: Drawing, call: CallRow, row: Box): void {
  const { sheet, style } = drawing;
  if (!call.isTyping) {
    drawRowText(sheet, call.party, row, style.party, "ink");
    return;
  }
  const caret = 2;
  const room = { ...row, width: row.width - caret - 2 };
  const end = drawRowText(sheet, call.party, room, style.party, "ink", { keep: "end" });
  sheet.canvas.fill({ x: end + 1, y: row.y + 2, width: caret, height: row.height - 4 }, "accent");
}

function drawState(drawing: Drawing, call: CallRow, row: Box): void {
  const { sheet, style } = drawing;
  const timerWidth = call.timer === "" ? 0 : fontRuler(style.body).width(call.timer) + 4;
  drawRowText(sheet, call.state, { ...row, width: row.width - timerWidth }, style.body, call.ink);
  if (call.timer !== "") drawRowText(sheet, call.timer, row, style.body, "ink", { align: "right" });
}

function drawCallLine(drawing: Drawing, call: CallRow, row: Box): void {
  const { sheet, style } = drawing;
  drawIcon(sheet, style.icon(call.icon), row.x, row, call.ink);
  const text = indented(row, style.icon("phone").width + style.margin + 2);
  const end = call.timer === "" ? call.state : call.timer;
  const endWidth = Math.min(fontRuler(style.body).width(end), Math.floor(text.width / 2));
  drawRowText(sheet, call.party, { ...text, width: text.width - endWidth - 4 }, style.body, "ink");
  drawRowText(sheet, end, indented(text, text.width - endWidth), style.body, "dim", { align: "right" });
}
