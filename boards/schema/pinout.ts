// A handset's pinout as a table, from the data that opens it: README and program cannot disagree.
import type { HandsetData, LineUse } from "./handset-data.ts";

/** Pins of the Raspberry Pi's 40-pin header by BCM number (raspberrypi.com, GPIO pinout). */
const headerPins: Readonly<Record<number, number>> = {
  0: 27,
  1: 28,
  2: 3,
  3: 5,
  4: 7,
  5: 29,
  6: 31,
  7: 26,
  8: 24,
  9: 21,
  10: 19,
  11: 23,
  12: 32,
  13: 33,
  14: 8,
  15: 10,
  16: 36,
  17: 11,
  18: 12,
  19: 35,
  20: 38,
  21: 40,
  22: 15,
  23: 16,
  24: 18,
  25: 22,
  26: 37,
  27: 13,
};

/** One connection, as table and drawing show it. */
export interface Pin {
  /** `GPIO17 (pin 11)` on a Raspberry Pi, `line 3` elsewhere. */
  readonly at: string;
  readonly chip: string;
  readonly line: number;
  readonly what: string;
  readonly how: string;
}

const isRaspberry = (chip: string): boolean => chip.startsWith("pinctrl-bcm");

function place(chip: string, line: number): string {
  return isRaspberry(chip) ? `GPIO${line} (pin ${headerPins[line] ?? "none"})` : `line ${line}`;
}

function kind(use: LineUse): string {
  if (use.direction === "in") return use.bias === undefined ? "input" : `input, ${use.bias}`;
  const start = use.isHighAtStart ? "high" : "low";
  return `output, ${start} at start${use.isOpenDrain === true ? ", open drain" : ""}`;
}

/** Every line, chip by chip in rising order. */
export function pins({ wiring }: HandsetData): readonly Pin[] {
  const all = [
    ...Object.entries(wiring.lines).map(([what, use]) => ({ what, use, how: kind(use) })),
    ...Object.entries(wiring.kernel).map(([what, use]) => ({ what, use, how: "the kernel's" })),
  ];
  const chips = [...new Set(all.map(({ use }) => use.chip))];
  return all
    .sort((a, b) => chips.indexOf(a.use.chip) - chips.indexOf(b.use.chip) || a.use.line - b.use.line)
    .map(({ what, use: { chip, line }, how }) => ({ at: place(chip, line), chip, line, what, how }));
}

/** Chips on buses: address or chip select, and what they are. */
export function chips({ wiring }: HandsetData): readonly { at: string; what: string; chip: string }[] {
  const hex = (address: number): string => `0x${address.toString(16)}`;
  return [
    ...Object.entries(wiring.expanders).map(([what, { bus, address, chip }]) => ({
      at: `i2c-${bus} ${hex(address)}`,
      what: `expander "${what}"`,
      chip: chip.name,
    })),
    ...Object.entries(wiring.i2c).map(([what, { bus, address, chip }]) => ({
      at: `i2c-${bus} ${hex(address)}`,
      what,
      chip,
    })),
    ...Object.entries(wiring.spi).map(([what, { bus, chipSelect, mode, maxSpeedHz }]) => ({
      at: `spi${bus}.${chipSelect}`,
      what,
      chip: `mode ${mode}, at most ${maxSpeedHz / 1e6} MHz`,
    })),
  ];
}

/** Columns as wide as their widest cell, as the formatter of this repository wants them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** Markdown: lines, chips, key matrix. */
export function pinoutTable(data: HandsetData): string {
  const parts = [
    table(
      ["chip", "at", "what", "how"],
      pins(data).map(({ chip, at, what, how }) => [`\`${chip}\``, at, what, how]),
    ),
  ];
  const onBuses = chips(data).map(({ at, what, chip }) => [at, what, chip]);
  if (onBuses.length > 0) parts.push(table(["bus", "what", "chip"], onBuses));
  if (data.matrix !== undefined) {
    const { map } = data.matrix;
    const rows = Math.max(...map.map((column) => column.length));
    parts.push(
      table(
        ["", ...map.map((_, column) => `column ${column + 1}`)],
        Array.from({ length: rows }, (_, row) => [
          `row ${row + 1}`,
          ...map.map((column) => (column[row] === undefined ? "" : `\`${column[row]}\``)),
        ]),
      ),
    );
  }
  return parts.join("\n\n");
}
