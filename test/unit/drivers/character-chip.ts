// The chip of a character panel as its bus sees it: what the glass shows after these bytes.
import { HalError } from "#hal/contract/errors.ts";
import type { FakeChip } from "./fake-bus.ts";

/** An HD44780 behind a PCF8574: takes nibbles on the falling edge of enable. */
export function characterChip() {
  const cells = new Uint8Array(0x80).fill(0x20);
  const state = { isPresent: true, address: 0, high: undefined as number | undefined, isFourBit: false };
  const byte = (value: number, isData: boolean): void => {
    if (isData) cells[state.address++ & 0x7f] = value;
    else if (value & 0x80) state.address = value & 0x7f;
    else if (value === 0x01) cells.fill(0x20);
  };
  const chip: FakeChip = {
    transfer(write) {
      if (!state.isPresent) throw new HalError("missing", "i2c", "transfer", "no acknowledge");
      let before = 0;
      for (const port of write) {
        if ((before & 0x04) !== 0 && (port & 0x04) === 0) {
          const nibble = port >> 4;
          if (!state.isFourBit) state.isFourBit = nibble === 2;
          else if (state.high === undefined) state.high = nibble;
          else {
            byte((state.high << 4) | nibble, (port & 0x01) !== 0);
            state.high = undefined;
          }
        }
        before = port;
      }
      return new Uint8Array();
    },
  };
  const row = (start: number): string => String.fromCharCode(...cells.subarray(start, start + 20));
  return { chip, state, cells, rows: () => [row(0x00), row(0x40), row(0x14), row(0x54)] };
}
