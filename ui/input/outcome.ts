// What a press leads to, and the small steps that outcomes are made of.
import type { Intent } from "#firmware/call/intents.ts";
import type { PanelGeometry } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { later } from "#hal/contract/time.ts";
import { render } from "#ui/screens/render.ts";
import type { Seen } from "#ui/screens/seen.ts";
import type { OpenPage, UiState } from "#ui/screens/ui-state.ts";
import type { Facts, TextId } from "#ui/words/words.ts";
import type { Act } from "./acts.ts";

/** The new state of ui, what the call control is asked, and what the composition root is asked. */
export interface Outcome {
  readonly ui: UiState;
  readonly intents: readonly Intent[];
  readonly acts: readonly Act[];
}

/** What keys act on: what is seen, and the panel it is seen on (text scrolls no further than its end there). */
export interface Pressing extends Seen {
  readonly geometry: PanelGeometry;
}

/** How long a note stays, in ms. */
export const noteMs = 3000;

/** Only ui changes. */
export function changed(ui: UiState): Outcome {
  return { ui, intents: [], acts: [] };
}

/** ui stays or changes, and the call control is asked. */
export function asked(ui: UiState, ...intents: readonly Intent[]): Outcome {
  return { ui, intents, acts: [] };
}

/** ui stays or changes, and the composition root is asked. */
export function acted(ui: UiState, ...acts: readonly Act[]): Outcome {
  return { ui, intents: [], acts };
}

/** Opens a page on top; soft keys begin at their first four, key sequences anew. */
export function opened(ui: UiState, page: OpenPage): UiState {
  return { ...ui, open: [...ui.open, page], softkeyPage: { set: "", page: 0 }, note: undefined, recent: "" };
}

/** Closes the page on top. */
export function closed(ui: UiState): UiState {
  return { ...ui, open: ui.open.slice(0, -1), softkeyPage: { set: "", page: 0 }, dialLine: undefined };
}

/** Closes all pages. */
export function allClosed(ui: UiState): UiState {
  return ui.open.length === 0 ? ui : { ...closed(ui), open: [], recent: "" };
}

/** Puts another page in the place of the one on top. */
export function replaced(ui: UiState, page: OpenPage): UiState {
  return { ...ui, open: [...ui.open.slice(0, -1), page] };
}

/** A page to change a number on before it is dialled. */
export function editNumber(text: string, line: number | undefined): OpenPage {
  const mode = /[a-z]/i.test(text) ? "letters" : "digits";
  const purpose = { kind: "edit-number", line } as const;
  return { kind: "entry", entry: { purpose, text, mode, isShifted: false, tap: undefined } };
}

/** What is seen scrolls as long as that shows something else. */
export function scrolled(seen: Pressing, next: UiState): UiState {
  const picture = (ui: UiState): string => {
    const { frame } = render({ ...seen, ui }, seen.geometry);
    return `${JSON.stringify(frame.text)} ${frame.kind === "pixels" ? frame.pixels.join() : ""}`;
  };
  return picture(next) === picture(seen.ui) ? seen.ui : next;
}

/** Shows a note for a while. */
export function noted(ui: UiState, now: MonoMs, text: TextId, facts: Facts = {}): UiState {
  return { ...ui, note: { text, facts, until: later(now, noteMs) } };
}
