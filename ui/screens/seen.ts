// Everything a screen is made from, and which kind of screen it is.
import type { PhoneFacts } from "#firmware/call/facts.ts";
import type { CallView, LocalTime, PhoneView } from "#firmware/call/view.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { Words } from "#ui/words/words.ts";
import type { UiState } from "./ui-state.ts";

/** The whole input of a screen; equal input, equal picture. */
export interface Seen {
  readonly view: PhoneView;
  readonly facts: PhoneFacts;
  readonly ui: UiState;
  readonly words: Words;
  readonly now: MonoMs;
  /** Wall time in the phone's zone, for the call logs. */
  readonly toLocal: (atUnixMs: number) => LocalTime;
}

/** What has the screen and gets the keys. */
export type Focus = "page" | "calls" | "boot" | "idle";

/** A ringing call comes before an open menu, a menu before calls, calls before the boot. */
export function focusOf(view: PhoneView, ui: UiState): Focus {
  const calls = ownCalls(view);
  const isRinging = calls.some((call) => call.state === "ring-in");
  if (isRinging) return "calls";
  if (ui.open.length > 0) return "page";
  if (calls.length > 0) return "calls";
  if (view.boot.phase !== "run" || view.boot.trouble?.code === "safe-mode") return "boot";
  return "idle";
}

/** The calls of this phone: those that others have on a shared line show beside the line key only. */
export function ownCalls(view: PhoneView): readonly CallView[] {
  return view.calls.filter((call) => call.state !== "remote-in-use");
}

/** The call that soft keys, volume and statistics are about. */
export function selectedCall(view: PhoneView): CallView | undefined {
  const calls = ownCalls(view);
  return calls.find((call) => call.isSelected) ?? calls[0];
}
