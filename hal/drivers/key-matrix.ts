// The port under the matrix keypad: drive a column, read the rows, be woken. Met by GPIO lines and by an expander.
import type { I2cBus, InputLine, OutputLine } from "#hal/contract/bus.ts";
import { InvariantError } from "#hal/contract/errors.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { createPortDriver, type ExpanderChip } from "./expander-chips.ts";

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
  const [columnPort, rowPort] = chip.ports;
  if (columnPort === undefined || rowPort === undefined)
    throw new InvariantError(`a matrix needs two ports, ${chip.name} has ${chip.ports.length}`);
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
  const driveColumns = createPortDriver(columnPort, write);
  driveColumns(0xff, 0x00);
  createPortDriver(rowPort, write)(0xff, 0x00);
  if (rowPort.pullUp !== undefined) write(rowPort.pullUp, rowMask);
  if (rowPort.interruptEnable !== undefined) write(rowPort.interruptEnable, rowMask);
  const all = (1 << columns) - 1;
  return {
    columns,
    rows,
    drive(column) {
      const driven = column === "all" ? all : column === "none" ? 0 : 1 << column;
      driveColumns(0xff & ~driven, 0x00);
    },
    readRows() {
      const [value = 0xff] = bus.transfer(address, Uint8Array.of(rowPort.input), 1);
      return ~value & rowMask;
    },
    wakeUps,
  };
}
