// One-bit graphic panels that are written in pages of eight rows: ST7565-class over SPI, SSD1306-class over I2C.
// Only pages that changed are sent, and in those only the changed columns.
import type { I2cBus, OutputLine, SpiBus } from "#hal/contract/bus.ts";
import { HalError, InvariantError } from "#hal/contract/errors.ts";
import type { Frame, Panel, PixelGeometry } from "#hal/contract/panel.ts";

/** Sends commands and data to one controller; throws HalError. */
export interface PagePort {
  command(...bytes: number[]): void;
  data(bytes: Uint8Array): void;
}

/** What differs between page-organised controllers. */
export interface PageController {
  readonly name: string;
  /** Commands after power-up, in order. */
  initialise(port: PagePort): void;
  /** Sets where the next data bytes go. */
  seek(port: PagePort, page: number, column: number): void;
  setContrast(port: PagePort, percent: number): void;
  /** First visible column in the controller's memory. */
  readonly columnOffset: number;
}

/** Sitronix ST7565 (data sheet v1.5, commands 2–20), 128 × 64, bias 1/9. */
export const st7565: PageController = {
  name: "ST7565",
  columnOffset: 0,
  initialise(port) {
    port.command(0xe2); // reset
    port.command(0xa2); // bias 1/9
    port.command(0xa0, 0xc8); // columns normal, rows reversed
    port.command(0x2f); // booster, regulator and follower on
    port.command(0x25); // regulator ratio
    port.command(0xa6, 0x40); // normal, start line 0
    port.command(0xaf); // display on
  },
  seek: (port, page, column) => port.command(0xb0 | page, 0x10 | (column >> 4), column & 0x0f),
  setContrast: (port, percent) => port.command(0x81, Math.round((percent / 100) * 63)),
};

/** Solomon SSD1306 (data sheet rev 1.1, table 9-1), 128 × 64, page addressing. */
export const ssd1306: PageController = {
  name: "SSD1306",
  columnOffset: 0,
  initialise(port) {
    port.command(0xae, 0xd5, 0x80, 0xa8, 0x3f, 0xd3, 0x00); // off, clock, 64 rows, no offset
    port.command(0x40, 0x8d, 0x14, 0x20, 0x02); // start line 0, charge pump on, page addressing
    port.command(0xa1, 0xc8, 0xda, 0x12, 0xd9, 0xf1, 0xdb, 0x40); // orientation, COM pins, timing
    port.command(0xa4, 0xa6, 0xaf); // show memory, normal, on
  },
  seek: (port, page, column) => port.command(0xb0 | page, column & 0x0f, 0x10 | (column >> 4)),
  setContrast: (port, percent) => port.command(0x81, Math.round((percent / 100) * 255)),
};

/** Commands with the data/command line low, data with it high. */
export function spiPagePort(bus: SpiBus, dataCommand: OutputLine): PagePort {
  return {
    command(...bytes) {
      dataCommand.write(false);
      bus.transfer(Uint8Array.from(bytes));
    },
    data(bytes) {
      dataCommand.write(true);
      bus.transfer(bytes);
    },
  };
}

/** Each transfer begins with a control byte: 0x00 commands follow, 0x40 data follow (SSD1306 8.1.5.2). */
export function i2cPagePort(bus: I2cBus, address: number): PagePort {
  return {
    command: (...bytes) => void bus.transfer(address, Uint8Array.of(0x00, ...bytes), 0),
    data: (bytes) => void bus.transfer(address, Uint8Array.of(0x40, ...bytes), 0),
  };
}

/** A panel on a page-organised controller. A bus that fails reports through `failed`; the next frame tries again. */
export function createPagePanel(options: {
  readonly geometry: PixelGeometry;
  readonly controller: PageController;
  readonly port: PagePort;
  readonly failed?: (error: HalError) => void;
}): Panel {
  const { geometry, controller, port } = options;
  if (geometry.depthBits !== 1)
    throw new InvariantError(`${controller.name} shows 1 bit per pixel, not ${geometry.depthBits}`);
  const { width, height } = geometry;
  const pages = height / 8;
  /** What the controller's memory holds; undefined: unknown, all has to be sent. */
  let shown: Uint8Array | undefined;
  let isInitialised = false;

  const guarded = (act: () => void): void => {
    try {
      if (!isInitialised) controller.initialise(port);
      isInitialised = true;
      act();
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      isInitialised = false;
      shown = undefined;
      options.failed?.(error);
    }
  };

  return {
    geometry,
    show(frame) {
      guarded(() => {
        const memory = packPages(frame, width, height);
        for (let page = 0; page < pages; page++) {
          const start = page * width;
          const span = changedSpan(memory, shown, start, start + width);
          if (span === undefined) continue;
          controller.seek(port, page, span.first - start + controller.columnOffset);
          port.data(memory.subarray(span.first, span.end));
        }
        shown = memory;
      });
    },
    setContrast(percent) {
      guarded(() => controller.setContrast(port, percent));
    },
  };
}

/** Eight rows per byte, lowest bit on top, page by page. */
function packPages(frame: Frame, width: number, height: number): Uint8Array {
  if (frame.kind !== "pixels") throw new InvariantError("a pixel panel is given pixels");
  const memory = new Uint8Array((width * height) / 8);
  for (let y = 0; y < height; y++) {
    const row = (y >> 3) * width;
    const bit = 1 << (y & 7);
    for (let x = 0; x < width; x++) {
      if (frame.pixels[y * width + x] !== 0) memory[row + x] = (memory[row + x] ?? 0) | bit;
    }
  }
  return memory;
}

function changedSpan(
  now: Uint8Array,
  before: Uint8Array | undefined,
  start: number,
  end: number,
): { readonly first: number; readonly end: number } | undefined {
  if (before === undefined) return { first: start, end };
  let first = start;
  while (first < end && now[first] === before[first]) first++;
  if (first === end) return undefined;
  let last = end;
  while (now[last - 1] === before[last - 1]) last--;
  return { first, end: last };
}
