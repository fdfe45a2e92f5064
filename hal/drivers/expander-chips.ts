// I2C expanders as data: where direction, output, input and pull-ups stand, one entry per port of eight lines.

/** Registers of one port. In all of these a direction bit of 1 is an input. */
export interface ExpanderPort {
  readonly direction: number;
  readonly output: number;
  readonly input: number;
  /** Undefined on chips with fixed pull-ups. */
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
    { direction: 0x00, interruptEnable: 0x04, pullUp: 0x0c, input: 0x12, output: 0x14 },
    { direction: 0x01, interruptEnable: 0x05, pullUp: 0x0d, input: 0x13, output: 0x15 },
  ],
};

const fixed = { pullUp: undefined, interruptEnable: undefined } as const;

/** NXP PCA9555 (data sheet table 4): inputs have weak pull-ups, every change interrupts. */
export const pca9555: ExpanderChip = {
  name: "PCA9555",
  ports: [
    { input: 0x00, output: 0x02, direction: 0x06, ...fixed },
    { input: 0x01, output: 0x03, direction: 0x07, ...fixed },
  ],
};

/** NXP PCA9554 (data sheet table 3): one port of the same kind. */
export const pca9554: ExpanderChip = {
  name: "PCA9554",
  ports: [{ input: 0x00, output: 0x01, direction: 0x03, ...fixed }],
};
