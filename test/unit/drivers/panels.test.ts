// LCD drivers on fake buses: what reaches the controller's memory is what was shown, and only changes are sent.
import { describe, expect, test } from "vitest";
import type { HalError } from "#hal/contract/errors.ts";
import type { Frame, FrameText, PixelGeometry } from "#hal/contract/panel.ts";
import { createPagePanel, i2cPagePort, spiPagePort, ssd1306, st7565 } from "#hal/drivers/panel-1bit.ts";
import { createColourPanel, ili9341, st7789 } from "#hal/drivers/panel-colour.ts";
import { createCharacterPanel, usualBackpack } from "#hal/drivers/panel-hd44780.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { characterChip } from "./character-chip.ts";
import { type FakeChip, fakeI2c, fakeOutput, fakeSpi } from "./fake-bus.ts";
import { pageChip } from "./page-chip.ts";

const text: FrameText = { rows: [], softkeys: [], lines: [] };
const geometry: PixelGeometry = { kind: "pixels", width: 128, height: 64, depthBits: 1 };

function oneBitFrame(points: readonly (readonly [x: number, y: number])[]): Frame {
  const pixels = new Uint8Array(128 * 64);
  for (const [x, y] of points) pixels[y * 128 + x] = 1;
  return { kind: "pixels", pixels, text };
}

describe.each([st7565, ssd1306])("one-bit panel on $name", (controller) => {
  test("pixels land in their page, column and bit", () => {
    const { memory, port } = pageChip();
    const panel = createPagePanel({ geometry, controller, port });
    panel.show(
      oneBitFrame([
        [0, 0],
        [127, 63],
        [5, 10],
      ]),
    );
    expect(memory[0]).toBe(0b1);
    expect(memory[7 * 128 + 127]).toBe(0b1000_0000);
    expect(memory[128 + 5]).toBe(0b100);
    expect(memory.reduce((sum, byte) => sum + byte, 0)).toBe(1 + 128 + 4);
  });

  test("the same frame again sends nothing, a changed pixel one column", () => {
    const { state, port } = pageChip();
    const panel = createPagePanel({ geometry, controller, port });
    panel.show(oneBitFrame([[1, 1]]));
    state.dataBytes = 0;
    panel.show(oneBitFrame([[1, 1]]));
    expect(state.dataBytes).toBe(0);
    panel.show(
      oneBitFrame([
        [1, 1],
        [40, 1],
      ]),
    );
    expect(state.dataBytes).toBe(1);
  });

  test("after a failure the panel is initialised and sent as a whole again", () => {
    const { memory, state, port } = pageChip();
    const failures: HalError[] = [];
    const panel = createPagePanel({ geometry, controller, port, failed: (error) => failures.push(error) });
    state.isBroken = true;
    panel.show(oneBitFrame([[3, 3]]));
    state.isBroken = false;
    panel.show(oneBitFrame([[3, 3]]));
    expect(failures.length).toBe(1);
    expect(state.dataBytes).toBe(1024);
    expect(memory[3]).toBe(0b1000);
  });
});

test("SPI says with a line what is data, I2C with a control byte", () => {
  const { bus, sent } = fakeSpi();
  const line = fakeOutput();
  const spi = spiPagePort(bus, line.line);
  spi.command(0xaf);
  expect(line.level()).toBe(false);
  spi.data(Uint8Array.of(1, 2));
  expect(line.level()).toBe(true);
  expect(sent).toEqual([Uint8Array.of(0xaf), Uint8Array.of(1, 2)]);
  const written: Uint8Array[] = [];
  const chip: FakeChip = {
    transfer(write) {
      written.push(write);
      return new Uint8Array();
    },
  };
  const i2c = i2cPagePort(fakeI2c(new Map([[0x3c, chip]])), 0x3c);
  i2c.command(0xae);
  i2c.data(Uint8Array.of(9));
  expect(written).toEqual([Uint8Array.of(0x00, 0xae), Uint8Array.of(0x40, 9)]);
});

describe.each([ili9341(0x28), st7789(0x00)])("colour panel on $name", (controller) => {
  const colour: PixelGeometry = { kind: "pixels", width: 320, height: 240, depthBits: 24 };
  const frame = (rows: Readonly<Record<number, number>>): Frame => {
    const pixels = new Uint32Array(320 * 240);
    for (const [y, rgb] of Object.entries(rows)) pixels.fill(rgb, Number(y) * 320, (Number(y) + 1) * 320);
    return { kind: "pixels", pixels, text };
  };

  function rig() {
    const clock = new VirtualClock({ settle: () => Promise.resolve() });
    const { bus, sent } = fakeSpi();
    const ended = new AbortController();
    const panel = createColourPanel({
      geometry: colour,
      controller,
      bus,
      dataCommand: fakeOutput().line,
      clock,
      signal: ended.signal,
    });
    return { clock, sent, panel, ended };
  }

  test("wakes up with the pauses its data sheet asks for, then shows the newest frame", async () => {
    const { clock, sent, panel } = rig();
    panel.show(frame({ 0: 0xff0000 }));
    panel.show(frame({ 0: 0x00ff00 }));
    await clock.advance(119);
    expect(sent.flatMap((bytes) => [...bytes])).not.toContain(0x2c);
    await clock.advance(200);
    const first = sent.find((bytes) => bytes.length > 100);
    expect([first?.[0], first?.[1]]).toEqual([0x07, 0xe0]);
  });

  test("only the rows that changed are sent, in transfers the kernel takes", async () => {
    const { clock, sent, panel } = rig();
    await clock.advance(300);
    panel.show(frame({}));
    sent.length = 0;
    panel.show(frame({ 10: 0x0000ff, 12: 0x0000ff }));
    expect(sent).toContainEqual(Uint8Array.of(0, 10, 0, 12));
    const dataBytes = sent.filter((bytes) => bytes.length > 4).reduce((sum, bytes) => sum + bytes.length, 0);
    expect(dataBytes).toBe(3 * 320 * 2);
    expect(Math.max(...sent.map((bytes) => bytes.length))).toBeLessThanOrEqual(4096);
  });
});

describe("character panel", () => {
  const cells = (rows: readonly string[]): Frame => ({
    kind: "cells",
    cells: rows.map((row) => row.padEnd(20)),
    text,
  });

  function rig() {
    const clock = new VirtualClock({ settle: () => Promise.resolve() });
    const hardware = characterChip();
    const failures: HalError[] = [];
    const panel = createCharacterPanel({
      geometry: { kind: "cells", columns: 20, rows: 4 },
      bus: fakeI2c(new Map([[0x27, hardware.chip]])),
      address: 0x27,
      wiring: usualBackpack,
      clock,
      failed: (error) => failures.push(error),
      signal: new AbortController().signal,
    });
    return { clock, hardware, panel, failures };
  }

  test("four rows stand where the glass has them", async () => {
    const { clock, hardware, panel } = rig();
    panel.show(cells(["Offhook", "second", "third", "fourth"]));
    await clock.advance(50);
    expect(hardware.rows().map((row) => row.trimEnd())).toEqual(["Offhook", "second", "third", "fourth"]);
  });

  test("characters the ROM has elsewhere are found, unknown ones show as a question mark", async () => {
    const { clock, hardware, panel } = rig();
    panel.show(cells(["Zürich → 語", "", "", ""]));
    await clock.advance(50);
    expect(hardware.cells[1]).toBe(0xf5);
    expect(hardware.cells[7]).toBe(0x7e);
    expect(hardware.cells[9]).toBe(0x3f);
  });

  test("a chip that is missing is tried every second and shows the newest frame once it answers", async () => {
    const { clock, hardware, panel, failures } = rig();
    hardware.state.isPresent = false;
    panel.show(cells(["old", "", "", ""]));
    await clock.advance(3500);
    expect(failures.length).toBeGreaterThanOrEqual(3);
    expect(failures.length).toBeLessThanOrEqual(5);
    panel.show(cells(["new", "", "", ""]));
    hardware.state.isPresent = true;
    await clock.advance(2000);
    expect(hardware.rows()[0]?.trimEnd()).toBe("new");
  });
});
