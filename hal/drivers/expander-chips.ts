// I2C expanders as data: where direction, output, input and pull-ups stand, one entry per port of eight lines; and how a
// port of either kind is told what its lines are to be.

/** Direction and output in a register each; a direction bit of 1 is an input. */
interface DirectionRegisters {
  readonly kind: "direction";
  readonly direction: number;
  readonly output: number;
}

/** Two bits per line in two registers, the lower four lines' first: 01 lets the line go, 00 pulls it low (open drain). */
interface SelectorRegisters {
  readonly kind: "selector";
  readonly selectors: readonly [number, number];
}

/** Registers of one port. */
export interface ExpanderPort {
  readonly drive: DirectionRegisters | SelectorRegisters;
  readonly input: number;
  /** Undefined on chips with fixed pull-ups, or none. */
  readonly pullUp: number | undefined;
  /** Interrupt on change, where it must be switched on. */
  readonly interruptEnable: number | undefined;
}

export interface ExpanderChip {
  readonly name: string;
  readonly ports: readonly ExpanderPort[];
}

/** Microchip MCP23017, register addresses with IOCON.BANK = 0 (DS20001952 table 3-1). */
export const mcp23017: ExpanderChip = {
  name: "MCP23017",
  ports: [
    {
      drive: { kind: "direction", direction: 0x00, output: 0x14 },
      interruptEnable: 0x04,
      pullUp: 0x0c,
      input: 0x12,
    },
    {
      drive: { kind: "direction", direction: 0x01, output: 0x15 },
      interruptEnable: 0x05,
      pullUp: 0x0d,
      input: 0x13,
    },
  ],
};

const fixed = { pullUp: undefined, interruptEnable: undefined } as const;

/** NXP PCA9555 (data sheet table 4): inputs have weak pull-ups, every change interrupts. */
export const pca9555: ExpanderChip = {
  name: "PCA9555",
  ports: [
    { input: 0x00, drive: { kind: "direction", output: 0x02, direction: 0x06 }, ...fixed },
    { input: 0x01, drive: { kind: "direction", output: 0x03, direction: 0x07 }, ...fixed },
  ],
};

/** NXP PCA9554 (data sheet table 3): one port of the same kind. */
export const pca9554: ExpanderChip = {
  name: "PCA9554",
  ports: [{ input: 0x00, drive: { kind: "direction", output: 0x01, direction: 0x03 }, ...fixed }],
};

/** NXP PCA9552, an LED driver whose lines are inputs while they are off (data sheet 6.3): no interrupt, no pull-ups. */
export const pca9552: ExpanderChip = {
  name: "PCA9552",
  ports: [
    { input: 0x00, drive: { kind: "selector", selectors: [0x06, 0x07] }, ...fixed },
    { input: 0x01, drive: { kind: "selector", selectors: [0x08, 0x09] }, ...fixed },
  ],
};

/**
 * What a port's lines are from now on, as two masks: inputs, and levels of the others. Writes only registers that differ from
 * what was written before, levels before directions.
 */
export type PortDriver = (inputs: number, levels: number) => void;

/** `write` throws what the bus throws; what failed is written again. */
export function createPortDriver(
  { drive }: ExpanderPort,
  write: (register: number, value: number) => void,
): PortDriver {
  const written = new Map<number, number>();
  const put = (register: number, value: number): void => {
    if (written.get(register) === value) return;
    write(register, value);
    written.set(register, value);
  };
  switch (drive.kind) {
    case "direction":
      return (inputs, levels) => {
        put(drive.output, levels);
        put(drive.direction, inputs);
      };
    case "selector":
      return (inputs, levels) => {
        const released = inputs | levels;
        put(drive.selectors[0], selectorByte(released));
        put(drive.selectors[1], selectorByte(released >> 4));
      };
  }
}

/** Four lines: 01 where the bit is set, else 00. */
function selectorByte(released: number): number {
  return [0, 1, 2, 3].reduce((byte, line) => byte | (((released >> line) & 1) << (2 * line)), 0);
}
