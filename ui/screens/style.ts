// Sizes and fonts of pixel panels. One style fits a range of panels; the picture adapts to the rest.
import type { PixelGeometry } from "#hal/contract/panel.ts";
import type { Font } from "#ui/text/font.ts";
import { fonts } from "#ui/text/fonts.ts";
import type { Icon, IconName } from "#ui/text/icons.ts";
import { readIcon } from "#ui/text/icons.ts";
import { largeIcons } from "#ui/text/icons-large.ts";
import { smallIcons } from "#ui/text/icons-small.ts";

export interface Style {
  /** Space at the edges, in pixels. */
  readonly margin: number;
  readonly head: { readonly height: number; readonly font: Font; readonly bold: Font };
  readonly prompt: { readonly height: number; readonly font: Font };
  readonly keys: { readonly height: number; readonly font: Font; readonly gap: number };
  /** Beside the line keys; width 0: there is no room for labels. */
  readonly lines: { readonly width: number; readonly font: Font };
  readonly title: Font;
  readonly body: Font;
  readonly bold: Font;
  readonly small: Font;
  readonly party: Font;
  /** Height of a row of body text. */
  readonly rowHeight: number;
  readonly icon: (name: IconName) => Icon;
}

const smallIcon = iconReader(smallIcons);
const largeIcon = iconReader(largeIcons);

/** 128 × 64 and alike. */
const small: Style = {
  margin: 1,
  head: { height: 11, font: fonts.sans8, bold: fonts.sans8Bold },
  prompt: { height: 10, font: fonts.sans8 },
  keys: { height: 11, font: fonts.sans8, gap: 1 },
  lines: { width: 0, font: fonts.sans8 },
  title: fonts.sans8Bold,
  body: fonts.sans8,
  bold: fonts.sans8Bold,
  small: fonts.sans8,
  party: fonts.sans8Bold,
  rowHeight: 10,
  icon: smallIcon,
};

/** 240 × 120, the logical panel of the 7960 (reference row LCD-005), and alike. */
const middle: Style = {
  margin: 3,
  head: { height: 14, font: fonts.sans10, bold: fonts.sans10Bold },
  prompt: { height: 14, font: fonts.sans10 },
  keys: { height: 14, font: fonts.sans10, gap: 2 },
  lines: { width: 76, font: fonts.sans10 },
  title: fonts.sans10Bold,
  body: fonts.sans10,
  bold: fonts.sans10Bold,
  small: fonts.sans10,
  party: fonts.sans12Bold,
  rowHeight: 13,
  icon: smallIcon,
};

/** 320 × 240 and larger. */
const large: Style = {
  margin: 8,
  head: { height: 26, font: fonts.sans14, bold: fonts.sans14Bold },
  prompt: { height: 24, font: fonts.sans12 },
  keys: { height: 28, font: fonts.sans12Bold, gap: 4 },
  lines: { width: 108, font: fonts.sans12 },
  title: fonts.sans14Bold,
  body: fonts.sans14,
  bold: fonts.sans14Bold,
  small: fonts.sans12,
  party: fonts.sans18Bold,
  rowHeight: 20,
  icon: largeIcon,
};

/** The style for a panel. */
export function styleFor(geometry: PixelGeometry): Style {
  if (geometry.width >= 300 && geometry.height >= 200) return large;
  return geometry.width >= 200 && geometry.height >= 100 ? middle : small;
}

function iconReader(drawings: Readonly<Record<IconName, string>>): (name: IconName) => Icon {
  const ready = new Map<IconName, Icon>();
  return (name) => {
    const icon = ready.get(name) ?? readIcon(drawings[name]);
    ready.set(name, icon);
    return icon;
  };
}
