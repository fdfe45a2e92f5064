// Frames as PNG pictures: pixels enlarged, grey panels in the colours of a reflective LCD, cells as characters on a
// simulated character panel.
import { PNG } from "pngjs";
import type { Frame, PanelGeometry } from "#hal/contract/panel.ts";
import { fonts } from "#ui/text/fonts.ts";

/** A picture of 0xRRGGBB values. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
}

const lcdInks = [0xcfd6c4, 0x9aa392, 0x5c6459, 0x1c211d];

/** The frame as it looks, one picture pixel per panel pixel. */
export function pictureOf(frame: Frame, geometry: PanelGeometry): Picture {
  if (frame.kind === "pixels" && geometry.kind === "pixels") {
    const { width, height, depthBits } = geometry;
    const inks = depthBits === 1 ? [lcdInks[0], lcdInks[3]] : lcdInks;
    const colour = (value: number): number => (depthBits === 24 ? value : (inks[value] ?? 0));
    return { width, height, pixels: Uint32Array.from(frame.pixels, colour) };
  }
  if (frame.kind === "cells" && geometry.kind === "cells") return cellPicture(frame.cells, geometry.columns);
  throw new Error(`a frame of ${frame.kind} on a panel of ${geometry.kind}`);
}

function cellPicture(cells: readonly string[], columns: number): Picture {
  const [cellWidth, cellHeight] = [10, 16];
  const [width, height] = [columns * cellWidth + 8, cells.length * cellHeight + 8];
  const pixels = new Uint32Array(width * height).fill(0x1d3a8f);
  cells.forEach((row, down) => {
    [...row].forEach((character, across) => {
      const [left, top] = [4 + across * cellWidth, 4 + down * cellHeight];
      for (let y = 0; y < cellHeight - 1; y++)
        pixels.fill(0x24459f, (top + y) * width + left, (top + y) * width + left + cellWidth - 1);
      const glyph = fonts.sans12.glyph(character);
      glyph.rows.forEach((bits, y) => {
        for (let x = 0; x < glyph.width; x++)
          if ((bits >> (glyph.width - 1 - x)) & 1)
            pixels[(top + 12 - glyph.top + y) * width + left + Math.max(0, (9 - glyph.width) >> 1) + x] =
              0xe8efff;
      });
    });
  });
  return { width, height, pixels };
}

/** Each pixel as a square of `times` × `times`. */
export function enlarge(picture: Picture, times: number): Picture {
  const width = picture.width * times;
  const height = picture.height * times;
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      pixels[y * width + x] =
        picture.pixels[Math.floor(y / times) * picture.width + Math.floor(x / times)] ?? 0;
  return { width, height, pixels };
}

/** Pictures of one size side by side, `columns` in a row, each with its name below. */
export function contactSheet(
  items: readonly (readonly [name: string, picture: Picture])[],
  columns: number,
): Picture {
  const [, first] = items[0] ?? [];
  if (first === undefined) return { width: 1, height: 1, pixels: new Uint32Array(1) };
  const [cellWidth, cellHeight] = [first.width + 12, first.height + 28];
  const width = cellWidth * columns;
  const height = cellHeight * Math.ceil(items.length / columns);
  const pixels = new Uint32Array(width * height).fill(0x2b2f33);
  items.forEach(([name, picture], index) => {
    const left = (index % columns) * cellWidth + 6;
    const top = Math.floor(index / columns) * cellHeight + 6;
    for (let y = 0; y < picture.height; y++)
      pixels.set(
        picture.pixels.subarray(y * picture.width, (y + 1) * picture.width),
        (top + y) * width + left,
      );
    label(pixels, width, left, top + picture.height + 14, name);
  });
  return { width, height, pixels };
}

function label(pixels: Uint32Array, width: number, left: number, baseline: number, text: string): void {
  let pen = left;
  for (const character of text) {
    const glyph = fonts.sans12.glyph(character);
    glyph.rows.forEach((bits, y) => {
      for (let x = 0; x < glyph.width; x++)
        if ((bits >> (glyph.width - 1 - x)) & 1)
          pixels[(baseline - glyph.top + y) * width + pen + glyph.left + x] = 0xdfe3e8;
    });
    pen += glyph.advance;
  }
}

/** The bytes of a PNG file. */
export function pngBytes(picture: Picture): Buffer {
  const png = new PNG({ width: picture.width, height: picture.height });
  picture.pixels.forEach((value, at) => {
    png.data[at * 4] = value >> 16;
    png.data[at * 4 + 1] = (value >> 8) & 0xff;
    png.data[at * 4 + 2] = value & 0xff;
    png.data[at * 4 + 3] = 0xff;
  });
  return PNG.sync.write(png);
}
