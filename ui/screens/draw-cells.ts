// Draws a screen on a character panel. The last row is for the soft keys where there are any; what does not fit into the
// rest is shown in turns.
import type { CellGeometry, Frame } from "#hal/contract/panel.ts";
import {
  cellRuler,
  fitting,
  labelLines,
  paginate,
  truncate,
  truncateStart,
  wrap,
  wrapAll,
} from "#ui/text/ruler.ts";
import { listWindow, tallWindow } from "./list-window.ts";
import type { Body, CallRow, FieldRow, Header, Screen } from "./screen.ts";
import { softkeyCount } from "./softkeys.ts";
import type { Turns } from "./turns.ts";

type Of<Kind extends Body["kind"]> = Extract<Body, { kind: Kind }>;

/** Characters that no character panel has, and what stands for them there. */
const mark = "~";

/** The rows of a screen, and the same as text. */
export function drawCells(screen: Screen, geometry: CellGeometry, turns: Turns): Frame {
  const { columns, rows } = geometry;
  const softkeys = screen.softkeys.map((label) => fitting(cellRuler, label, keyWidth(columns)));
  // A sentence needs both rows of a small panel; Status and Restart are in the menus and on the keypad, too.
  const isCramped = rows <= 2 && screen.body.kind === "message";
  const hasKeys = !isCramped && softkeys.some((label) => label !== "");
  const count = hasKeys ? rows - 1 : rows;
  const content = contentRows(screen, columns, count, turns)
    .slice(0, count)
    .map((row) => truncate(cellRuler, row, columns, mark));
  const cells = Array.from({ length: rows }, (_, row) => {
    if (hasKeys && row === rows - 1) return keyRow(softkeys, columns);
    return (content[row] ?? "").padEnd(columns);
  });
  const shown = content.map((row) => row.trim()).filter((row) => row !== "");
  const text = {
    rows: shown,
    softkeys: Array.from({ length: softkeyCount }, (_, index) => (hasKeys ? (softkeys[index] ?? "") : "")),
    lines: [],
  };
  return { kind: "cells", cells, text };
}

/** Four keys beside each other, at least one space between them. */
function keyWidth(columns: number): number {
  return Math.floor(columns / softkeyCount) - 1;
}

function keyRow(labels: readonly string[], columns: number): string {
  const pitch = Math.floor(columns / softkeyCount);
  return labels
    .map((label) => label.padEnd(pitch))
    .join("")
    .padEnd(columns);
}

/** The rows of the body; a page's prompt has none of its own: it takes turns with the heading, or its place. */
function contentRows(screen: Screen, columns: number, count: number, turns: Turns): string[] {
  const { body, prompt, urgency } = screen;
  const rows = bodyRows(screen, columns, count, turns);
  if (prompt === "" || body.kind === "message" || body.kind === "idle" || body.kind === "calls") return rows;
  const said = wrap(cellRuler, prompt, columns);
  const [heading = "", ...rest] = rows;
  const isSaidAlone = urgency === "note" || (urgency === "lasting" && count >= 3);
  if (count < 3 && urgency === undefined) return rows;
  const turn = isSaidAlone ? said : [heading, ...said];
  return [turn[turns.pick(turn.length)] ?? "", ...rest];
}

function bodyRows(screen: Screen, columns: number, count: number, turns: Turns): string[] {
  const { body } = screen;
  switch (body.kind) {
    case "message":
      return messageRows(body, columns, count, turns);
    case "idle":
      return idleRows(screen, body, columns, count, turns);
    case "calls":
      return callRows(screen, body, columns, count, turns);
    case "list":
      return listRows(body, columns, count, turns);
    case "text":
      return textRows(body, columns, count);
    case "entry": {
      const mode = body.isLetters ? "abc" : "123";
      const text = `${truncateStart(cellRuler, body.text, columns - 1, mark)}_`;
      return count === 1
        ? [text]
        : [spread(body.title, mode, columns), text, cellRuler.width(body.hint) <= columns ? body.hint : ""];
    }
    case "fields":
      return fieldRows(body, columns, count);
    case "picture":
      return pictureRows(body, columns, count);
    case "gauge":
      return count === 1
        ? [spread(body.title, body.value, columns)]
        : [body.title, bar(body.percent, body.value, columns)];
  }
}

/** Heading and text as one, page by page. */
function messageRows(body: Of<"message">, columns: number, count: number, turns: Turns): string[] {
  const heading = /[.!?:]$/.test(body.title) || body.text === "" ? body.title : `${body.title}.`;
  const lines = wrap(cellRuler, `${heading} ${body.text}`, columns);
  const isRoomy = count > 2 && body.countdown !== "";
  if (!isRoomy && body.countdown !== "") lines.push(body.countdown);
  const pages = paginate(lines, isRoomy ? count - 1 : count);
  const page = pages[turns.pick(pages.length)] ?? [];
  return isRoomy ? [...page, body.countdown] : page;
}

function idleRows(screen: Screen, body: Of<"idle">, columns: number, count: number, turns: Turns): string[] {
  const top = headerRow(screen.header, columns);
  const notes = body.notes.map(({ text, more }) => (more === "" ? text : `${text}. ${more}`));
  const said = [body.text, ...notes, screen.prompt];
  const lines = said.flatMap((text) => wrap(cellRuler, text, columns));
  if (count >= 2) {
    const pages = paginate(lines, count - 1);
    return [top, ...(pages[turns.pick(pages.length)] ?? [])];
  }
  const isQuiet = body.text === "" && body.notes.length === 0;
  const all = isQuiet ? [top] : [top, ...lines];
  return [all[turns.pick(all.length)] ?? top];
}

function headerRow(header: Header | undefined, columns: number): string {
  if (header === undefined) return "";
  const date = cellRuler.width(`${header.time} ${header.date} ${header.label}`) <= columns ? header.date : "";
  return spread(`${header.time} ${date}`.trim(), header.label, columns);
}

function callRows(screen: Screen, body: Of<"calls">, columns: number, count: number, turns: Turns): string[] {
  const selected = body.calls.find((call) => call.isSelected) ?? body.calls[0];
  if (selected === undefined) return [];
  const others = body.calls.filter((call) => call !== selected);
  if (count === 1) {
    const turn = singleRowTurns(screen, selected, columns);
    const all = [...turn, ...others.map((call) => callRow(call, columns))];
    return [all[turns.pick(all.length)] ?? ""];
  }
  const head = selected.isTyping
    ? callRow(selected, columns)
    : spread(selected.party, selected.timer, columns);
  const spare = count - 1 - others.length;
  const below = [...stateRows(selected, columns, spare), ...others.map((call) => callRow(call, columns))];
  const rows = [head, ...below].slice(0, count);
  const isNew = screen.prompt !== "" && screen.prompt !== selected.state;
  const pages = paginate(
    isNew ? wrap(cellRuler, screen.prompt, columns) : [],
    Math.max(1, count - rows.length),
  );
  return rows.length === count ? rows : [...rows, ...(pages[turns.pick(pages.length)] ?? [])];
}

/** Number and state in one row if both fit whole, else in two, else the one that says more. */
function stateRows(call: CallRow, columns: number, spare: number): string[] {
  if (call.isTyping) return call.detail === "" ? [] : [call.detail];
  if (cellRuler.width(`${call.detail} ${call.state}`) <= columns)
    return [spread(call.detail, call.state, columns)];
  if (spare >= 2) return [call.detail, call.state];
  return [call.icon === "ringing" ? call.detail : call.state];
}

/** With one row for a call: who and how long together, else who and in which state in turns. */
function singleRowTurns(screen: Screen, call: CallRow, columns: number): string[] {
  if (call.isTyping) return [call.party === "" ? screen.prompt : callRow(call, columns)];
  const fits = cellRuler.width(`${call.party} ${call.state}`) <= columns;
  if (call.timer !== "" || fits) return [callRow(call, columns)];
  return [truncate(cellRuler, call.party, columns, mark), call.state];
}

/** Who, and at the right how long or in which state. */
function callRow(call: CallRow, columns: number): string {
  if (call.isTyping) return `${truncateStart(cellRuler, call.party, columns - 1, mark)}_`;
  return spread(call.party, call.timer === "" ? call.state : call.timer, columns);
}

function listRows(body: Of<"list">, columns: number, count: number, turns: Turns): string[] {
  const title = count >= 3 ? [body.title] : [];
  if (body.rows.length === 0) return [...title, body.whenEmpty];
  if ((body.linesPerRow ?? 1) > 1) return [...title, ...tallRows(body, columns, count - title.length)];
  const { first, rows } = listWindow(body.rows, body.selected, count - title.length);
  const lines = rows.map((row, index) => {
    const pointer = first + index === body.selected ? ">" : " ";
    const number = row.number === "" ? "" : `${row.number} `;
    const isCut = cellRuler.width(row.value) > valueRoom(columns);
    if (pointer === ">" && isCut && turns.pick(2) === 1) return `>${row.value}`; // now and then whole, without its label
    return spread(`${pointer}${number}${row.label}`, row.value, columns);
  });
  return [...title, ...lines];
}

/** Long labels go on in the next row where there is one. */
function tallRows(body: Of<"list">, columns: number, count: number): string[] {
  const most = Math.min(count, body.linesPerRow ?? 1);
  const labels = body.rows.map(({ number, label }) =>
    labelLines(cellRuler, `${number} ${label}`, { width: columns - 1, lines: most }, mark),
  );
  const { first, last } = tallWindow(
    labels.map((lines) => lines.length),
    body.selected,
    count,
  );
  return labels.slice(first, last + 1).flatMap((lines, index) => {
    const pointer = first + index === body.selected ? ">" : " ";
    return lines.map((line, at) => `${at === 0 ? pointer : " "}${line}`);
  });
}

/** The chosen field's name and value in two rows where they do not fit in one. */
function fieldRows(body: Of<"fields">, columns: number, count: number): string[] {
  const room = count >= 3 ? count - 1 : count;
  const chosen = body.rows[body.selected];
  const title = count >= 3 ? [spread(body.title, chosen?.isLetters === true ? "abc" : "123", columns)] : [];
  const short = (row: FieldRow): string => (row.label === "" ? row.text : `${row.label}: ${row.text}`);
  const isLong = chosen !== undefined && cellRuler.width(`>${short(chosen)}_`) > columns;
  const { first, rows } = listWindow(body.rows, body.selected, isLong && room > 1 ? room - 1 : room);
  const lines = rows.flatMap((row, index) => {
    if (first + index !== body.selected) return [` ${short(row)}`];
    if (!isLong) return [`>${short(row)}_`];
    const typed = `${truncateStart(cellRuler, row.text, columns - 2, mark)}_`;
    return room > 1 ? [`>${row.label}`, ` ${typed}`] : [`>${typed}`];
  });
  return [...title, ...lines.slice(0, room)];
}

/** A character panel has no pictures: what there is to choose, or that there is something to see elsewhere. */
function pictureRows(body: Of<"picture">, columns: number, count: number): string[] {
  const items = body.items.map(({ number, label }) => `${number} ${label}`);
  const paragraphs = items.length === 0 ? [body.whenNone] : items;
  return textRows({ kind: "text", title: body.title, paragraphs, scroll: body.scroll }, columns, count);
}

function textRows(body: Of<"text">, columns: number, count: number): string[] {
  const title = count >= 3 ? [body.title] : [];
  const lines = wrapAll(cellRuler, body.paragraphs, columns);
  const room = count - title.length;
  const first = Math.max(0, Math.min(body.scroll, lines.length - room));
  return [...title, ...lines.slice(first, first + room)];
}

/** So much of a row may be its right part. */
function valueRoom(columns: number): number {
  return Math.ceil(columns * 0.6);
}

/** Left and right in one row; the left one is cut where both do not fit. */
function spread(left: string, right: string, columns: number): string {
  if (right === "") return truncate(cellRuler, left, columns, mark);
  const end = truncate(cellRuler, right, left === "" ? columns : valueRoom(columns), mark);
  const room = columns - cellRuler.width(end) - 1;
  const start = truncate(cellRuler, left, Math.max(0, room), mark);
  return `${start}${" ".repeat(Math.max(0, columns - cellRuler.width(start) - cellRuler.width(end)))}${end}`;
}

function bar(percent: number, value: string, columns: number): string {
  const room = Math.max(0, columns - cellRuler.width(value) - 3);
  const filled = Math.round((room * Math.max(0, Math.min(100, percent))) / 100);
  return `[${"#".repeat(filled)}${" ".repeat(room - filled)}] ${value}`;
}
