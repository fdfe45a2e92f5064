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
