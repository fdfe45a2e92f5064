// The lines of an I2C expander as single inputs and outputs: lamps, a hook, a power-good pin. Inputs are read when the
// chip's interrupt falls, or every few milliseconds where that pin is not wired.
import type { I2cBus, InputLine, LineEdge, OutputLine } from "#hal/contract/bus.ts";
import { HalError, InvariantError } from "#hal/contract/errors.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";
import { createPortDriver, type ExpanderChip, type ExpanderPort, type PortDriver } from "./expander-chips.ts";

/** What tells that an input may have changed. */
export type ExpanderNotice =
  | { readonly kind: "interrupt"; readonly line: InputLine }
  | { readonly kind: "poll"; readonly everyMs: number };

export interface ExpanderLines {
  /** Line 0–7 is the first port's. Reads the chip's last known level. */
  input(line: number): InputLine;
  output(line: number, isHighAtStart: boolean): OutputLine;
}

/** A register of one port as last written. */
interface PortState {
  readonly port: ExpanderPort;
  readonly drive: PortDriver;
  direction: number;
  output: number;
  levels: number;
}

/** Lines are inputs until asked for as outputs. A chip that fails is told through `failed` and asked again later. */
export function createExpanderLines(options: {
  readonly bus: I2cBus;
  readonly address: number;
  readonly chip: ExpanderChip;
  readonly notice: ExpanderNotice;
  readonly clock: Clock;
  readonly failed?: (error: HalError) => void;
  readonly signal: AbortSignal;
}): ExpanderLines {
  const { bus, address, chip, notice, clock, signal } = options;
  const edges = new Map<number, Emitter<LineEdge>>();
  const write = (register: number, value: number): void =>
    void bus.transfer(address, Uint8Array.of(register, value), 0);
  const ports: readonly PortState[] = chip.ports.map((port) => ({
    port,
    drive: createPortDriver(port, write),
    direction: 0xff,
    output: 0,
    levels: 0xff,
  }));
  const portOf = (line: number): PortState => {
    const state = ports[line >> 3];
    if (state === undefined || line < 0) throw new InvariantError(`${chip.name} has a line ${line}`);
    return state;
  };

  const readLevels = (): void => {
    for (const [index, state] of ports.entries()) {
      const [levels = state.levels] = bus.transfer(address, Uint8Array.of(state.port.input), 1);
      const changed = levels ^ state.levels;
      state.levels = levels;
      for (let bit = 0; bit < 8; bit++) {
        if (((changed >> bit) & 1) === 0) continue;
        edges.get(index * 8 + bit)?.emit({ isHigh: ((levels >> bit) & 1) === 1, at: clock.now() });
      }
    }
  };
  const look = (): void => {
    try {
      readLevels();
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      options.failed?.(error);
    }
  };

  for (const { port, drive, direction, output } of ports) {
    drive(direction, output);
    if (port.pullUp !== undefined) write(port.pullUp, 0xff);
    if (port.interruptEnable !== undefined) write(port.interruptEnable, 0xff);
  }
  readLevels();
  if (notice.kind === "interrupt") {
    notice.line.edges.subscribe(
      (edge) => {
        if (!edge.isHigh) look();
      },
      { signal },
    );
  } else {
    let alarm: Alarm | undefined;
    const poll = (): void => {
      look();
      alarm = signal.aborted ? undefined : clock.alarm(later(clock.now(), notice.everyMs), poll);
    };
    alarm = clock.alarm(later(clock.now(), notice.everyMs), poll);
    signal.addEventListener("abort", () => alarm?.cancel(), { once: true });
  }

  return {
    input(line) {
      const state = portOf(line);
      const emitter = edges.get(line) ?? new Emitter<LineEdge>();
      edges.set(line, emitter);
      return { read: () => ((state.levels >> (line & 7)) & 1) === 1, edges: emitter };
    },
    output(line, isHighAtStart) {
      const state = portOf(line);
      const bit = 1 << (line & 7);
      const set = (isHigh: boolean): void => {
        state.output = isHigh ? state.output | bit : state.output & ~bit;
        state.drive(state.direction, state.output);
      };
      set(isHighAtStart); // before it drives anything
      state.direction &= ~bit;
      state.drive(state.direction, state.output);
      return { write: set };
    },
  };
}
