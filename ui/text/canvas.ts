// A picture made of inks, turned into panel values at the end. Drawing outside the picture draws nothing.
import type { PixelGeometry } from "#hal/contract/panel.ts";
import type { Font } from "./font.ts";
import type { Icon } from "./icons.ts";
import { type Ink, inks, themeFor } from "./theme.ts";

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels of one panel while a screen is drawn on it. */
export class Canvas {
  readonly geometry: PixelGeometry;
  readonly #marks: Uint8Array;

  constructor(geometry: PixelGeometry) {
    this.geometry = geometry;
    this.#marks = new Uint8Array(geometry.width * geometry.height);
  }

  fill(box: Box, ink: Ink): void {
    const { width, height } = this.geometry;
    const value = inks.indexOf(ink);
    const right = Math.min(box.x + box.width, width);
    const left = Math.max(box.x, 0);
    if (right <= left) return;
    for (let y = Math.max(box.y, 0); y < Math.min(box.y + box.height, height); y++)
      this.#marks.fill(value, y * width + left, y * width + right);
  }

  /** A box with its four corner pixels left out: small tabs look round. */
  fillRound(box: Box, ink: Ink): void {
    this.fill({ ...box, x: box.x + 1, width: box.width - 2 }, ink);
    this.fill({ ...box, y: box.y + 1, height: box.height - 2 }, ink);
  }

  /** The edge of a box, one pixel wide. */
  outline(box: Box, ink: Ink): void {
    this.fill({ ...box, height: 1 }, ink);
    this.fill({ ...box, y: box.y + box.height - 1, height: 1 }, ink);
    this.fill({ ...box, width: 1 }, ink);
    this.fill({ ...box, x: box.x + box.width - 1, width: 1 }, ink);
  }

  /** Writes with the pen at `x` on `baseline`; returns where the pen ends. */
  text(x: number, baseline: number, text: string, font: Font, ink: Ink): number {
    let pen = x;
    for (const character of text) {
      const glyph = font.glyph(character);
      this.#bits(pen + glyph.left, baseline - glyph.top, glyph.width, glyph.rows, ink);
      pen += glyph.advance;
    }
    return pen;
  }

  /** Draws an icon with its upper left corner at x, y. */
  icon(x: number, y: number, icon: Icon, ink: Ink): void {
    this.#bits(x, y, icon.width, icon.rows, ink);
  }

  /** The panel's values, row by row. */
  pixels(): Uint8Array | Uint32Array {
    const theme = themeFor(this.geometry.depthBits);
    const values = inks.map((ink) => theme[ink]);
    const count = this.#marks.length;
    const pixels = this.geometry.depthBits === 24 ? new Uint32Array(count) : new Uint8Array(count);
    for (let at = 0; at < count; at++) pixels[at] = values[this.#marks[at] ?? 0] ?? 0;
    return pixels;
  }

  #bits(x: number, y: number, width: number, rows: readonly number[], ink: Ink): void {
    const panel = this.geometry;
    const value = inks.indexOf(ink);
    rows.forEach((row, down) => {
      const at = y + down;
      if (at < 0 || at >= panel.height || row === 0) return;
      for (let across = 0; across < width; across++) {
        const to = x + across;
        if (to < 0 || to >= panel.width) continue;
        if (Math.floor(row / 2 ** (width - 1 - across)) % 2 === 1) this.#marks[at * panel.width + to] = value;
      }
    });
  }
}
