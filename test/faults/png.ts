// Small PNG files of a grey panel: four colours need two bits a pixel, so a screen is about a kilobyte.
import { PNG } from "pngjs";
import type { Picture } from "#test/screens/picture.ts";

/** The picture in its own greys, as small as the format allows. */
export function greyPng({ width, height, pixels }: Picture): Buffer {
  const png = new PNG({ width, height });
  pixels.forEach((colour, i) => {
    png.data.writeUInt32BE(((colour << 8) | 0xff) >>> 0, i * 4);
  });
  return PNG.sync.write(png, { colorType: 0, deflateLevel: 9 });
}

/** Width, height and pixels of a PNG, for comparing pictures whatever wrote them. */
export function pixelsOf(bytes: Uint8Array): { width: number; height: number; pixels: Buffer } {
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes));
  return { width, height, pixels: data };
}
