// Inks by their job on the screen, and what each becomes on a panel of 1, 2 or 24 bits.

/** What a drawing is made of. Screens name the job; the theme knows the colour. */
export const inks = [
  "paper",
  "ink",
  "dim", // secondary text
  "rule", // lines between areas
  "faint", // ornaments
  "headPaper",
  "headInk",
  "headDim",
  "keyPaper", // soft-key tabs
  "keyInk",
  "pickPaper", // the chosen row
  "pickInk",
  "sidePaper", // beside the line keys
  "good",
  "warn",
  "bad",
  "accent",
] as const;
export type Ink = (typeof inks)[number];

/** Panel values by ink. */
export type Theme = Readonly<Record<Ink, number>>;

/** 1 bit: black on white, bars inverted. */
const monoTheme: Theme = {
  paper: 0,
  ink: 1,
  dim: 1,
  rule: 1,
  faint: 0,
  headPaper: 0,
  headInk: 1,
  headDim: 1,
  keyPaper: 1,
  keyInk: 0,
  pickPaper: 1,
  pickInk: 0,
  sidePaper: 0,
  good: 1,
  warn: 1,
  bad: 1,
  accent: 1,
};

/** 2 bits: white, light grey, dark grey, black (reference row LCD-002). */
const greyTheme: Theme = {
  paper: 0,
  ink: 3,
  dim: 2,
  rule: 2,
  faint: 1,
  headPaper: 0,
  headInk: 3,
  headDim: 3,
  keyPaper: 3,
  keyInk: 0,
  pickPaper: 3,
  pickInk: 0,
  sidePaper: 0,
  good: 3,
  warn: 3,
  bad: 3,
  accent: 3,
};

/** 24 bits: 0xRRGGBB. */
const colourTheme: Theme = {
  paper: 0xf4f6f8,
  ink: 0x16202c,
  dim: 0x5b6876,
  rule: 0xc3ccd6,
  faint: 0xdde4eb,
  headPaper: 0x12385c,
  headInk: 0xffffff,
  headDim: 0xb9cde0,
  keyPaper: 0x12385c,
  keyInk: 0xffffff,
  pickPaper: 0x1f6fb2,
  pickInk: 0xffffff,
  sidePaper: 0xe6ecf2,
  good: 0x1d7f43,
  warn: 0xb26a00,
  bad: 0xb3261e,
  accent: 0x1f6fb2,
};

/** The theme of a panel's depth. */
export function themeFor(depthBits: 1 | 2 | 24): Theme {
  if (depthBits === 24) return colourTheme;
  return depthBits === 2 ? greyTheme : monoTheme;
}
