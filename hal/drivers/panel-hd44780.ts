// A character panel: HD44780 in four-bit mode behind a PCF8574 expander on I2C (the common back-pack).
import type { I2cBus } from "#hal/contract/bus.ts";
import { HalError, InvariantError } from "#hal/contract/errors.ts";
import type { CellGeometry, Panel } from "#hal/contract/panel.ts";
import { type Clock, later } from "#hal/contract/time.ts";

/** Which expander bit drives which pin; the data nibble is on bits 4–7. */
export interface BackpackWiring {
  readonly registerSelect: number;
  readonly enable: number;
  readonly backlight: number;
}

/** The wiring of nearly all back-packs. */
export const usualBackpack: BackpackWiring = { registerSelect: 0x01, enable: 0x04, backlight: 0x08 };

/** Address of the first cell of each row (HD44780U tables 2–4, 20 × 4 glass). */
const rowStarts = [0x00, 0x40, 0x14, 0x54] as const;

/** Characters outside ASCII that the ROM (A00) has elsewhere, and plain stand-ins for the others. */
const glyphs: Readonly<Record<string, number>> = {
  "…": 0xa5,
  "→": 0x7e,
  "←": 0x7f,
  "°": 0xdf,
  ä: 0xe1,
  ö: 0xef,
  ü: 0xf5,
  ß: 0xe2,
  ñ: 0xee,
};

/** How long to leave a chip alone that did not answer. */
const retryMs = 1000;

/** Sends only the cells that changed. A chip that does not answer reports through `failed` and is started anew later. */
export function createCharacterPanel(options: {
  readonly geometry: CellGeometry;
  readonly bus: I2cBus;
  readonly address: number;
  readonly wiring: BackpackWiring;
  readonly clock: Clock;
  readonly failed?: (error: HalError) => void;
  readonly signal: AbortSignal;
}): Panel & { setBacklight(isOn: boolean): void } {
  const { geometry, bus, address, wiring, clock, signal } = options;
  let shown: string[] = blank(geometry);
  let wanted: readonly string[] = shown;
  let isReady = false;
  let isLit = true;

  const nibble = (value: number, isData: boolean): number[] => {
    const base = (value & 0xf0) | (isData ? wiring.registerSelect : 0) | (isLit ? wiring.backlight : 0);
    return [base | wiring.enable, base];
  };
  const byte = (value: number, isData: boolean): number[] => [
    ...nibble(value, isData),
    ...nibble(value << 4, isData),
  ];
  const send = (bytes: number[]): void => void bus.transfer(address, Uint8Array.from(bytes), 0);

  const guarded = (act: () => void): boolean => {
    try {
      act();
      return true;
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      isReady = false;
      options.failed?.(error);
      return false;
    }
  };

  /** Figure 24 of the data sheet: three times 0x3, then 0x2, with pauses; then the settings. */
  const steps: readonly (readonly [act: () => void, waitMs: number])[] = [
    [() => send(nibble(0x30, false)), 5],
    [() => send(nibble(0x30, false)), 1],
    [() => send([...nibble(0x30, false), ...nibble(0x20, false)]), 1],
    [() => send([...byte(0x28, false), ...byte(0x0c, false), ...byte(0x06, false), ...byte(0x01, false)]), 2],
  ];
  const start = (index: number): void => {
    const step = steps[index];
    if (signal.aborted) return;
    if (step === undefined) {
      isReady = true;
      shown = blank(geometry);
      draw();
      return;
    }
    const [act, waitMs] = step;
    const isSent = guarded(act);
    const next = isSent ? index + 1 : 0;
    clock.alarm(later(clock.now(), isSent ? waitMs : retryMs), () => start(next));
  };

  const draw = (): void => {
    if (!isReady) return;
    const isDrawn = guarded(() => {
      for (const [row, text] of wanted.entries()) drawRow(row, text);
    });
    if (!isDrawn) clock.alarm(later(clock.now(), retryMs), () => start(0));
  };
  const drawRow = (row: number, text: string): void => {
    const before = shown[row] ?? "";
    let first = 0;
    while (first < geometry.columns && text[first] === before[first]) first++;
    if (first === geometry.columns) return;
    let end = geometry.columns;
    while (text[end - 1] === before[end - 1]) end--;
    const codes = [...text.slice(first, end)].map(cellCode);
    const position = 0x80 | ((rowStarts[row] ?? 0) + first);
    send([...byte(position, false), ...codes.flatMap((code) => byte(code, true))]);
    shown[row] = text;
  };

  start(0);
  return {
    geometry,
    show(frame) {
      if (frame.kind !== "cells") throw new InvariantError("a character panel is given cells");
      wanted = frame.cells;
      draw();
    },
    setContrast() {
      // a potentiometer on the back-pack does it
    },
    setBacklight(isOn) {
      isLit = isOn;
      if (isReady) guarded(() => send([isOn ? wiring.backlight : 0]));
    },
  };
}

function blank({ columns, rows }: CellGeometry): string[] {
  return Array.from({ length: rows }, () => " ".repeat(columns));
}

function cellCode(character: string): number {
  const code = character.charCodeAt(0);
  if (code >= 0x20 && code < 0x7e && code !== 0x5c) return code;
  return glyphs[character] ?? 0x3f;
}
