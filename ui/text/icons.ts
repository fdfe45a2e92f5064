// Icons: what there is to show, and the drawings as rows of bits.

/** Every icon a screen may use (reference row LCD-007 names the line icons). */
export const iconNames = [
  "phone", // a registered line, on hook
  "phoneHollow", // a line that does not register, or is registering
  "phoneCrossed", // a line that is not registered and should be
  "offHook",
  "ringing",
  "connected",
  "hold", // held by us
  "held", // held by the other party
  "speedDial",
  "service",
  "feature",
  "envelope",
  "forward",
  "doNotDisturb",
  "lock",
  "unlock",
  "warning",
  "up",
  "down",
  "missed",
  "received",
  "placed",
  "mute",
  "check",
  "person",
] as const;
export type IconName = (typeof iconNames)[number];

/** Rows of `#` and `.`, one drawing an icon. */
export type IconDrawings = Readonly<Record<IconName, string>>;

/** One icon; row bits count from `width - 1` (left) down to 0. */
export interface Icon {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly number[];
}

/** Reads a drawing. */
export function readIcon(drawing: string): Icon {
  const rows = drawing
    .split("\n")
    .map((row) => row.trim())
    .filter((row) => row !== "");
  const width = Math.max(0, ...rows.map((row) => row.length));
  const bits = rows.map((row) =>
    [...row.padEnd(width, ".")].reduce((value, mark) => value * 2 + (mark === "#" ? 1 : 0), 0),
  );
  return { width, height: rows.length, rows: bits };
}
