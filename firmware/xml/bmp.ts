// Windows bitmaps as an idle screen's logo comes (reference cisco-7960-sip XML-027): uncompressed, 1 to 32 bits a pixel, at
// most 1024 pixels a side, reduced to the four greys of the 7960. Anything else is a WireError.
import { rest } from "#firmware/wire/bytes.ts";
import { decode } from "#firmware/wire/field.ts";
import { u16le, u32le } from "#firmware/wire/numbers.ts";
import { struct } from "#firmware/wire/structures.ts";
import { WireError } from "#firmware/wire/wire-error.ts";

/** BITMAPFILEHEADER and BITMAPINFOHEADER; colours and pixels follow. */
const bitmap = struct({
  magic: u16le, // "BM"
  fileBytes: u32le,
  reserved: u32le,
  pixelsAt: u32le, // from the file's begin
  infoBytes: u32le, // 40, or more in later forms
  width: u32le,
  height: u32le, // signed: negative for rows from the top
  planes: u16le,
  bitsPerPixel: u16le,
  compression: u32le, // 0: none
  imageBytes: u32le,
  horizontalPerMetre: u32le,
  verticalPerMetre: u32le,
  colours: u32le, // in the table; 0: all that the depth has
  important: u32le,
  rest,
});
const headBytes = 54;
const leastInfoBytes = 40;
const mostSide = 1024;
const depths: ReadonlySet<number> = new Set([1, 4, 8, 24, 32]);

/** Row by row from the top left: 0 white … 3 black. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly levels: Uint8Array;
}

/** Luminance of ITU-R BT.601, of blue, green and red as they stand in the file. */
const grey = (bytes: Uint8Array, at: number): number =>
  Math.round(0.114 * (bytes[at] ?? 0) + 0.587 * (bytes[at + 1] ?? 0) + 0.299 * (bytes[at + 2] ?? 0));

/** 00, 40, 80 and FF and what is nearest to each: 3 is black. */
const levelOf = (luminance: number): number =>
  luminance < 0x20 ? 3 : luminance < 0x60 ? 2 : luminance < 0xc0 ? 1 : 0;

/** Reads a whole picture; WireError for anything that is none. */
export function readBmp(bytes: Uint8Array): Bitmap {
  const head = decode("bitmap", bitmap, bytes);
  const wrong = (at: number, what: string): WireError => new WireError("bad-value", at, what);
  if (head.magic !== 0x4d42) throw wrong(0, "BM belongs here");
  if (head.infoBytes < leastInfoBytes) throw wrong(14, `header of ${head.infoBytes} bytes, 40 belong`);
  if (head.compression !== 0) throw wrong(30, `compression ${head.compression}, none belongs`);
  const { width, bitsPerPixel } = head;
  const isFromTop = head.height >= 0x8000_0000;
  const height = isFromTop ? 0x1_0000_0000 - head.height : head.height;
  if (width < 1 || width > mostSide || height < 1 || height > mostSide)
    throw wrong(18, `${width} × ${height} pixels, 1 to ${mostSide} a side belong`);
  if (!depths.has(bitsPerPixel)) throw wrong(28, `${bitsPerPixel} bits a pixel`);
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4;
  if (head.pixelsAt < headBytes || head.pixelsAt + rowBytes * height > bytes.length)
    throw new WireError("truncated", head.pixelsAt, `${rowBytes * height} bytes of pixels belong here`);
  const table = 14 + head.infoBytes;
  const levels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = head.pixelsAt + rowBytes * (isFromTop ? y : height - 1 - y);
    for (let x = 0; x < width; x++) {
      const at =
        bitsPerPixel >= 24 ? row + (x * bitsPerPixel) / 8 : table + 4 * indexAt(bytes, row, x, bitsPerPixel);
      levels[y * width + x] = levelOf(grey(bytes, at));
    }
  }
  return { width, height, levels };
}

/** The colour's number of a pixel of 1, 4 or 8 bits, the first in the highest bits. */
function indexAt(bytes: Uint8Array, row: number, x: number, bits: number): number {
  const bit = x * bits;
  const byte = bytes[row + (bit >> 3)] ?? 0;
  return (byte >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
}
