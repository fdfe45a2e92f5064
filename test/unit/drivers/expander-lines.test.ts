// Lines of an I2C expander: levels, edges by interrupt and by polling, outputs, and a chip that fails and comes back.
import { expect, test } from "vitest";
import { HalError } from "#hal/contract/errors.ts";
import { type ExpanderChip, mcp23017, pca9552, pca9554, pca9555 } from "#hal/drivers/expander-chips.ts";
import { createExpanderLines, type ExpanderNotice } from "#hal/drivers/expander-lines.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { type FakeChip, fakeI2c, fakeInput, registerChip } from "./fake-bus.ts";

function rig(chip: ExpanderChip, notice: (clock: VirtualClock) => ExpanderNotice) {
  const clock = new VirtualClock({ settle: () => Promise.resolve() });
  const registers = new Uint8Array(32).fill(0xff);
  const failures: string[] = [];
  const state = { isBroken: false };
  const plain = registerChip(registers);
  const fake: FakeChip = {
    transfer(write, readLength) {
      if (state.isBroken) throw new HalError("io", "i2c", "transfer", "no acknowledge");
      return plain.transfer(write, readLength);
    },
  };
  const ended = new AbortController();
  const lines = createExpanderLines({
    bus: fakeI2c(new Map([[0x20, fake]])),
    address: 0x20,
    chip,
    notice: notice(clock),
    clock,
    failed: (error) => failures.push(error.code),
    signal: ended.signal,
  });
  return { clock, registers, lines, failures, state, ended };
}

test.each([pca9552, pca9554, pca9555, mcp23017])(
  "$name: an input's change is an edge at the next poll",
  async (chip) => {
    const { clock, registers, lines, ended } = rig(chip, () => ({ kind: "poll", everyMs: 20 }));
    const line = lines.input(3);
    const edges: string[] = [];
    line.edges.subscribe(({ isHigh, at }) => edges.push(`${at} ${isHigh}`), { signal: ended.signal });
    await clock.advance(30);
    registers[chip.ports[0]?.input ?? 0] = 0b1111_0111;
    await clock.advance(30);
    expect(line.read()).toBe(false);
    registers[chip.ports[0]?.input ?? 0] = 0xff;
    await clock.advance(30);
    expect(edges).toEqual(["40 false", "80 true"]);
  },
);

test("with the interrupt wired the chip is read when it falls, and not else", async () => {
  let pin: ReturnType<typeof fakeInput> | undefined;
  const { clock, registers, lines } = rig(mcp23017, (made) => {
    pin = fakeInput(made, true);
    return { kind: "interrupt", line: pin.line };
  });
  const line = lines.input(9);
  registers[mcp23017.ports[1]?.input ?? 0] = 0b1111_1101;
  await clock.advance(1000);
  expect(line.read()).toBe(true);
  pin?.set(false);
  expect(line.read()).toBe(false);
  expect(registers[mcp23017.ports[1]?.interruptEnable ?? 0]).toBe(0xff);
});

test("an output has its level before it drives, and its neighbours keep theirs", () => {
  const { registers, lines } = rig(pca9555, () => ({ kind: "poll", everyMs: 20 }));
  const [output, direction] = [0x02, 0x06];
  const first = lines.output(0, true);
  lines.output(1, false);
  expect(registers[direction]).toBe(0b1111_1100);
  expect(registers[output]).toBe(0b01);
  first.write(false);
  expect(registers[output]).toBe(0b00);
});

test("a PCA9552 pulls a line low or lets it go, two bits each; all others are let go", () => {
  const { registers, lines } = rig(pca9552, () => ({ kind: "poll", everyMs: 20 }));
  const selectors = (): readonly number[] => [...registers.subarray(0x06, 0x0a)];
  expect(selectors()).toEqual([0x55, 0x55, 0x55, 0x55]);
  const fifth = lines.output(5, false);
  const last = lines.output(15, true);
  expect(selectors()).toEqual([0x55, 0b01_01_00_01, 0x55, 0x55]);
  fifth.write(true);
  last.write(false);
  expect(selectors()).toEqual([0x55, 0x55, 0x55, 0b00_01_01_01]);
});

test("a chip that stops answering is told, and read again when it does", async () => {
  const { clock, registers, lines, failures, state } = rig(pca9554, () => ({ kind: "poll", everyMs: 20 }));
  const line = lines.input(7);
  state.isBroken = true;
  await clock.advance(45);
  expect(failures).toEqual(["io", "io"]);
  state.isBroken = false;
  registers[0] = 0x7f;
  await clock.advance(20);
  expect(line.read()).toBe(false);
});
