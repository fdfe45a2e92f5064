// Pixels: where drawing lands, what inks become on panels of each depth, and what a sheet says about itself.
import { expect, test } from "vitest";
import type { PixelGeometry } from "#hal/contract/panel.ts";
import { Canvas } from "#ui/text/canvas.ts";
import { fonts } from "#ui/text/fonts.ts";
import { iconNames, readIcon } from "#ui/text/icons.ts";
import { largeIcons } from "#ui/text/icons-large.ts";
import { smallIcons } from "#ui/text/icons-small.ts";
import { Sheet } from "#ui/text/sheet.ts";
import { themeFor } from "#ui/text/theme.ts";

const tiny: PixelGeometry = { kind: "pixels", width: 6, height: 4, depthBits: 2 };

function rowsOf(canvas: Canvas): string[] {
  const { width, height } = canvas.geometry;
  return Array.from({ length: height }, (_, y) =>
    [...canvas.pixels().subarray(y * width, (y + 1) * width)].join(""),
  );
}

test("fills and outlines stay inside the panel", () => {
  const canvas = new Canvas(tiny);
  canvas.fill({ x: -3, y: -3, width: 5, height: 5 }, "ink");
  canvas.outline({ x: 3, y: 1, width: 9, height: 3 }, "dim");
  expect(rowsOf(canvas)).toEqual([
    "330000", //
    "330222",
    "000200",
    "000222",
  ]);
});

test("text and icons that leave the panel on any side are cut off", () => {
  const canvas = new Canvas(tiny);
  canvas.text(-3, 4, "AAAA", fonts.sans10, "ink");
  canvas.icon(4, 2, readIcon("###\n#.#\n###"), "ink");
  expect(canvas.pixels()).toHaveLength(24);
  expect(
    rowsOf(canvas)
      .slice(2)
      .map((row) => row.slice(4)),
  ).toEqual(["33", "30"]);
});

test("LCD-002 a grey panel gets 0 to 3 from white to black, a mono panel 0 and 1, a colour panel 24 bits", () => {
  expect(new Set(Object.values(themeFor(2)))).toEqual(new Set([0, 1, 2, 3]));
  expect([themeFor(2).paper, themeFor(2).ink]).toEqual([0, 3]);
  expect(new Set(Object.values(themeFor(1)))).toEqual(new Set([0, 1]));
  const colour = new Canvas({ ...tiny, depthBits: 24 });
  colour.fill({ x: 0, y: 0, width: 1, height: 1 }, "bad");
  expect(colour.pixels()).toBeInstanceOf(Uint32Array);
  expect(colour.pixels()[0]).toBe(themeFor(24).bad);
});

test("text and paper differ by enough to be read on every depth", () => {
  const light = (value: number): number => {
    const part = (shift: number): number => {
      const share = ((value >> shift) & 0xff) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0);
  };
  const theme = themeFor(24);
  const pairs = [
    ["ink", "paper"],
    ["dim", "paper"],
    ["good", "paper"],
    ["warn", "paper"],
    ["bad", "paper"],
    ["accent", "paper"],
    ["headInk", "headPaper"],
    ["keyInk", "keyPaper"],
    ["pickInk", "pickPaper"],
    ["ink", "sidePaper"],
  ] as const;
  for (const [ink, paper] of pairs) {
    const [a = 0, b = 0] = [light(theme[ink]), light(theme[paper])].sort((x, y) => y - x);
    expect((a + 0.05) / (b + 0.05), `${ink} on ${paper}`).toBeGreaterThanOrEqual(3.8);
    expect(themeFor(1)[ink] === themeFor(1)[paper], `${ink} on ${paper}`).toBe(false);
    expect(themeFor(2)[ink] === themeFor(2)[paper], `${ink} on ${paper}`).toBe(false);
  }
});

test("every icon is drawn in both sizes, straight-edged, and differs from all others", () => {
  for (const [drawings, width, height] of [
    [smallIcons, 11, 10],
    [largeIcons, 17, 14],
  ] as const) {
    const seen = new Map<string, string>();
    for (const name of iconNames) {
      const icon = readIcon(drawings[name]);
      expect(icon.width, name).toBeLessThanOrEqual(width);
      expect(icon.height, name).toBeLessThanOrEqual(height);
      expect(icon.rows.some((row) => row > 0)).toBe(true);
      const lengths = drawings[name]
        .trim()
        .split("\n")
        .map((row) => row.trim().length);
      expect(new Set(lengths).size, `${name} is not a rectangle`).toBe(1);
      const bits = icon.rows.join();
      expect(seen.get(bits), name).toBeUndefined();
      seen.set(bits, name);
    }
  }
});

test("a sheet says what was written: rows by height, left to right, keys and lines apart", () => {
  const sheet = new Sheet({ kind: "pixels", width: 100, height: 40, depthBits: 1 }, 4, 2);
  const font = fonts.sans10;
  const how = { font, ink: "ink", width: 60 } as const;
  sheet.write("below", { ...how, x: 0, baseline: 30 });
  sheet.write("right", { ...how, x: 40, baseline: 12, align: "right" });
  sheet.write("left", { ...how, x: 0, baseline: 12 });
  sheet.write("Dial", { ...how, x: 0, baseline: 38, area: { kind: "softkey", index: 1 } });
  sheet.write("Line", { ...how, x: 0, baseline: 38, area: { kind: "line", index: 0 } });
  sheet.write("cut because it is far too long", { ...how, x: 0, baseline: 22, width: 40 });
  expect(sheet.text()).toEqual({
    rows: ["left  right", "cut be…", "below"],
    softkeys: ["", "Dial", "", ""],
    lines: ["Line", ""],
  });
});
