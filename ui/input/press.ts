// Keys, hook and time as they come, to what they mean: a pure step. Pages get the keys first, then the phone.
import type { Intent } from "#firmware/call/intents.ts";
import { type DigitKey, digitKeys, type KeyId, lineKeys, softKeys } from "#hal/contract/panel.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { listPage, textPage } from "#ui/screens/menus.ts";
import { pageKeySet } from "#ui/screens/page-screen.ts";
import { focusOf, selectedCall } from "#ui/screens/seen.ts";
import { servicePage } from "#ui/screens/service-page.ts";
import { callKeySet, type KeySet, shownKeys } from "#ui/screens/softkeys.ts";
import { initialUiState, type OpenPage, type UiState } from "#ui/screens/ui-state.ts";
import type { MenuKeyId } from "#ui/words/menu-keys.ts";
import type { Facts, TextId } from "#ui/words/words.ts";
import {
  acted,
  allClosed,
  asked,
  changed,
  closed,
  noted,
  type Outcome,
  opened,
  type Pressing,
  replaced,
} from "./outcome.ts";
import { pageDigit, pageHook, pageLineKey, pageScroll, pageSoftkey, pageTime } from "./page-press.ts";
import { serviceDeadlines, serviceOwnKey } from "./service-press.ts";

/** Everything that can happen at the front of the phone. */
export type InputEvent =
  | { readonly kind: "key"; readonly key: KeyId; readonly isDown: boolean }
  | { readonly kind: "hook"; readonly hook: "off-hook" | "on-hook" | "flash" }
  /** The time of `inputDeadline` has come. */
  | { readonly kind: "timer" }
  /** The composition root answers an act with a note, e.g. that the password was wrong. */
  | { readonly kind: "told"; readonly text: TextId; readonly facts: Facts }
  /** A call manager's button opens a service: the facts will have its page. */
  | { readonly kind: "service" }
  /** A server wants text to be read; it takes the place of what it sent before. */
  | { readonly kind: "served"; readonly title: string; readonly paragraphs: readonly string[] };

/** A held key repeats after this long, in ms, */
const repeatAfterMs = 500;
/** and then so often. */
const repeatEveryMs = 150;

/** One event's outcome. Pure; `ui` is the state before, `now` the time of the event. */
export function press(seen: Pressing, event: InputEvent): Outcome {
  const outcome = withServicesClosed(seen.ui, meaning(seen, event));
  const isLeft = isInSettings(seen.ui) && !isInSettings(outcome.ui);
  // The reference leaves open whether leaving the menus locks them (row SET-009); here it does.
  if (!isLeft || !seen.facts.isUnlocked) return outcome;
  return { ...outcome, acts: [...outcome.acts, { kind: "lock" }] };
}

/** Pages of services that nobody sees any more are not fetched anew either. */
function withServicesClosed(before: UiState, outcome: Outcome): Outcome {
  const hasService = ({ open }: UiState): boolean => open.some(({ kind }) => kind === "service");
  if (!hasService(before) || hasService(outcome.ui)) return outcome;
  return { ...outcome, acts: [{ kind: "close-services" }, ...outcome.acts] };
}

function isInSettings({ open: [first] }: UiState): boolean {
  return first?.kind === "list" && first.list === "settings";
}

function meaning(seen: Pressing, event: InputEvent): Outcome {
  switch (event.kind) {
    case "key":
      return event.isDown ? keyDown(seen, event.key) : keyUp(seen, event.key);
    case "hook":
      return hookChanged(seen, event.hook);
    case "timer":
      return timePassed(seen);
    case "told":
      return changed(noted(seen.ui, seen.now, event.text, event.facts));
    case "service":
      return changed(opened(allClosed(seen.ui), servicePage));
    case "served": {
      const page: OpenPage = { ...event, scroll: 0 };
      const isAnother = seen.ui.open.at(-1)?.kind === "served";
      return changed(isAnother ? replaced(seen.ui, page) : opened(seen.ui, page));
    }
  }
}

/** When `press` wants a `timer` event: a held key repeats, a letter is taken, a typed number is complete. */
export function inputDeadline(ui: UiState): MonoMs | undefined {
  const page = ui.open.at(-1);
  const times = [ui.repeat?.at];
  if (page?.kind === "entry") times.push(page.entry.tap?.until);
  if (page?.kind === "list") times.push(page.typedUntil);
  if (page?.kind === "service") times.push(...serviceDeadlines(page));
  const set = times.filter((time) => time !== undefined);
  return set.length === 0 ? undefined : (Math.min(...set) as MonoMs); // the smallest of times is one of them
}

function keyDown(seen: Pressing, key: KeyId): Outcome {
  if (seen.ui.held.includes(key)) return changed(seen.ui);
  const held = [...seen.ui.held, key];
  if (key === "settings" && held.includes("*") && held.includes("6"))
    return acted({ ...initialUiState, held }, { kind: "restart" });
  const at = { ...seen, ui: { ...seen.ui, held } };
  const outcome = keyMeaning(at, key);
  const repeat = repeats(at, key) ? { key, at: later(seen.now, repeatAfterMs) } : outcome.ui.repeat;
  return { ...outcome, ui: { ...outcome.ui, repeat } };
}

function keyUp({ ui }: Pressing, key: KeyId): Outcome {
  const held = ui.held.filter((other) => other !== key);
  const repeat = ui.repeat?.key === key ? undefined : ui.repeat;
  const digit = ui.sounding.find((sounding) => sounding === key);
  const sounding = ui.sounding.filter((other) => other !== key);
  const next = { ...ui, held, repeat, sounding };
  return digit === undefined ? changed(next) : asked(next, { kind: "digit-up", digit });
}

/** Volume, scrolling and deleting go on while the key is held. */
function repeats(seen: Pressing, key: KeyId): boolean {
  if (key === "volumeUp" || key === "volumeDown" || key === "up" || key === "down") return true;
  const shown = keysShown(seen)[softIndex(key)];
  if (shown?.kind === "service") return shown.key.target.kind === "softkey" && shown.key.target.name === "<<";
  return shown?.kind === "menu" && shown.id === "backspace";
}

function keyMeaning(seen: Pressing, key: KeyId): Outcome {
  const { ui } = seen;
  const isPage = focusOf(seen.view, ui) === "page";
  const digit = digitKeys.find((one) => one === key);
  if (digit === "*" && focusOf(seen.view, ui) === "boot") return changed(opened(ui, textPage("boot-status")));
  if (digit !== undefined) return isPage ? pageDigit(seen, digit) : callDigit(ui, digit);
  const soft = softIndex(key);
  if (soft >= 0) return softkeyDown(seen, soft);
  const keys: readonly KeyId[] = lineKeys;
  const line = keys.indexOf(key) + 1;
  if (line > 0)
    return (
      (isPage ? pageLineKey(seen, line) : undefined) ?? asked(allClosed(ui), { kind: "line-key", key: line })
    );
  return functionKey(seen, key, isPage);
}

function softIndex(key: KeyId): number {
  const keys: readonly KeyId[] = softKeys;
  return keys.indexOf(key);
}

/** A digit of a call, from its press to its release. */
function callDigit(ui: UiState, digit: DigitKey): Outcome {
  return asked({ ...ui, sounding: [...ui.sounding, digit] }, { kind: "digit", digit });
}

function functionKey(seen: Pressing, key: KeyId, isPage: boolean): Outcome {
  const { ui, facts } = seen;
  switch (key) {
    case "up":
    case "down": {
      const steps = key === "up" ? -1 : 1;
      if (isPage) return pageScroll(seen, steps);
      return selectedCall(seen.view) === undefined ? changed(ui) : asked(ui, { kind: "scroll", steps });
    }
    case "volumeUp":
    case "volumeDown": {
      const intent: Intent = { kind: "volume", steps: key === "volumeUp" ? 1 : -1 };
      return asked({ ...ui, volumeUntil: later(seen.now, volumeShownMs) }, intent);
    }
    case "mute":
    case "headset":
    case "speaker":
      return asked(ui, { kind: key });
    case "messages":
      return asked(allClosed(ui), { kind: "messages" });
    case "settings":
      return changed(toggled(ui, listPage("settings")));
    case "directories":
      return changed(toggled(ui, listPage("directories")));
    case "services":
      if (facts.servicesUrl === undefined) return changed(toggled(ui, textPage("services")));
      if (ui.open[0]?.kind === "service") return changed(allClosed(ui));
      return acted(opened(allClosed(ui), servicePage), { kind: "open-services" });
    case "info":
      return changed(infoPressed(seen));
    default:
      return changed(ui);
  }
}

/** How long the volume is shown after a change, in ms. */
const volumeShownMs = 2500;

/** Opens a menu; the same key closes it again. */
function toggled(ui: UiState, page: OpenPage): UiState {
  const first = ui.open[0];
  const isSame =
    first !== undefined &&
    ((first.kind === "list" && page.kind === "list" && first.list === page.list) ||
      (first.kind === "text" && page.kind === "text" && first.page === page.page));
  return isSame ? allClosed(ui) : opened(allClosed(ui), page);
}

/** Help for what is open; with a call and nothing open, its statistics. */
function infoPressed(seen: Pressing): UiState {
  const { ui, view } = seen;
  const top = ui.open.at(-1);
  if (top?.kind === "text" && (top.page === "help" || top.page === "call-statistics")) return closed(ui);
  const isInCall = ui.open.length === 0 && selectedCall(view) !== undefined;
  return opened(ui, textPage(isInCall ? "call-statistics" : "help"));
}

/** The four keys as they are on the panel now. */
function keysShown(seen: Pressing): ReturnType<typeof shownKeys> {
  return shownKeys(keySet(seen), seen.ui);
}

function keySet(seen: Pressing): KeySet {
  const page = seen.ui.open.at(-1);
  if (focusOf(seen.view, seen.ui) === "page" && page !== undefined) return pageKeySet(seen, page);
  return callKeySet(seen);
}

function softkeyDown(seen: Pressing, index: number): Outcome {
  const { ui } = seen;
  const set = keySet(seen);
  const key = shownKeys(set, ui)[index];
  switch (key?.kind) {
    case "more": {
      const page = ui.softkeyPage.set === set.name ? ui.softkeyPage.page + 1 : 1;
      return changed({ ...ui, softkeyPage: { set: set.name, page } });
    }
    case "call": {
      const { id, place } = key.softkey;
      return asked({ ...ui, softkeyPage: { set: "", page: 0 } }, { kind: "softkey", id, place });
    }
    case "service":
      return serviceOwnKey(seen, key.key);
    case "menu":
      return focusOf(seen.view, ui) === "page" ? pageSoftkey(seen, key.id) : ownSoftkey(seen, key.id);
    case "blank":
    case undefined:
      return changed(ui);
  }
}

/** A soft key of ui's own on a phone without an open page. */
function ownSoftkey({ ui, now }: Pressing, key: MenuKeyId): Outcome {
  switch (key) {
    case "save":
      return acted({ ...noted(ui, now, "saved"), volumeUntil: undefined }, { kind: "keep-volume" });
    case "status":
      return changed(opened(ui, textPage("boot-status")));
    case "restart":
      return acted(ui, { kind: "restart" });
    default:
      return changed(ui);
  }
}

/** Lifting the handset in a directory calls the entry. */
function hookChanged(seen: Pressing, hook: "off-hook" | "on-hook" | "flash"): Outcome {
  const intent: Intent = { kind: hook };
  if (hook !== "off-hook" || focusOf(seen.view, seen.ui) !== "page") return asked(seen.ui, intent);
  const dial = pageHook(seen);
  return asked(allClosed(seen.ui), intent, ...(dial === undefined ? [] : [dial]));
}

function timePassed(seen: Pressing): Outcome {
  const { ui, now } = seen;
  if (ui.repeat !== undefined && ui.repeat.at <= now) {
    const { key } = ui.repeat;
    const outcome = keyMeaning(seen, key);
    const repeat = repeats(seen, key) ? { key, at: later(now, repeatEveryMs) } : undefined;
    return { ...outcome, ui: { ...outcome.ui, repeat } };
  }
  return pageTime(seen);
}
