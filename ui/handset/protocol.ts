// The language between the handset page and a phone: JSON messages and sound over one WebSocket.
// Imports nothing, so that the phone's side and the page's side share this one file.
//
//   text messages    one JSON object with `type`; PhoneMessage comes down, PageMessage goes up
//   binary messages  sound only, both ways: signed 16-bit little-endian samples, mono, 8000 Hz, 160 a message (20 ms)
//
// After the page's `hello` the phone sends `hello`, a whole `frame`, `lamps`, `hook`, `audio`, `timeline`, `faults` and the
// log so far; from then on only what changes. A page that reconnects starts again with `hello`.

/** Raised when a message changes its meaning. A page and a phone of different versions say so and stop. */
export const protocolVersion = 1;

/** Where the page finds the phone's WebSocket, relative to itself. */
export const socketPath = "phone";

/** Sound in binary messages. */
export const sound = { sampleRateHz: 8000, samplesPerMessage: 160 } as const;

/** What the panel is made of. Pixels have 1 or 2 bits (0 = white, highest = black) or 24 (0xRRGGBB). */
export type WireGeometry =
  | {
      readonly kind: "pixels";
      readonly width: number;
      readonly height: number;
      readonly depthBits: 1 | 2 | 24;
    }
  | { readonly kind: "cells"; readonly columns: number; readonly rows: number };

/** What a person reads on the panel, for screen readers and tests. */
export interface WireText {
  readonly rows: readonly string[];
  readonly softkeys: readonly string[];
  readonly lines: readonly string[];
}

/** Rows [y, y + rows) of the picture over its whole width; `runs` as `packRuns` of runs.ts makes it. */
export interface PixelBand {
  readonly y: number;
  readonly rows: number;
  readonly runs: string;
}

export interface WireLamp {
  readonly mode: "off" | "on" | "wink" | "flash" | "blink";
  readonly colour: "red" | "green" | "amber";
}

/** One phase of the boot timeline; milliseconds since the phone started. `endMs` null: not ended. */
export interface WirePhase {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number | null;
  readonly endedBy: string | null;
  readonly waitedFor: string;
}

export interface WireLogLine {
  readonly atMs: number;
  readonly level: "debug" | "info" | "warning" | "error";
  readonly area: string;
  readonly text: string;
}

/** A fault of the simulated network that the page can switch. */
export interface WireFault {
  readonly name: string;
  /** What happens to the phone, in a sentence. */
  readonly description: string;
  readonly isActive: boolean;
}

/** Down: the phone to the page. */
export type PhoneMessage =
  | {
      readonly type: "hello";
      readonly version: number;
      /** For the page's title: `7960 · 00:11:22:33:44:55`. */
      readonly name: string;
      readonly geometry: WireGeometry;
      /** Key names this handset has, as in hal/contract/panel.ts: `0`…`9`, `*`, `#`, `line1`, `soft1`, `settings` … */
      readonly keys: readonly string[];
      /** Lamp names this handset has: `message`, `mute`, `headset`, `speaker`, `line1` … */
      readonly lamps: readonly string[];
      /** Milliseconds since the phone started, to draw a running timeline. */
      readonly nowMs: number;
    }
  | { readonly type: "frame"; readonly bands: readonly PixelBand[]; readonly text: WireText }
  | { readonly type: "cells"; readonly cells: readonly string[]; readonly text: WireText }
  /** Every lamp, at each change of one. */
  | { readonly type: "lamps"; readonly lamps: Readonly<Record<string, WireLamp>> }
  | { readonly type: "hook"; readonly isOffHook: boolean }
  /** Where sound goes now; `isOpen`: the phone takes samples from the page. */
  | {
      readonly type: "audio";
      readonly path: "none" | "handset" | "headset" | "speaker";
      readonly isOpen: boolean;
      readonly isMuted: boolean;
    }
  /** The whole timeline, at each change. */
  | { readonly type: "timeline"; readonly nowMs: number; readonly phases: readonly WirePhase[] }
  | { readonly type: "log"; readonly lines: readonly WireLogLine[] }
  | { readonly type: "faults"; readonly faults: readonly WireFault[] };

/** Up: the page to the phone. */
export type PageMessage =
  | { readonly type: "hello"; readonly version: number }
  | { readonly type: "key"; readonly key: string; readonly isDown: boolean }
  | { readonly type: "hook"; readonly isOffHook: boolean }
  | { readonly type: "fault"; readonly name: string; readonly isActive: boolean }
  /** `power-cycle` takes the power away and gives it back. */
  | { readonly type: "restart"; readonly how: "restart" | "reset" | "power-cycle" };

/** What came instead of a message; the receiver counts it and goes on. */
export interface BadMessage {
  readonly type: "bad";
  readonly why: string;
}

/** The largest text a page may send, in characters. */
export const maxPageMessageLength = 1000;

/** Reads what a page sent; never throws. The phone still decides whether it has such a key or fault. */
export function readPageMessage(text: string): PageMessage | BadMessage {
  if (text.length > maxPageMessageLength) return bad(`${text.length} characters, at most 1000 expected`);
  const message = readObject(text);
  if (message === undefined) return bad("not a JSON object");
  const { type, version, key, isDown, isOffHook, name, isActive, how } = message;
  switch (type) {
    case "hello":
      return typeof version === "number" ? { type, version } : bad("hello: version is not a number");
    case "key":
      if (typeof key === "string" && typeof isDown === "boolean") return { type, key, isDown };
      return bad("key: a key name and isDown expected");
    case "hook":
      return typeof isOffHook === "boolean" ? { type, isOffHook } : bad("hook: isOffHook expected");
    case "fault":
      if (typeof name === "string" && typeof isActive === "boolean") return { type, name, isActive };
      return bad("fault: a name and isActive expected");
    case "restart":
      if (how === "restart" || how === "reset" || how === "power-cycle") return { type, how };
      return bad("restart: how is none of restart, reset, power-cycle");
    default:
      return bad(`unknown type ${JSON.stringify(type)}`);
  }
}

function bad(why: string): BadMessage {
  return { type: "bad", why };
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return { ...value };
  } catch {
    // Not JSON: the caller says so in its answer.
    return undefined;
  }
}
