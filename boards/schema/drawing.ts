// A handset's wiring as a drawing: one box per chip with its lines, and what each goes to. Plain SVG, no library.
import type { HandsetData } from "./handset-data.ts";
import { chips, type Pin, pins } from "./pinout.ts";

const rowHeight = 18;
const width = 760;
const boxLeft = 40;
const boxWidth = 250;
const targetLeft = 430;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Colour of a wire by what it carries, readable in grey too: labels say the same. */
function colourOf(what: string, how: string): string {
  if (how === "the kernel's") return "#7a5195";
  if (what.startsWith("lamp")) return "#d45087";
  if (what.startsWith("key")) return "#1f6f8b";
  return "#2f7d32";
}

function box(title: string, lines: readonly Pin[], top: number): string {
  const height = (lines.length + 1) * rowHeight + 10;
  const rows = lines.map(({ at, what, how }, index) => {
    const y = top + (index + 1) * rowHeight + 8;
    const colour = colourOf(what, how);
    return [
      `  <text x="${boxLeft + 10}" y="${y + 4}">${escaped(at)}</text>`,
      `  <line x1="${boxLeft + boxWidth}" y1="${y}" x2="${targetLeft - 8}" y2="${y}" stroke="${colour}" stroke-width="2"/>`,
      `  <text x="${targetLeft}" y="${y + 4}">${escaped(what)} <tspan fill="#777">${escaped(how)}</tspan></text>`,
    ].join("\n");
  });
  return [
    `  <rect x="${boxLeft}" y="${top}" width="${boxWidth}" height="${height}" rx="6" fill="#f6f6f2" stroke="#444"/>`,
    `  <text x="${boxLeft + 10}" y="${top + 15}" font-weight="bold">${escaped(title)}</text>`,
    ...rows,
  ].join("\n");
}

/** The drawing as an SVG file's text. */
export function wiringDrawing(data: HandsetData): string {
  const all = pins(data);
  const parts: string[] = [];
  let top = 44;
  for (const chip of new Set(all.map((pin) => pin.chip))) {
    const lines = all.filter((pin) => pin.chip === chip);
    parts.push(box(chip, lines, top));
    top += (lines.length + 2) * rowHeight + 16;
  }
  for (const { at, what, chip } of chips(data)) {
    parts.push(`  <text x="${boxLeft}" y="${top}">${escaped(`${at}: ${what}, ${chip}`)}</text>`);
    top += rowHeight;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + 10}" font-family="sans-serif" font-size="12">`,
    `  <text x="${boxLeft}" y="28" font-size="16" font-weight="bold">${escaped(data.facts.description)}</text>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}
