// A frame as a PNG, as the panel shows it.
import { PNG } from "pngjs";
import type { Frame, PanelGeometry } from "#hal/contract/panel.ts";

/** Size of one character cell where a character panel is drawn. */
const cell = { width: 8, height: 16 } as const;

/** Pixels of the panel; a character panel gives an empty picture of its size, its text is in `show lcd`. */
export function encodePicture(geometry: PanelGeometry, frame: Frame): Uint8Array {
  if (geometry.kind === "cells" || frame.kind === "cells") {
    const [columns, rows] = geometry.kind === "cells" ? [geometry.columns, geometry.rows] : [0, 0];
    return PNG.sync.write(
      new PNG({ width: Math.max(1, columns * cell.width), height: Math.max(1, rows * cell.height) }),
    );
  }
  const { width, height, depthBits } = geometry;
  const png = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) {
    const rgb = colourOf(frame.pixels[i] ?? 0, depthBits);
    png.data.writeUInt32BE((rgb * 0x100 + 0xff) >>> 0, i * 4);
  }
  return PNG.sync.write(png);
}

/** 0 is white and the highest value black on grey panels; colour panels hold the colour itself. */
function colourOf(value: number, depthBits: 1 | 2 | 24): number {
  if (depthBits === 24) return value & 0xffffff;
  const darkest = depthBits === 1 ? 1 : 3;
  const grey = Math.round(255 * (1 - value / darkest));
  return grey * 0x010101;
}
