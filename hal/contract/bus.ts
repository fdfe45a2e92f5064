// Tiny bus contracts: drivers in hal/drivers are policy over these, hal/linux and hal/sim meet them.
import type { Stream } from "./stream.ts";
import type { MonoMs } from "./time.ts";

/** A level change on an input line. */
export interface LineEdge {
  readonly isHigh: boolean;
  /** The kernel's own timestamp where it has one. */
  readonly at: MonoMs;
}

export interface InputLine {
  read(): boolean;
  readonly edges: Stream<LineEdge>;
}

export interface OutputLine {
  write(isHigh: boolean): void;
}

/** Pulse-width output, e.g. a backlight. */
export interface PwmOutput {
  /** 0–1. */
  setDuty(share: number): void;
}

export interface I2cBus {
  /** Writes, then reads `readLength` bytes with a repeated start. HalError `missing` when nothing acknowledges. */
  transfer(address: number, write: Uint8Array, readLength: number): Uint8Array;
}

export interface SpiBus {
  /** Clocks the bytes out and returns what came in. */
  transfer(bytes: Uint8Array): Uint8Array;
}

/** Named controls of a sound card, as its driver offers them. */
export interface SoundControls {
  /** Channels of a control and the values each takes; undefined when the card has none of that name. */
  range(name: string): { readonly channels: number; readonly min: number; readonly max: number } | undefined;
  /** One value per channel; the last one stands for those that are left. Switches take 0 and 1. HalError. */
  set(name: string, values: readonly number[]): void;
}
