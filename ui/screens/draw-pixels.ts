// Draws a screen on a pixel panel.
import type { Frame, PixelGeometry } from "#hal/contract/panel.ts";
import { Sheet } from "#ui/text/sheet.ts";
import { drawIdle, drawMessage } from "./draw-body.ts";
import { drawCalls } from "./draw-calls.ts";
import { drawSurroundings } from "./draw-frame.ts";
import { drawEntry, drawGauge, drawList, drawText } from "./draw-pages.ts";
import type { Drawing } from "./draw-row.ts";
import { drawFields, drawPicture } from "./draw-service.ts";
import type { Screen } from "./screen.ts";
import { softkeyCount } from "./softkeys.ts";
import { styleFor } from "./style.ts";
import type { Turns } from "./turns.ts";

/** The picture of a screen, and the text that is really on it. */
export function drawPixels(screen: Screen, geometry: PixelGeometry, turns: Turns): Frame {
  const style = styleFor(geometry);
  const sheet = new Sheet(geometry, softkeyCount, screen.lines?.length ?? 0);
  const box = drawSurroundings(sheet, screen, style, turns);
  const drawing: Drawing = { sheet, style, turns };
  const { body } = screen;
  switch (body.kind) {
    case "message":
      drawMessage(drawing, body, box);
      break;
    case "idle":
      drawIdle(drawing, body, screen.lines ?? [], box);
      break;
    case "calls":
      drawCalls(drawing, body, box);
      break;
    case "list":
      drawList(drawing, body, box);
      break;
    case "text":
      drawText(drawing, body, box);
      break;
    case "entry":
      drawEntry(drawing, body, box);
      break;
    case "fields":
      drawFields(drawing, body, box);
      break;
    case "picture":
      drawPicture(drawing, body, box);
      break;
    case "gauge":
      drawGauge(drawing, body, box);
      break;
  }
  return { kind: "pixels", pixels: sheet.canvas.pixels(), text: sheet.text() };
}
