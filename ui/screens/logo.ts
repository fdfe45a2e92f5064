// A site's own picture in the middle of an idle screen, instead of the product's mark; smaller where it does not fit.
import type { Picture } from "#firmware/call/facts.ts";
import type { Box, Canvas } from "#ui/text/canvas.ts";
import { drawLevels } from "./levels.ts";

/** Draws it in the middle of the box, every n-th pixel of one that is too big. */
export function drawLogo(canvas: Canvas, picture: Picture, box: Box): void {
  const every = Math.max(1, Math.ceil(picture.width / box.width), Math.ceil(picture.height / box.height));
  const [across, down] = [Math.floor(picture.width / every), Math.floor(picture.height / every)];
  const x = box.x + Math.floor((box.width - across) / 2);
  const y = box.y + Math.floor((box.height - down) / 2);
  drawLevels(canvas, picture, { x, y, box: { x, y, width: across, height: down }, every });
}
