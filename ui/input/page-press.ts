// Keys while a page is open: choosing rows, changing values, typing (reference 6.5).
import type { Intent } from "#firmware/call/intents.ts";
import type { DigitKey } from "#hal/contract/panel.ts";
import { later } from "#hal/contract/time.ts";
import { entryKey } from "#ui/screens/call-log.ts";
import { formOf } from "#ui/screens/forms.ts";
import { type Menu, type MenuRow, menuOf } from "#ui/screens/menus.ts";
import { fieldUnder } from "#ui/screens/page-screen.ts";
import type { Seen } from "#ui/screens/seen.ts";
import { servicePage } from "#ui/screens/service-page.ts";
import type { OpenPage, UiState } from "#ui/screens/ui-state.ts";
import type { MenuKeyId } from "#ui/words/menu-keys.ts";
import { entrySoftkey } from "./entry-press.ts";
import { formDigit, formSoftkey } from "./form-press.ts";
import { numberMs, numberTyped } from "./numbers.ts";
import {
  acted,
  allClosed,
  asked,
  changed,
  closed,
  editNumber,
  noted,
  type Outcome,
  opened,
  type Pressing,
  replaced,
  scrolled,
} from "./outcome.ts";
import {
  serviceDialTarget,
  serviceDigit,
  serviceScroll,
  serviceSoftkey,
  serviceTime,
} from "./service-press.ts";
import { accepted, typed } from "./typing.ts";

type Of<Kind extends OpenPage["kind"]> = Extract<OpenPage, { kind: Kind }>;

/** A digit key: an item's number, or a character. */
export function pageDigit(seen: Seen, digit: DigitKey): Outcome {
  const { ui, now } = seen;
  const page = ui.open.at(-1);
  switch (page?.kind) {
    case "list":
      return listDigit(seen, page, digit);
    case "form":
      return formDigit(seen, page, digit);
    case "entry": {
      const { purpose } = page.entry;
      const type = purpose.kind === "field" ? fieldUnder(seen, purpose.field)?.type.kind : undefined;
      return changed(replaced(ui, { kind: "entry", entry: typed(page.entry, digit, type, now) }));
    }
    case "service":
      return serviceDigit(seen, page, digit);
    case "text":
    case "served":
    case "contrast":
    case undefined:
      return changed(ui);
  }
}

/** Numbers choose; in the settings menu `**#` and `**#**` do what the reference says (row SET-010). */
function listDigit(seen: Seen, page: Of<"list">, digit: DigitKey): Outcome {
  if (page.list === "settings") {
    const recent = (seen.ui.recent + digit).slice(-5);
    const special = settingsCode({ ...seen, ui: { ...seen.ui, recent } });
    if (special !== undefined) return special;
    if (digit === "*" || digit === "#") return changed({ ...seen.ui, recent });
  }
  const { rows } = menuOf(seen, page.list);
  const found = numberTyped(rows, page.typed, digit);
  const row = rows[found?.selected ?? -1];
  if (found === undefined || row === undefined) return changed(seen.ui);
  const next = { ...page, selected: found.selected, typed: "", typedUntil: undefined };
  if (found.goesOnWith === undefined) return chosen(seen, replaced(seen.ui, next), row);
  const typedUntil = later(seen.now, numberMs);
  return changed(replaced(seen.ui, { ...next, typed: found.goesOnWith, typedUntil }));
}

function settingsCode(seen: Seen): Outcome | undefined {
  const { ui, facts } = seen;
  if (ui.recent === "**#**") return acted(allClosed(ui), { kind: "reset" });
  if (!ui.recent.endsWith("**#") || facts.unlockedBy !== "star-star-pound") return undefined;
  return acted(ui, facts.isUnlocked ? { kind: "lock" } : { kind: "unlock", password: undefined });
}

/** Up and down. */
export function pageScroll(seen: Pressing, steps: number): Outcome {
  const { ui } = seen;
  const page = ui.open.at(-1);
  const within = (at: number, count: number): number => Math.max(0, Math.min(count - 1, at + steps));
  switch (page?.kind) {
    case "list": {
      const selected = within(page.selected, menuOf(seen, page.list).rows.length);
      return changed(replaced(ui, { ...page, selected, typed: "", typedUntil: undefined }));
    }
    case "form":
      return changed(
        replaced(ui, {
          ...page,
          selected: within(page.selected, formOf(page.form, seen.facts).fields.length),
        }),
      );
    case "text":
    case "served":
      return changed(textScrolled(seen, page, steps));
    case "service":
      return serviceScroll(seen, page, steps);
    case "contrast":
      return contrast(ui, page, -steps);
    case "entry":
    case undefined:
      return changed(ui);
  }
}

function textScrolled(seen: Pressing, page: Of<"text" | "served">, steps: number): UiState {
  return scrolled(seen, replaced(seen.ui, { ...page, scroll: Math.max(0, page.scroll + steps) }));
}

function contrast(ui: UiState, page: Of<"contrast">, steps: number): Outcome {
  const percent = Math.max(0, Math.min(100, page.percent + steps * 5));
  return acted(replaced(ui, { ...page, percent }), { kind: "set-contrast", percent, isKept: false });
}

/** A line key: in a directory it chooses the line of the next call (row DIR-005); elsewhere it is not the page's. */
export function pageLineKey(seen: Seen, line: number): Outcome | undefined {
  const { ui, view, now } = seen;
  if (dialTarget(seen) === undefined || view.lineKeys[line - 1]?.kind !== "line") return undefined;
  return changed(noted({ ...ui, dialLine: line }, now, "line", { line }));
}

/** What lifting the handset dials; undefined where nothing is chosen that can be dialled. */
export function pageHook(seen: Seen): Intent | undefined {
  const target = dialTarget(seen);
  return target === undefined ? undefined : { kind: "dial", ...target };
}

function dialTarget(seen: Seen): { target: string; line: number | undefined } | undefined {
  const page = seen.ui.open.at(-1);
  if (page?.kind === "entry" && page.entry.purpose.kind === "edit-number") {
    const { text, purpose } = page.entry;
    return text === "" ? undefined : { target: text, line: seen.ui.dialLine ?? purpose.line };
  }
  if (page?.kind === "service") return serviceDialTarget(seen, page);
  if (page?.kind !== "list") return undefined;
  const action = menuOf(seen, page.list).rows[page.selected]?.action;
  return action?.kind === "dial" ? { target: action.target, line: action.line } : undefined;
}

/** A soft key of the page on top. */
export function pageSoftkey(seen: Seen, key: MenuKeyId): Outcome {
  const { ui } = seen;
  const page = ui.open.at(-1);
  switch (page?.kind) {
    case "list":
      return listSoftkey(seen, page, key);
    case "form":
      return formSoftkey(seen, page, key);
    case "entry":
      return entrySoftkey(seen, page.entry, key);
    case "contrast":
      return contrastSoftkey(seen, page, key);
    case "service":
      return serviceSoftkey(seen, key);
    case "text":
    case "served":
    case undefined:
      return changed(closed(ui));
  }
}

function listSoftkey(seen: Seen, page: Of<"list">, key: MenuKeyId): Outcome {
  const { ui, facts } = seen;
  const menu: Menu = menuOf(seen, page.list);
  const row = menu.rows[page.selected];
  if (key === "exit") return changed(closed(ui));
  if (key === "lock") return acted(noted(ui, seen.now, "locked"), { kind: "lock" });
  if (key === "new") return changed(opened(ui, entryForm(undefined, "", "")));
  if (row === undefined) return changed(ui);
  switch (key) {
    case "select":
    case "dial":
      return chosen(seen, ui, row);
    case "editDial":
      return row.action.kind === "dial"
        ? changed(opened(ui, editNumber(row.action.target, row.action.line)))
        : changed(ui);
    case "play":
      return row.action.kind === "act" && row.action.act.kind === "set-ring"
        ? acted(ui, { kind: "play-ring", name: row.action.act.name })
        : changed(ui);
    case "edit": {
      const entry = facts.personal[page.selected];
      return entry === undefined
        ? changed(ui)
        : changed(opened(ui, entryForm(page.selected, entry.name, entry.number)));
    }
    case "delete":
      return acted(replaced(ui, { ...page, selected: Math.max(0, page.selected - 1) }), {
        kind: "delete-entry",
        index: page.selected,
      });
    default:
      return changed(ui);
  }
}

/** A form for an entry of the personal directory, with these values as changes. */
function entryForm(index: number | undefined, name: string, number: string): OpenPage {
  const changes = { entry_name: name, entry_number: number };
  return { kind: "form", form: "directory-entry", selected: 0, index, changes };
}

/** Does what a row is for. */
function chosen(seen: Seen, ui: UiState, row: MenuRow): Outcome {
  const { action } = row;
  switch (action.kind) {
    case "open": {
      const newest = seen.view.log.missed[0];
      const isMissed = action.page.kind === "list" && action.page.list === "missed" && newest !== undefined;
      const next = opened(ui, action.page);
      return changed(isMissed ? { ...next, seenMissed: entryKey(newest) } : next);
    }
    case "act":
      if (action.act.kind === "open-directory") return acted(opened(ui, servicePage), action.act);
      return acted(action.says === undefined ? ui : noted(ui, seen.now, action.says), action.act);
    case "dial":
      return asked(allClosed(ui), { kind: "dial", target: action.target, line: action.line });
  }
}

function contrastSoftkey(seen: Seen, page: Of<"contrast">, key: MenuKeyId): Outcome {
  const { ui, now } = seen;
  if (key === "up" || key === "down") return contrast(ui, page, key === "up" ? 1 : -1);
  const back = closed(ui);
  if (key === "save")
    return acted(noted(back, now, "saved"), { kind: "set-contrast", percent: page.percent, isKept: true });
  return acted(back, { kind: "set-contrast", percent: page.before, isKept: false });
}

/** A letter is taken; a typed number is complete. */
export function pageTime(seen: Seen): Outcome {
  const { ui, now } = seen;
  const page = ui.open.at(-1);
  if (page?.kind === "entry" && page.entry.tap !== undefined && page.entry.tap.until <= now)
    return changed(replaced(ui, { kind: "entry", entry: accepted(page.entry) }));
  if (page?.kind === "service") return serviceTime(seen, page);
  if (page?.kind !== "list" || page.typedUntil === undefined || page.typedUntil > now) return changed(ui);
  const row = menuOf(seen, page.list).rows.find((one) => one.number === page.typed);
  const next = replaced(ui, { ...page, typed: "", typedUntil: undefined });
  return row === undefined ? changed(next) : chosen(seen, next, row);
}
