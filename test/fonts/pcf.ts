// Reads X11 PCF bitmap fonts (optionally gzipped), for the one-time conversion of the LCD's fonts.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** One glyph: how far the pen moves, where the bitmap sits, and its rows as numbers (highest bit left). */
export interface PcfGlyph {
  readonly advance: number;
  /** First column, from the pen. */
  readonly left: number;
  /** First row, above the baseline. */
  readonly top: number;
  readonly width: number;
  readonly rows: readonly number[];
}

export interface PcfFont {
  readonly ascent: number;
  readonly descent: number;
  /** The glyph of a code point, if the font has it. */
  glyph(codePoint: number): PcfGlyph | undefined;
}

const tableIds = { accelerators: 2, metrics: 4, bitmaps: 8, encodings: 32 } as const;

interface Table {
  readonly data: Buffer;
  readonly format: number;
  u16(at: number): number;
  u32(at: number): number;
}

/** Opens a font file; throws a plain Error where the file is none. */
export function readPcf(path: string): PcfFont {
  const raw = readFileSync(path);
  const file = raw[0] === 0x1f ? gunzipSync(raw) : raw;
  if (file.toString("latin1", 0, 4) !== "\x01fcp") throw new Error(`${path}: not a PCF font`);
  const table = (id: number): Table => openTable(file, id, path);
  const accelerators = table(tableIds.accelerators);
  const metrics = readMetrics(table(tableIds.metrics));
  const bitmaps = table(tableIds.bitmaps);
  const codes = readEncodings(table(tableIds.encodings));
  return {
    ascent: accelerators.u32(12),
    descent: accelerators.u32(16),
    glyph(codePoint) {
      const index = codes.get(codePoint);
      const metric = index === undefined ? undefined : metrics[index];
      if (index === undefined || metric === undefined) return undefined;
      return { ...metric, rows: readRows(bitmaps, index, metric.width, metric.height) };
    },
  };
}

function openTable(file: Buffer, id: number, path: string): Table {
  for (let i = 0; i < file.readUInt32LE(4); i++) {
    const at = 8 + i * 16;
    if (file.readUInt32LE(at) !== id) continue;
    const data = file.subarray(file.readUInt32LE(at + 12));
    const format = data.readUInt32LE(0);
    const isBig = (format & 4) !== 0;
    return {
      data,
      format,
      u16: (offset) => (isBig ? data.readUInt16BE(offset) : data.readUInt16LE(offset)),
      u32: (offset) => (isBig ? data.readUInt32BE(offset) : data.readUInt32LE(offset)),
    };
  }
  throw new Error(`${path}: table ${id} is missing`);
}

interface Metric {
  readonly advance: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function readMetrics(table: Table): Metric[] {
  const isCompressed = (table.format & 0x100) !== 0;
  const count = isCompressed ? table.u16(4) : table.u32(4);
  const signed = (value: number): number => (value > 0x7fff ? value - 0x10000 : value);
  return Array.from({ length: count }, (_, index) => {
    const field = (n: number): number =>
      isCompressed
        ? table.data.readUInt8(6 + index * 5 + n) - 128
        : signed(table.u16(8 + index * 12 + n * 2));
    const [left, right, advance, ascent, descent] = [field(0), field(1), field(2), field(3), field(4)];
    return { advance, left, top: ascent, width: right - left, height: ascent + descent };
  });
}

function readEncodings(table: Table): Map<number, number> {
  const [firstLow, lastLow, firstHigh, lastHigh] = [table.u16(4), table.u16(6), table.u16(8), table.u16(10)];
  const codes = new Map<number, number>();
  let at = 14;
  for (let high = firstHigh; high <= lastHigh; high++) {
    for (let low = firstLow; low <= lastLow; low++, at += 2) {
      const index = table.u16(at);
      if (index !== 0xffff) codes.set(high * 256 + low, index);
    }
  }
  return codes;
}

/** Rows of a bitmap whose bits may be grouped in units of another byte order. */
function readRows(table: Table, index: number, width: number, height: number): number[] {
  const count = table.u32(4);
  const start = 8 + count * 4 + 16 + table.u32(8 + index * 4);
  const pad = 1 << (table.format & 3);
  const stride = Math.ceil(width / 8 / pad) * pad;
  const unit = 1 << ((table.format >> 4) & 3);
  const isMsbFirst = (table.format & 8) !== 0;
  const isSwapped = ((table.format & 4) !== 0) !== isMsbFirst;
  return Array.from({ length: height }, (_, y) => {
    let row = 0;
    for (let x = 0; x < width; x++) {
      const plain = x >> 3;
      const byte = isSwapped ? plain - (plain % unit) + (unit - 1 - (plain % unit)) : plain;
      const bits = table.data.readUInt8(start + y * stride + byte);
      const bit = isMsbFirst ? 7 - (x & 7) : x & 7;
      row = row * 2 + ((bits >> bit) & 1);
    }
    return row;
  });
}
