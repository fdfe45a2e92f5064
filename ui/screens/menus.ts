// Menus and directories as data: what their rows say and do, and which soft keys they have (reference 6.4, 6.7).
import type { LogEntry } from "#firmware/call/view.ts";
import type { Act } from "#ui/input/acts.ts";
import type { IconName } from "#ui/text/icons.ts";
import { fill } from "#ui/words/fill.ts";
import type { MenuKeyId } from "#ui/words/menu-keys.ts";
import type { TextId } from "#ui/words/words.ts";
import { entryName, entryTime } from "./call-log.ts";
import type { ListRow } from "./screen.ts";
import type { Seen } from "./seen.ts";
import type { FormId, ListId, OpenPage, TextPageId } from "./ui-state.ts";

/** What choosing a row does. */
export type RowAction =
  | { readonly kind: "open"; readonly page: OpenPage }
  | { readonly kind: "act"; readonly act: Act; readonly says: TextId | undefined }
  | { readonly kind: "dial"; readonly target: string; readonly line: number | undefined };

export interface MenuRow extends ListRow {
  readonly action: RowAction;
}

export interface Menu {
  readonly title: TextId;
  readonly icon: IconName | undefined;
  readonly rows: readonly MenuRow[];
  readonly softkeys: readonly MenuKeyId[];
}

/** A list with its first row chosen. */
export function listPage(list: ListId): OpenPage {
  return { kind: "list", list, selected: 0, typed: "", typedUntil: undefined };
}

/** A page of text from its beginning. */
export function textPage(page: TextPageId): OpenPage {
  return { kind: "text", page, scroll: 0 };
}

/** A form without changes. */
export function formPage(form: FormId): OpenPage {
  return { kind: "form", form, selected: 0, index: undefined, changes: {} };
}

/** The rows of a menu as they stand now. */
export function menuOf(seen: Seen, list: ListId): Menu {
  const { view, facts } = seen;
  switch (list) {
    case "settings":
      return {
        ...menu(seen, "settings", settingsItems(seen)),
        softkeys: facts.isUnlocked ? ["select", "exit", "lock"] : ["select", "exit"],
      };
    case "status":
      return menu(seen, "status", [
        [1, "statusMessages", open(textPage("status-messages"))],
        [2, "networkStatistics", open(textPage("network-statistics"))],
        [3, "firmwareVersions", open(textPage("firmware-versions"))],
      ]);
    case "directories":
      return menu(seen, "directories", [
        [1, "missedTitle", open(listPage("missed"))],
        [2, "receivedTitle", open(listPage("received"))],
        [3, "placedTitle", open(listPage("placed"))],
        [4, "personalTitle", open(listPage("personal"))],
        ...(facts.directoryUrl === undefined
          ? []
          : [[5, "externalTitle", act({ kind: "open-directory" })] as const]),
      ]);
    case "missed":
      return logMenu(seen, "missedTitle", "missed", view.log.missed);
    case "received":
      return logMenu(seen, "receivedTitle", "received", view.log.received);
    case "placed":
      return logMenu(seen, "placedTitle", "placed", view.log.placed);
    case "personal":
      return personalMenu(seen);
    case "ring-type":
      return ringMenu(seen);
  }
}

type Item = readonly [number: number, label: TextId, action: RowAction];

/** Numbers are those of the reference; 8 does not exist. */
function settingsItems({ facts }: Seen): Item[] {
  const unlock: OpenPage = {
    kind: "entry",
    entry: { purpose: { kind: "password" }, text: "", mode: "letters", isShifted: false, tap: undefined },
  };
  return [
    [1, "contrast", open({ kind: "contrast", percent: facts.contrastPct, before: facts.contrastPct })],
    [2, "ringType", open(listPage("ring-type"))],
    [3, "networkConfiguration", open(formPage("network"))],
    ...(facts.hasSipMenu ? [[4, "sipConfiguration", open(formPage("sip"))] as const] : []),
    [5, "status", open(listPage("status"))],
    [6, "callPreferences", open(formPage("call-preferences"))],
    [7, "dateAndTime", open(formPage("date-and-time"))],
    [9, "unlock", open(unlock)],
    [10, "lock", act({ kind: "lock" }, "locked")],
  ];
}

function open(page: OpenPage): RowAction {
  return { kind: "open", page };
}

function act(what: Act, says?: TextId): RowAction {
  return { kind: "act", act: what, says };
}

function menu({ words }: Seen, title: TextId, items: readonly Item[]): Menu {
  const rows = items.map(([number, label, action]) => ({
    number: String(number),
    label: words.texts[label],
    value: "",
    icon: undefined,
    action,
  }));
  return { title, icon: undefined, rows, softkeys: ["select", "exit"] };
}

function logMenu(seen: Seen, title: TextId, icon: IconName, entries: readonly LogEntry[]): Menu {
  const { view, words, toLocal, ui } = seen;
  const rows = entries.map((entry) => ({
    number: "",
    label: entryName(entry, words),
    value: entryTime(entry, view.time, { toLocal, dateFormat: view.dateFormat, is24Hour: view.is24Hour }),
    icon,
    action: { kind: "dial", target: entry.target, line: ui.dialLine ?? entry.line } as const,
  }));
  return {
    title,
    icon: undefined,
    rows,
    softkeys: rows.length === 0 ? ["exit"] : ["dial", "editDial", "exit"],
  };
}

function personalMenu({ facts, ui }: Seen): Menu {
  const rows = facts.personal.map(({ name, number }, index) => ({
    number: index < 9 ? String(index + 1) : "",
    label: name || number,
    value: name === "" ? "" : number,
    icon: undefined,
    action: { kind: "dial", target: number, line: ui.dialLine } as const,
  }));
  const softkeys: MenuKeyId[] =
    rows.length === 0 ? ["new", "exit"] : ["dial", "editDial", "exit", "new", "edit", "delete"];
  return { title: "personalTitle", icon: undefined, rows, softkeys };
}

function ringMenu({ facts }: Seen): Menu {
  const chosen = facts.settings["ring_type"];
  const rows = facts.rings.map((name, index) => ({
    number: String(index + 1),
    label: name,
    value: "",
    icon: name === chosen ? ("check" as const) : undefined,
    action: act({ kind: "set-ring", name }),
  }));
  return { title: "ringType", icon: undefined, rows, softkeys: ["select", "play", "exit"] };
}

/** The heading of a menu. */
export function menuTitle(seen: Seen, title: TextId): string {
  return fill(seen.words.texts[title], {});
}
