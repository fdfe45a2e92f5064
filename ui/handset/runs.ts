// Pictures on the wire: bands of changed rows, each row a chain of runs of equal pixels, as base64 text.
import type { PixelBand, WireGeometry } from "./protocol.ts";

type PixelPanel = Extract<WireGeometry, { kind: "pixels" }>;
type Pixels = Uint8Array | Uint32Array;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The bands in which `next` differs from `last` (the whole picture without `last`), top to bottom. */
export function changedBands(panel: PixelPanel, last: Pixels | undefined, next: Pixels): PixelBand[] {
  const bands: PixelBand[] = [];
  let start: number | undefined;
  for (let y = 0; y <= panel.height; y++) {
    const isChanged = y < panel.height && !isSameRow(last, next, y * panel.width, panel.width);
    if (isChanged) start ??= y;
    else if (start !== undefined) {
      const pixels = next.subarray(start * panel.width, y * panel.width);
      bands.push({ y: start, rows: y - start, runs: packRuns(pixels, panel.depthBits) });
      start = undefined;
    }
  }
  return bands;
}

/**
 * Packs pixels as runs. With 1 or 2 bits a run is one byte: length − 1 in the upper six bits, the value in the lower
 * two. With 24 bits it is four: length − 1, red, green, blue.
 */
export function packRuns(pixels: Pixels, depthBits: 1 | 2 | 24): string {
  const longest = depthBits === 24 ? 256 : 64;
  const bytes: number[] = [];
  for (let at = 0; at < pixels.length; ) {
    const value = pixels[at] ?? 0;
    let length = 1;
    while (length < longest && at + length < pixels.length && pixels[at + length] === value) length++;
    if (depthBits === 24) bytes.push(length - 1, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);
    else bytes.push(((length - 1) << 2) | (value & 3));
    at += length;
  }
  return toBase64(bytes);
}

/** Unpacks a band into the picture; rows and runs beyond the panel's edge are dropped. */
export function applyBand(panel: PixelPanel, picture: Pixels, band: PixelBand): void {
  const bytes = fromBase64(band.runs);
  const end = Math.min((band.y + band.rows) * panel.width, picture.length);
  let at = Math.max(0, band.y * panel.width);
  const step = panel.depthBits === 24 ? 4 : 1;
  for (let i = 0; i + step <= bytes.length && at < end; i += step) {
    const first = bytes[i] ?? 0;
    const length = panel.depthBits === 24 ? first + 1 : (first >> 2) + 1;
    const value =
      panel.depthBits === 24
        ? ((bytes[i + 1] ?? 0) << 16) | ((bytes[i + 2] ?? 0) << 8) | (bytes[i + 3] ?? 0)
        : first & 3;
    picture.fill(value, at, Math.min(at + length, end));
    at += length;
  }
}

function isSameRow(last: Pixels | undefined, next: Pixels, from: number, width: number): boolean {
  if (last === undefined) return false;
  for (let at = from; at < from + width; at++) if (last[at] !== next[at]) return false;
  return true;
}

function toBase64(bytes: readonly number[]): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    text += (alphabet[a >> 2] ?? "") + (alphabet[((a & 3) << 4) | (b >> 4)] ?? "");
    text += i + 1 < bytes.length ? (alphabet[((b & 15) << 2) | (c >> 6)] ?? "") : "=";
    text += i + 2 < bytes.length ? (alphabet[c & 63] ?? "") : "=";
  }
  return text;
}

function fromBase64(text: string): number[] {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const character of text) {
    const value = alphabet.indexOf(character);
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 0xff);
    }
  }
  return bytes;
}
