// The memory of a page-organised LCD controller (ST7565, SSD1306), fed through the port that a panel's driver writes to.
import { HalError } from "#hal/contract/errors.ts";
import type { PagePort } from "#hal/drivers/panel-1bit.ts";

/** 128 columns, eight pages of eight rows. */
export function pageChip() {
  const memory = new Uint8Array(8 * 128);
  const state = { page: 0, column: 0, dataBytes: 0, isBroken: false };
  const port: PagePort = {
    command(...bytes) {
      if (state.isBroken) throw new HalError("io", "panel", "write", "no acknowledge");
      for (const byte of bytes) {
        if (byte >= 0xb0 && byte <= 0xb7) state.page = byte & 7;
        else if (byte >> 4 === 1) state.column = (state.column & 0x0f) | ((byte & 0x0f) << 4);
        else if (byte >> 4 === 0) state.column = (state.column & 0xf0) | byte;
      }
    },
    data(bytes) {
      memory.set(bytes, state.page * 128 + state.column);
      state.column += bytes.length;
      state.dataBytes += bytes.length;
    },
  };
  return { memory, state, port };
}
