// A screen as a drawing of its rows, to be compared with one in the test.
import type { Frame, PanelGeometry } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { panels } from "#test/screens/panels.ts";
import { render } from "#ui/screens/render.ts";
import type { Seen } from "#ui/screens/seen.ts";
import { turnMs } from "#ui/screens/turns.ts";

/** The geometry of a panel whose name begins so. */
export function panel(start: string): PanelGeometry {
  const found = panels.find(([name]) => name.startsWith(start));
  if (found === undefined) throw new Error(`no panel ${start}`);
  return found[1];
}

/** Renders for the 7960's panel unless told otherwise. */
export function frameOf(seen: Seen, start = "7960"): Frame {
  return render(seen, panel(start)).frame;
}

/** The rows, then the line labels with `|` before each, then the soft keys in brackets; empty ones at the end left out. */
export function drawing(seen: Seen, start = "7960"): string[] {
  const { text } = frameOf(seen, start);
  const lines = text.lines.filter((label) => label !== "").map((label) => `| ${label}`);
  const keys = text.softkeys.map((label) => `[${label}]`).join(" ");
  return [...text.rows, ...lines, ...(text.softkeys.some((label) => label !== "") ? [keys] : [])];
}

/** The rows of every turn of a screen whose texts take turns, from the first turn on. */
export function everyTurn(seen: Seen, start = "7960"): string[][] {
  const turns: string[][] = [];
  const geometry = panel(start);
  let now = 0 as MonoMs;
  for (let turn = 0; turn < 40; turn++) {
    const { frame, again } = render({ ...seen, now }, geometry);
    const rows = [...frame.text.rows];
    if (turns.length > 0 && turns[0]?.join() === rows.join()) break;
    turns.push(rows);
    if (again === undefined || again > now + turnMs) break;
    now = again;
  }
  return turns;
}
