// A site's own picture in the middle of an idle screen, instead of the product's mark; smaller where it does not fit.
import type { Picture } from "#firmware/call/facts.ts";
import type { Box, Canvas } from "#ui/text/canvas.ts";
import type { Ink } from "#ui/text/theme.ts";

/** By level: paper is what is there already. */
const inkOf: readonly (Ink | undefined)[] = [undefined, "faint", "dim", "ink"];

/** Draws it in the middle of the box, every n-th pixel of one that is too big. */
export function drawLogo(canvas: Canvas, { width, height, levels }: Picture, box: Box): void {
  const every = Math.max(1, Math.ceil(width / box.width), Math.ceil(height / box.height));
  const [across, down] = [Math.floor(width / every), Math.floor(height / every)];
  const left = box.x + Math.floor((box.width - across) / 2);
  const top = box.y + Math.floor((box.height - down) / 2);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const ink = inkOf[levels[y * every * width + x * every] ?? 0];
      if (ink !== undefined) canvas.fill({ x: left + x, y: top + y, width: 1, height: 1 }, ink);
    }
  }
}
