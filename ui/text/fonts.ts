// The fonts there are, by name. Opening costs nothing until a glyph is drawn.
import { openFont } from "./font.ts";
import { sans8 } from "./fonts/sans-8.ts";
import { sans8Bold } from "./fonts/sans-8-bold.ts";
import { sans10 } from "./fonts/sans-10.ts";
import { sans10Bold } from "./fonts/sans-10-bold.ts";
import { sans12 } from "./fonts/sans-12.ts";
import { sans12Bold } from "./fonts/sans-12-bold.ts";
import { sans14 } from "./fonts/sans-14.ts";
import { sans14Bold } from "./fonts/sans-14-bold.ts";
import { sans18Bold } from "./fonts/sans-18-bold.ts";

/** Proportional fonts; the number is the size in pixels. */
export const fonts = {
  sans8: openFont(sans8),
  sans8Bold: openFont(sans8Bold),
  sans10: openFont(sans10),
  sans10Bold: openFont(sans10Bold),
  sans12: openFont(sans12),
  sans12Bold: openFont(sans12Bold),
  sans14: openFont(sans14),
  sans14Bold: openFont(sans14Bold),
  sans18Bold: openFont(sans18Bold),
} as const;
