// The phone view: everything a screen may show, as one plain value. Codes and data; ui/ chooses the words.
// Equal views cause no work.

import type { BootView } from "#firmware/boot/notices.ts";
import type { LineState, Party } from "#firmware/sip/notices.ts";
import type { AudioPath } from "#hal/contract/audio.ts";
import type { LampMode } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { CallId, SoftkeyId } from "./intents.ts";

export type CallState =
  | "off-hook" // dial tone or collecting digits
  | "proceeding" // sent, nothing heard yet
  | "ring-out"
  | "ring-in"
  | "connected"
  | "hold" // by us
  | "held" // by the other party
  | "busy"
  | "failed"
  | "remote-in-use"
  | "transfer"
  | "conference"
  | "ended";

export interface CallView {
  readonly id: CallId;
  readonly line: number;
  readonly state: CallState;
  readonly direction: "in" | "out";
  readonly peer: Party | undefined;
  /** Digits typed or the number called. */
  readonly digits: string;
  /** When it was connected; the screen counts from it. */
  readonly connectedAt: MonoMs | undefined;
  readonly isSelected: boolean;
  /** Final status and reason phrase of a failed call. */
  readonly failure: { readonly status: number | undefined; readonly reason: string } | undefined;
}

export type LineKeyKind = "line" | "speed-dial" | "feature" | "service" | "none";

/** What stands beside one line key. */
export interface LineKeyView {
  readonly kind: LineKeyKind;
  readonly label: string;
  readonly state: LineState;
  readonly lamp: LampMode;
  readonly hasMessages: boolean;
  readonly isForwarded: boolean;
}

/** One soft key. A label from a server is shown as sent; without one ui/ names the function. */
export interface SoftkeyView {
  readonly id: SoftkeyId;
  readonly serverLabel: string | undefined;
  /** Position in the server's set. */
  readonly place: number;
}

/** A text on the prompt line: a code of ours, or a server's words. */
export type PromptView =
  | {
      readonly kind: "code";
      readonly code: string;
      readonly facts: Readonly<Record<string, string | number>>;
    }
  | { readonly kind: "text"; readonly text: string };

export interface AudioView {
  readonly path: AudioPath | undefined;
  readonly isMuted: boolean;
  /** 0–100, of the path in use. */
  readonly volume: number;
}

/** Local date and time to show; undefined until a server told the time. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export interface PhoneView {
  readonly boot: BootView;
  readonly lineKeys: readonly LineKeyView[];
  readonly selectedLine: number;
  readonly calls: readonly CallView[];
  readonly softkeys: readonly SoftkeyView[];
  readonly prompt: PromptView | undefined;
  readonly audio: AudioView;
  readonly isOffHook: boolean;
  readonly time: LocalTime | undefined;
  readonly dateFormat: string;
  readonly is24Hour: boolean;
  readonly phoneLabel: string;
  readonly hasMessages: boolean;
  readonly isDoNotDisturb: boolean;
  readonly forwardedTo: string | undefined;
  /** SCCP DisplayText, or other text for the middle of the idle screen. */
  readonly idleText: string | undefined;
}
