// Colour panels with a MIPI-DCS-like command set over SPI: ILI9341 and ST7789. 24-bit frames go out as RGB565, and
// only the band of rows that changed.
import type { OutputLine, SpiBus } from "#hal/contract/bus.ts";
import { HalError, InvariantError } from "#hal/contract/errors.ts";
import type { Frame, Panel, PixelGeometry } from "#hal/contract/panel.ts";
import { type Clock, later } from "#hal/contract/time.ts";

/** A step of the start sequence: a command with its parameters, and how long the controller then needs. */
export interface StartStep {
  readonly command: number;
  readonly parameters: readonly number[];
  readonly waitMs: number;
}

export interface ColourController {
  readonly name: string;
  readonly start: readonly StartStep[];
}

/** MADCTL bits (ILI9341 8.2.29, ST7789 9.1.28): row order, column order, exchange, BGR. */
export const orientation = { mirrorY: 0x80, mirrorX: 0x40, exchange: 0x20, bgr: 0x08 } as const;

/** ILI9341 (data sheet v1.11), 16 bits per pixel; `madctl` says how the glass is mounted. */
export const ili9341 = (madctl: number): ColourController => ({
  name: "ILI9341",
  start: [
    { command: 0x01, parameters: [], waitMs: 5 }, // software reset
    { command: 0x11, parameters: [], waitMs: 120 }, // sleep out
    { command: 0x3a, parameters: [0x55], waitMs: 0 }, // 16 bits per pixel
    { command: 0x36, parameters: [madctl], waitMs: 0 },
    { command: 0x29, parameters: [], waitMs: 0 }, // display on
  ],
});

/** ST7789V (data sheet v1.6); its glass is usually wired inverted. */
export const st7789 = (madctl: number): ColourController => ({
  name: "ST7789",
  start: [
    { command: 0x01, parameters: [], waitMs: 120 },
    { command: 0x11, parameters: [], waitMs: 120 },
    { command: 0x3a, parameters: [0x55], waitMs: 0 },
    { command: 0x36, parameters: [madctl], waitMs: 0 },
    { command: 0x21, parameters: [], waitMs: 0 }, // inversion on
    { command: 0x29, parameters: [], waitMs: 0 },
  ],
});

/** Bytes per SPI transfer: spidev's usual buffer. */
const transferBytes = 4096;

/** Starts in the background; the newest frame shown meanwhile appears as soon as the controller is awake. */
export function createColourPanel(options: {
  readonly geometry: PixelGeometry;
  readonly controller: ColourController;
  readonly bus: SpiBus;
  readonly dataCommand: OutputLine;
  readonly clock: Clock;
  readonly failed?: (error: HalError) => void;
  readonly signal: AbortSignal;
}): Panel {
  const { geometry, controller, bus, dataCommand, clock, signal } = options;
  if (geometry.depthBits !== 24)
    throw new InvariantError(`${controller.name} is given 24 bits per pixel, not ${geometry.depthBits}`);
  const { width, height } = geometry;
  let shown: Uint16Array | undefined;
  let waiting: Frame | undefined;
  let isAwake = false;

  const command = (code: number, parameters: readonly number[]): void => {
    dataCommand.write(false);
    bus.transfer(Uint8Array.of(code));
    if (parameters.length === 0) return;
    dataCommand.write(true);
    bus.transfer(Uint8Array.from(parameters));
  };
  const guarded = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      shown = undefined;
      options.failed?.(error);
    }
  };
  const startFrom = (index: number): void => {
    const step = controller.start[index];
    if (signal.aborted) return;
    if (step === undefined) {
      isAwake = true;
      if (waiting !== undefined) draw(waiting);
      waiting = undefined;
      return;
    }
    guarded(() => command(step.command, step.parameters));
    if (step.waitMs === 0) startFrom(index + 1);
    else clock.alarm(later(clock.now(), step.waitMs), () => startFrom(index + 1));
  };

  const draw = (frame: Frame): void => {
    guarded(() => {
      const pixels = toRgb565(frame);
      const band = changedRows(pixels, shown, width, height);
      if (band === undefined) return;
      command(0x2a, [0, 0, (width - 1) >> 8, (width - 1) & 0xff]);
      command(0x2b, [band.first >> 8, band.first & 0xff, band.last >> 8, band.last & 0xff]);
      command(0x2c, []);
      dataCommand.write(true);
      const bytes = bigEndian(pixels.subarray(band.first * width, (band.last + 1) * width));
      for (let at = 0; at < bytes.length; at += transferBytes)
        bus.transfer(bytes.subarray(at, at + transferBytes));
      shown = pixels;
    });
  };

  startFrom(0);
  return {
    geometry,
    show(frame) {
      if (isAwake) draw(frame);
      else waiting = frame;
    },
    setContrast() {
      // these controllers have none; the backlight does it
    },
  };
}

function toRgb565(frame: Frame): Uint16Array {
  if (frame.kind !== "pixels") throw new InvariantError("a pixel panel is given pixels");
  const out = new Uint16Array(frame.pixels.length);
  for (let i = 0; i < out.length; i++) {
    const rgb = frame.pixels[i] ?? 0;
    out[i] = ((rgb >> 8) & 0xf800) | ((rgb >> 5) & 0x07e0) | ((rgb >> 3) & 0x001f);
  }
  return out;
}

function changedRows(
  now: Uint16Array,
  before: Uint16Array | undefined,
  width: number,
  height: number,
): { readonly first: number; readonly last: number } | undefined {
  if (before === undefined) return { first: 0, last: height - 1 };
  const isSame = (y: number): boolean => {
    for (let i = y * width; i < (y + 1) * width; i++) if (now[i] !== before[i]) return false;
    return true;
  };
  let first = 0;
  while (first < height && isSame(first)) first++;
  if (first === height) return undefined;
  let last = height - 1;
  while (isSame(last)) last--;
  return { first, last };
}

function bigEndian(words: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 2);
  for (const [i, word] of words.entries()) {
    bytes[i * 2] = word >> 8;
    bytes[i * 2 + 1] = word & 0xff;
  }
  return bytes;
}
