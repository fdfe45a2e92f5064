// The panel: the phone's own pixels on a canvas, each as a whole square, or the rows of a character panel.
import { element } from "./elements.ts";
import type { PhoneMessage, WireGeometry, WireText } from "./protocol.ts";
import { applyBand } from "./runs.ts";

type Frame = Extract<PhoneMessage, { type: "frame" | "cells" }>;

/** What a reflective LCD makes of white, light grey, dark grey, black. */
const greys = [0xcfd6c4, 0x9aa392, 0x5c6459, 0x1c211d] as const;

export interface Lcd {
  setGeometry(geometry: WireGeometry): void;
  show(frame: Frame): void;
}

/** Draws frames; tells what is read on them. */
export function createLcd(onText: (text: WireText) => void): Lcd {
  const canvas = element("lcd", HTMLCanvasElement);
  const cells = element("cells", HTMLPreElement);
  const context = canvas.getContext("2d");
  let geometry: WireGeometry | undefined;
  let picture: Uint8Array | Uint32Array = new Uint8Array(0);

  const draw = (): void => {
    if (geometry?.kind !== "pixels" || context === null) return;
    const image = context.createImageData(geometry.width, geometry.height);
    const colours = new Uint32Array(image.data.buffer);
    const { depthBits } = geometry;
    picture.forEach((value, at) => {
      const colour = depthBits === 24 ? value : (greys[depthBits === 1 ? value * 3 : value] ?? 0);
      // ImageData is red, green, blue, alpha in bytes; every browser's machine is little-endian.
      colours[at] = 0xff000000 | ((colour & 0xff) << 16) | (colour & 0xff00) | (colour >> 16);
    });
    context.putImageData(image, 0, 0);
  };

  return {
    setGeometry(next) {
      geometry = next;
      canvas.hidden = next.kind !== "pixels";
      cells.hidden = next.kind !== "cells";
      if (next.kind === "cells") return;
      canvas.width = next.width;
      canvas.height = next.height;
      const phone = element("phone", HTMLElement);
      phone.style.setProperty("--lcd-width", String(next.width));
      phone.style.setProperty("--lcd-height", String(next.height));
      const rows = labelRows(next);
      phone.style.setProperty("--lines-top", String(rows.top));
      phone.style.setProperty("--lines-height", String(rows.height));
      const count = next.width * next.height;
      picture = next.depthBits === 24 ? new Uint32Array(count) : new Uint8Array(count);
      fitPanel(next.width);
      draw();
    },
    show(frame) {
      if (frame.type === "cells") cells.textContent = frame.cells.join("\n");
      else if (geometry?.kind === "pixels") {
        for (const band of frame.bands) applyBand(geometry, picture, band);
        draw();
      }
      onText(frame.text);
    },
  };
}

/**
 * The largest scale at which the phone fits into the window and each of its pixels is a whole number of the screen's;
 * at least one.
 */
export function fitPanel(panelWidth: number): void {
  const isNarrow = window.innerWidth <= 860;
  const besides = isNarrow ? 130 : 400;
  const fine = isNarrow ? Math.max(1, Math.round(window.devicePixelRatio)) : 1;
  const whole = Math.floor(((window.innerWidth - besides) * fine) / panelWidth) / fine;
  const most = panelWidth <= 140 ? 4 : 2;
  const scale = Math.max(1, Math.min(most, whole));
  element("phone", HTMLElement).style.setProperty("--scale", String(scale));
}

/** Where the labels of the line keys are on the panel, in its pixels: as ui/screens draws them. */
function labelRows({ width, height }: { width: number; height: number }): { top: number; height: number } {
  if (height < 100) return { top: 0, height };
  const isLarge = width >= 300 && height >= 200;
  const [top, bottom] = isLarge ? [26, 52] : [14, 28];
  return { top, height: height - top - bottom };
}
