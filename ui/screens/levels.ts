// Pictures of four greys on a canvas: pixel by pixel, larger or thinned out, cut to a box.
import type { Picture } from "#firmware/call/facts.ts";
import type { Box, Canvas } from "#ui/text/canvas.ts";
import type { Ink } from "#ui/text/theme.ts";

/** By level: paper is what is there already. */
const inkOf: readonly (Ink | undefined)[] = [undefined, "faint", "dim", "ink"];
/** Ornaments are fainter on a colour panel than a picture may be. */
const colourOf: readonly (Ink | undefined)[] = [undefined, "rule", "dim", "ink"];

/** On a panel of black and white greys are made of dots: one in four, one in two. */
function dotted(level: number, x: number, y: number): Ink | undefined {
  const isDot = level === 3 || (level === 2 ? (x + y) % 2 === 0 : level === 1 && x % 2 === 0 && y % 2 === 0);
  return isDot ? "ink" : undefined;
}

/** Where a picture goes. */
export interface Placing {
  /** Of the picture's upper left pixel, in pixels of the panel; may lie outside the box. */
  readonly x: number;
  readonly y: number;
  /** Nothing is drawn outside. */
  readonly box: Box;
  /** Each pixel as a square of so many; 1 unless said. */
  readonly times?: number;
  /** Only every n-th pixel; 1 unless said. */
  readonly every?: number;
}

/** Draws all of the picture that lies in the box. */
export function drawLevels(canvas: Canvas, { width, height, levels }: Picture, placing: Placing): void {
  const { x, y, box, times = 1, every = 1 } = placing;
  const { depthBits } = canvas.geometry;
  for (let down = 0; down * every < height; down++) {
    for (let across = 0; across * every < width; across++) {
      const level = levels[down * every * width + across * every] ?? 0;
      const ink =
        depthBits === 1 ? dotted(level, across, down) : (depthBits === 24 ? colourOf : inkOf)[level];
      if (ink === undefined) continue;
      const left = Math.max(box.x, x + across * times);
      const top = Math.max(box.y, y + down * times);
      const right = Math.min(box.x + box.width, x + (across + 1) * times);
      const bottom = Math.min(box.y + box.height, y + (down + 1) * times);
      if (right > left && bottom > top)
        canvas.fill({ x: left, y: top, width: right - left, height: bottom - top }, ink);
    }
  }
}
