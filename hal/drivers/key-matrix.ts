// The port under the matrix keypad: drive a column, read the rows, be woken. Met by GPIO lines and by an expander.
import type { I2cBus, InputLine, OutputLine } from "#hal/contract/bus.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";

/** Columns are driven active-low, rows read with pull-ups; bit n of a row mask is row n, 1 = closed. */
export interface KeyMatrix {
  readonly columns: number;
  readonly rows: number;
  /** Drives one column, all of them, or none. */
  drive(column: number | "all" | "none"): void;
  /** Rows that the driven columns pull down. */
  readRows(): number;
  /** Something happened on a row; may come more often than needed. */
  readonly wakeUps: Stream<undefined>;
}

/** Columns and rows on GPIO lines. Outputs are open drain or have a series resistor: two keys must not short them. */
export function createGpioMatrix(options: {
  readonly columns: readonly OutputLine[];
  readonly rows: readonly InputLine[];
  readonly signal: AbortSignal;
}): KeyMatrix {
  const wakeUps = new Emitter<undefined>();
  for (const row of options.rows) {
    row.edges.subscribe(() => wakeUps.emit(undefined), { signal: options.signal });
  }
  return {
    columns: options.columns.length,
    rows: options.rows.length,
    drive(column) {
      for (const [i, line] of options.columns.entries()) line.write(!(column === "all" || column === i));
    },
    readRows() {
      let mask = 0;
      for (const [i, row] of options.rows.entries()) if (!row.read()) mask |= 1 << i;
      return mask;
    },
    wakeUps,
  };
}

/** Registers of a 16-bit expander: where direction, output, input, pull-up stand. */
export interface ExpanderChip {
  readonly name: string;
  /** One byte per port A and B. */
  readonly direction: readonly [number, number];
  readonly output: readonly [number, number];
  readonly input: readonly [number, number];
  /** Absent on chips with fixed pull-ups. */
  readonly pullUp: readonly [number, number] | undefined;
  /** Interrupt on change, where it must be switched on. */
  readonly interruptEnable: readonly [number, number] | undefined;
}

/** Microchip MCP23017, register addresses with IOCON.BANK = 0 (DS20001952 table 3-1). */
export const mcp23017: ExpanderChip = {
  name: "MCP23017",
  direction: [0x00, 0x01],
  interruptEnable: [0x04, 0x05],
  pullUp: [0x0c, 0x0d],
  input: [0x12, 0x13],
  output: [0x14, 0x15],
};

/** NXP PCA9555 (data sheet table 4): inputs have weak pull-ups, every change interrupts. */
export const pca9555: ExpanderChip = {
  name: "PCA9555",
  input: [0x00, 0x01],
  output: [0x02, 0x03],
  direction: [0x06, 0x07],
  pullUp: undefined,
  interruptEnable: undefined,
};

/** Columns on port A, rows on port B of an expander; its interrupt pin (active low) wakes the scan. */
export function createExpanderMatrix(options: {
  readonly bus: I2cBus;
  readonly address: number;
  readonly chip: ExpanderChip;
  readonly columns: number;
  readonly rows: number;
  readonly interrupt: InputLine;
  readonly signal: AbortSignal;
}): KeyMatrix {
  const { bus, address, chip, columns, rows } = options;
  const wakeUps = new Emitter<undefined>();
  options.interrupt.edges.subscribe(
    (edge) => {
      if (!edge.isHigh) wakeUps.emit(undefined);
    },
    { signal: options.signal },
  );
  const write = (register: number, value: number): void => {
    bus.transfer(address, Uint8Array.of(register, value), 0);
  };
  const rowMask = (1 << rows) - 1;
  // Columns are outputs only while driven: an idle column floats, so two pressed keys cannot short two outputs.
  write(chip.output[0], 0x00);
  write(chip.direction[0], 0xff);
  write(chip.direction[1], 0xff);
  if (chip.pullUp !== undefined) write(chip.pullUp[1], rowMask);
  if (chip.interruptEnable !== undefined) write(chip.interruptEnable[1], rowMask);
  const all = (1 << columns) - 1;
  return {
    columns,
    rows,
    drive(column) {
      const driven = column === "all" ? all : column === "none" ? 0 : 1 << column;
      write(chip.direction[0], 0xff & ~driven);
    },
    readRows() {
      const [value = 0xff] = bus.transfer(address, Uint8Array.of(chip.input[1]), 1);
      return ~value & rowMask;
    },
    wakeUps,
  };
}
