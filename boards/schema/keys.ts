// The keys of a handset: a matrix on GPIO lines or on an expander called `keypad`, keys with a line of their own, or both.
import type { HalError } from "#hal/contract/errors.ts";
import type { Keypad } from "#hal/contract/panel.ts";
import { createDirectKeypad, joinKeypads } from "#hal/drivers/direct-keypad.ts";
import { createExpanderMatrix, createGpioMatrix, type KeyMatrix } from "#hal/drivers/key-matrix.ts";
import { createMatrixKeypad, type MatrixKeypadConfig } from "#hal/drivers/matrix-keypad.ts";
import type { Kit } from "./device.ts";
import { type HandsetData, numbered } from "./handset-data.ts";

/** HalError when a line, or the expander, cannot be opened. */
export function openKeypad(data: HandsetData, kit: Kit, failed: (error: HalError) => void): Keypad {
  const { clock, signal } = kit;
  const keypads: Keypad[] = [];
  if (data.matrix !== undefined) {
    const matrix = openMatrix(data, data.matrix, kit);
    keypads.push(createMatrixKeypad({ matrix, config: data.matrix, clock, failed, signal }));
  }
  if (data.direct !== undefined) {
    const lines = new Map(data.direct.keys.map((key) => [key, kit.input(`key ${key}`)]));
    keypads.push(createDirectKeypad({ lines, config: data.direct, clock, signal }));
  }
  return joinKeypads(keypads, signal);
}

function openMatrix(data: HandsetData, { map }: MatrixKeypadConfig, kit: Kit): KeyMatrix {
  const columns = map.length;
  const rows = Math.max(...map.map((column) => column.length));
  const expander = data.wiring.expanders["keypad"];
  if (expander === undefined)
    return createGpioMatrix({
      columns: numbered("keypad column", columns).map((name) => kit.output(name)),
      rows: numbered("keypad row", rows).map((name) => kit.input(name)),
      signal: kit.signal,
    });
  return createExpanderMatrix({
    bus: kit.i2c(expander.bus),
    address: expander.address,
    chip: expander.chip,
    columns,
    rows,
    interrupt: kit.input(expander.interrupt ?? "keypad interrupt"),
    signal: kit.signal,
  });
}
