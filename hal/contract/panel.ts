// The handset's front: what it shows and what a person presses.
import type { Stream } from "./stream.ts";
import type { MonoMs } from "./time.ts";

/** Physical keys. Line and soft keys count from 1. */
export const digitKeys = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#"] as const;
export const lineKeys = ["line1", "line2", "line3", "line4", "line5", "line6"] as const;
export const softKeys = ["soft1", "soft2", "soft3", "soft4"] as const;
export const functionKeys = [
  "messages",
  "services",
  "directories",
  "settings",
  "info",
  "volumeUp",
  "volumeDown",
  "mute",
  "headset",
  "speaker",
  "up",
  "down",
] as const;
export type DigitKey = (typeof digitKeys)[number];
export type LineKey = (typeof lineKeys)[number];
export type SoftKey = (typeof softKeys)[number];
export type FunctionKey = (typeof functionKeys)[number];
export type KeyId = DigitKey | LineKey | SoftKey | FunctionKey;

/** Every key there can be. */
export const keyIds: readonly KeyId[] = [...digitKeys, ...lineKeys, ...softKeys, ...functionKeys];

/** A debounced key edge. */
export interface KeyEvent {
  readonly key: KeyId;
  readonly isDown: boolean;
  readonly at: MonoMs;
}

export interface Keypad {
  /** The keys this handset has. */
  readonly keys: readonly KeyId[];
  readonly events: Stream<KeyEvent>;
}

/** Settled hook changes. A flash is a short on-hook within the times of the board. */
export type HookEvent = { readonly kind: "off-hook" | "on-hook" | "flash"; readonly at: MonoMs };

export interface HookSwitch {
  isOffHook(): boolean;
  readonly events: Stream<HookEvent>;
}

/** A pixel panel in rows of `width`; depthBits 1, 2 (0 = white … 3 = black) or 24 (0xRRGGBB). */
export interface PixelGeometry {
  readonly kind: "pixels";
  readonly width: number;
  readonly height: number;
  readonly depthBits: 1 | 2 | 24;
}

/** A character panel, e.g. 20 × 4. */
export interface CellGeometry {
  readonly kind: "cells";
  readonly columns: number;
  readonly rows: number;
}

export type PanelGeometry = PixelGeometry | CellGeometry;

/** What a person reads, whatever the panel: for `show lcd`, the JSON report and the tests. */
export interface FrameText {
  /** Rows top to bottom, without the soft-key bar and the line labels. */
  readonly rows: readonly string[];
  /** Labels of the soft keys, empty where a key has none. */
  readonly softkeys: readonly string[];
  /** Labels beside the line keys, empty where a key has none. */
  readonly lines: readonly string[];
}

/** One picture of the whole panel. Pixels are one number each, row by row; cells are rows of `columns` characters. */
export type Frame =
  | { readonly kind: "pixels"; readonly pixels: Uint32Array | Uint8Array; readonly text: FrameText }
  | { readonly kind: "cells"; readonly cells: readonly string[]; readonly text: FrameText };

export interface Panel {
  readonly geometry: PanelGeometry;
  /** Shows the frame; keeps only the newest if the panel is slow. Never throws; a dead panel shows in `show hal`. */
  show(frame: Frame): void;
  /** 0–100; does nothing on panels without it. */
  setContrast(percent: number): void;
}

export interface Backlight {
  setLevel(percent: number): void;
}

export const lampIds = ["message", "mute", "headset", "speaker", ...lineKeys] as const;
export type LampId = (typeof lampIds)[number];
export type LampColour = "red" | "green" | "amber";
/** `wink` is mostly on, `flash` mostly off, `blink` even; the cadences are in hal/drivers. */
export type LampMode = "off" | "on" | "wink" | "flash" | "blink";

export interface Lamps {
  /** The lamps this handset has. */
  readonly lamps: readonly LampId[];
  set(lamp: LampId, mode: LampMode, colour?: LampColour): void;
}
