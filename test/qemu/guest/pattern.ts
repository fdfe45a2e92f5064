// A picture that neither a shift nor a mirror leaves as it is: drawn inside the guest, expected outside.
import type { Frame } from "#hal/contract/panel.ts";

/** True where the pixel is lit. */
export const isLit = (x: number, y: number): boolean => (x * x + 3 * y * y + x * y) % 7 < 3;

/** The picture as a panel is shown it, one bit per pixel. */
export function patternFrame(width: number, height: number): Frame {
  const pixels = Uint8Array.from({ length: width * height }, (_, at) =>
    isLit(at % width, Math.floor(at / width)) ? 1 : 0,
  );
  return { kind: "pixels", pixels, text: { rows: [], softkeys: [], lines: [] } };
}
