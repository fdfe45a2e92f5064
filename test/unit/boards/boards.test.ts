// One test over all boards: the data holds together, every screen fits, and README and drawing say what the data says.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { desktop7940, desktop7960 } from "#boards/desktop/desktop.ts";
import { facts as linuxFacts } from "#boards/linux/facts.ts";
import { protoA } from "#boards/proto-a/board.ts";
import { protoB } from "#boards/proto-b/board.ts";
import { qemuRaspi3 } from "#boards/qemu-raspi3/board.ts";
import { qemuVirt } from "#boards/qemu-virt/board.ts";
import { checkBoard } from "#boards/schema/board.ts";
import { checkHandset } from "#boards/schema/check-handset.ts";
import { wiringDrawing } from "#boards/schema/drawing.ts";
import type { HandsetData } from "#boards/schema/handset-data.ts";
import { pinoutTable } from "#boards/schema/pinout.ts";

const handsets: readonly HandsetData[] = [protoA, protoB, qemuVirt, qemuRaspi3];
const folder = join(import.meta.dirname, "../../../boards");
const begin = "<!-- pinout: from the board's data; `npx vitest run -u test/unit/boards` writes it -->";
const end = "<!-- end of pinout -->";

test("every board's facts and wiring hold together", () => {
  for (const facts of [desktop7960, desktop7940, linuxFacts]) expect(() => checkBoard(facts)).not.toThrow();
  for (const data of handsets) expect(() => checkHandset(data)).not.toThrow();
});

test("every board is called like its folder", () => {
  for (const { facts } of handsets) expect(readReadme(facts.name)).toContain(`# boards/${facts.name}\n`);
});

test("each README's pinout and each drawing are those of the data", async () => {
  for (const data of handsets) {
    const { name } = data.facts;
    const readme = readReadme(name);
    const [head, tail] = [readme.split(begin)[0], readme.split(end)[1]];
    const wanted = `${head}${begin}\n\n${pinoutTable(data)}\n\n${end}${tail}`;
    await expect(wanted).toMatchFileSnapshot(join(folder, name, "README.md"));
    await expect(wiringDrawing(data)).toMatchFileSnapshot(join(folder, name, "wiring.svg"));
  }
});

function readReadme(name: string): string {
  return readFileSync(join(folder, name, "README.md"), "utf8");
}

test("a wrong board file is told with board, part, field, value and what belongs there", () => {
  const wrong = (change: (data: Changeable) => void): string => {
    const data = structuredClone(protoA) as unknown as Changeable; // a test may break what a board may not
    change(data);
    try {
      checkHandset(data as unknown as HandsetData);
    } catch (error) {
      return String(error);
    }
    return "nothing said";
  };
  const complaints = [
    wrong(({ wiring }) => (wiring.lines["hook"] = { chip: "pinctrl-bcm2711", line: 5, direction: "in" })),
    wrong(({ wiring }) => (wiring.lines["headset"] = { chip: "front", line: 16, direction: "in" })),
    wrong(({ wiring }) => (wiring.i2c["codec"] = { bus: 1, address: 0x20, chip: "WM8960" })),
    wrong(({ wiring }) => (wiring.i2c["codec"] = { bus: 1, address: 0x7c, chip: "WM8960" })),
    wrong(({ wiring }) => (wiring.spi["panel"] = { bus: 0, chipSelect: 0, mode: 0, maxSpeedHz: 40 })),
    wrong(({ wiring }) => delete wiring.lines["lamp mute"]),
    wrong(({ matrix }) => (matrix.map[0] = ["1", "4", "7", "*", "line1", "1"])),
    wrong((data) => (data.hook.settleMs = 0)),
    wrong((data) => (data.facts.panel.width = 96)),
    wrong((data) => (data.facts.lineKeyCount = 7)),
  ];
  expect(complaints).toMatchInlineSnapshot(`
    [
      "ConfigError: board proto-a: lines["keypad column 1"].line: is 5 of "pinctrl-bcm2711", a line that "hook" does not have already belongs",
      "ConfigError: board proto-a: lines["headset"].line: is 16 of "front", 0 to 15 belongs",
      "ConfigError: board proto-a: i2c["codec"].address: is 0x20 on bus 1, an address that "front" does not have already belongs",
      "ConfigError: board proto-a: i2c["codec"].address: is 0x7c, 0x08 to 0x77 belongs",
      "ConfigError: board proto-a: spi["panel"].maxSpeedHz: is 40, 100000 to 125000000 belongs",
      "ConfigError: board proto-a: lines["lamp mute"]: is not wired, an output belongs",
      "ConfigError: board proto-a: keypad.map: has 1 2 times, once belongs",
      "ConfigError: board proto-a: hook.settleMs: is 0, 1 to 500 belongs",
      "ConfigError: board proto-a: panel: is 96 × 240 pixels, 128 × 64 is the least",
      "ConfigError: board proto-a: lineKeyCount: is 7, 1 to 6 belongs",
    ]
  `);
});

/** A board's data without its guards. */
interface Changeable {
  facts: { panel: { width: number }; lineKeyCount: number };
  wiring: Record<"lines" | "i2c" | "spi", Record<string, unknown>>;
  matrix: { map: string[][] };
  hook: { settleMs: number };
}
