// A picture that knows what it says: everything written on it is also kept as text, as a person would read it.
import type { FrameText, PixelGeometry } from "#hal/contract/panel.ts";
import { Canvas } from "./canvas.ts";
import type { Font } from "./font.ts";
import { fontRuler, truncate, truncateStart } from "./ruler.ts";
import type { Ink } from "./theme.ts";

/** Where a text belongs when the screen is read: in its row, or to a soft key or line key (from 0). */
export type Area =
  | { readonly kind: "row" }
  | { readonly kind: "softkey"; readonly index: number }
  | { readonly kind: "line"; readonly index: number };

export interface Writing {
  /** Left edge of the room for the text; with `width` it is cut or aligned within that room. */
  readonly x: number;
  readonly baseline: number;
  readonly width: number;
  readonly font: Font;
  readonly ink: Ink;
  readonly align?: "left" | "centre" | "right";
  /** Which part of a text that is too long stays; the beginning unless said. */
  readonly keep?: "start" | "end";
  readonly area?: Area;
}

interface Written {
  readonly x: number;
  readonly end: number;
  readonly baseline: number;
  readonly gap: number;
  readonly text: string;
}

/** One screen while it is drawn: pixels, and the text that they show. */
export class Sheet {
  readonly canvas: Canvas;
  readonly #rows: Written[] = [];
  readonly #softkeys: string[];
  readonly #lines: string[];

  constructor(geometry: PixelGeometry, softkeyCount: number, lineCount: number) {
    this.canvas = new Canvas(geometry);
    this.#softkeys = new Array<string>(softkeyCount).fill("");
    this.#lines = new Array<string>(lineCount).fill("");
  }

  /** Writes one line of text, cut to its room; returns the x where it ends. */
  write(text: string, how: Writing): number {
    const ruler = fontRuler(how.font);
    const cut = how.keep === "end" ? truncateStart : truncate;
    const shown = cut(ruler, text, how.width);
    if (shown === "") return how.x;
    const spare = how.width - ruler.width(shown);
    const shift = how.align === "right" ? spare : how.align === "centre" ? Math.floor(spare / 2) : 0;
    const x = how.x + Math.max(0, shift);
    const end = this.canvas.text(x, how.baseline, shown, how.font, how.ink);
    this.#remember(shown.trim(), x, end, how);
    return end;
  }

  /** What has been written so far. */
  text(): FrameText {
    const baselines = [...new Set(this.#rows.map((item) => item.baseline))].sort((a, b) => a - b);
    const rows = baselines.map((baseline) =>
      joinRow(this.#rows.filter((item) => item.baseline === baseline).sort((a, b) => a.x - b.x)),
    );
    return { rows, softkeys: [...this.#softkeys], lines: [...this.#lines] };
  }

  #remember(text: string, x: number, end: number, how: Writing): void {
    const area = how.area ?? { kind: "row" };
    if (area.kind === "softkey") this.#softkeys[area.index] = text;
    else if (area.kind === "line") this.#lines[area.index] = text;
    else if (text !== "") this.#rows.push({ x, end, baseline: how.baseline, gap: how.font.ascent, text });
  }
}

/** Words that stand close together are one text; a wide gap reads as two spaces. */
function joinRow(items: readonly Written[]): string {
  let row = "";
  let last: Written | undefined;
  for (const item of items) {
    if (last !== undefined) row += item.x - last.end <= last.gap ? " " : "  ";
    row += item.text;
    last = item;
  }
  return row;
}
