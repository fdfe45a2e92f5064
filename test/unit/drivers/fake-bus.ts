// Buses in memory for driver tests: lines a test pulls, an I2C bus with register chips, an SPI bus that records.
import type { I2cBus, InputLine, LineEdge, OutputLine, SpiBus } from "#hal/contract/bus.ts";
import { HalError } from "#hal/contract/errors.ts";
import { Emitter } from "#hal/contract/stream.ts";
import type { Clock, MonoMs } from "#hal/contract/time.ts";

/** An input line; `set` makes an edge when the level changes, told late where `at` lies in the past. */
export function fakeInput(
  clock: Clock,
  isHigh: boolean,
): { line: InputLine; set(isHigh: boolean, at?: MonoMs): void } {
  const edges = new Emitter<LineEdge>();
  let level = isHigh;
  return {
    line: { read: () => level, edges },
    set(next, at = clock.now()) {
      if (next === level) return;
      level = next;
      edges.emit({ isHigh: next, at });
    },
  };
}

/** An output line that remembers. */
export function fakeOutput(): { line: OutputLine; level(): boolean } {
  let level = true;
  return {
    line: {
      write(isHigh) {
        level = isHigh;
      },
    },
    level: () => level,
  };
}

/** A chip behind the bus: gets the written bytes, returns what is read. */
export interface FakeChip {
  transfer(write: Uint8Array, readLength: number): Uint8Array;
}

/** An I2C bus with chips by address; an address without one does not acknowledge. */
export function fakeI2c(chips: ReadonlyMap<number, FakeChip>): I2cBus {
  return {
    transfer(address, write, readLength) {
      const chip = chips.get(address);
      if (chip === undefined)
        throw new HalError("missing", "i2c", "transfer", `no answer at ${address.toString(16)}`);
      return chip.transfer(write, readLength);
    },
  };
}

/** A chip of plain registers: a write begins with the register, reads go on from there. */
export function registerChip(registers: Uint8Array): FakeChip {
  return {
    transfer(write, readLength) {
      const [at = 0, ...values] = write;
      for (const [i, value] of values.entries()) registers[at + i] = value;
      return registers.slice(at, at + readLength);
    },
  };
}

/** An SPI bus that keeps what was sent. */
export function fakeSpi(): { bus: SpiBus; sent: Uint8Array[] } {
  const sent: Uint8Array[] = [];
  return {
    bus: {
      transfer(bytes) {
        sent.push(bytes.slice());
        return new Uint8Array(bytes.length);
      },
    },
    sent,
  };
}
