// The four soft keys: which of a set are shown, and their wordings.
import type { SoftkeyView } from "#firmware/call/view.ts";
import { expandLabels } from "#ui/words/fill.ts";
import type { MenuKeyId } from "#ui/words/menu-keys.ts";
import type { KeyLabel, Words } from "#ui/words/words.ts";
import { focusOf, type Seen } from "./seen.ts";
import type { ServiceKey } from "./service-view.ts";
import type { UiState } from "./ui-state.ts";

/** Soft keys below the panel. */
export const softkeyCount = 4;

/** What one soft key does now. */
export type KeyFunction =
  | { readonly kind: "call"; readonly softkey: SoftkeyView }
  | { readonly kind: "menu"; readonly id: MenuKeyId }
  /** Of a page of XML services; the wording is its own. */
  | { readonly kind: "service"; readonly key: ServiceKey }
  | { readonly kind: "more" }
  | { readonly kind: "blank" };

/** A set of keys with a name by which its page is remembered. */
export interface KeySet {
  readonly name: string;
  readonly keys: readonly KeyFunction[];
}

/** Of a phone that waits in its boot for something a person should mend. */
const bootKeys: readonly MenuKeyId[] = ["status", "restart"];

/**
 * The call control's set; its own `more` is dropped. A phone that starts has none of its keys. While the volume is shown there is `Save` too: alone on an idle
 * phone, after the others in a call unless one of four would have to move for it.
 */
export function callKeySet({ view, ui, now }: Seen): KeySet {
  const isVolumeShown = ui.volumeUntil !== undefined && ui.volumeUntil > now;
  if (isVolumeShown && view.calls.length === 0) return menuKeySet(["save"]);
  if (focusOf(view, ui) === "boot") return menuKeySet(view.boot.trouble === undefined ? [] : bootKeys);
  const keys = view.softkeys
    .filter((softkey) => softkey.id !== "more")
    .map((softkey): KeyFunction => {
      const isBlank = softkey.id === "blank" || (softkey.id === "other" && softkey.serverLabel === undefined);
      return isBlank ? { kind: "blank" } : { kind: "call", softkey };
    });
  if (isVolumeShown && keys.length !== softkeyCount) keys.push({ kind: "menu", id: "save" });
  return { name: view.softkeys.map((softkey) => `${softkey.id}${softkey.place}`).join(" "), keys };
}

/** A menu's set. */
export function menuKeySet(ids: readonly MenuKeyId[]): KeySet {
  return { name: ids.join(" "), keys: ids.map((id) => ({ kind: "menu", id })) };
}

/** The four keys shown (reference row KEY-002): up to four as they are, else three and `more`. */
export function shownKeys(set: KeySet, ui: UiState): readonly KeyFunction[] {
  if (set.keys.length <= softkeyCount) return set.keys;
  const perPage = softkeyCount - 1;
  const pages = Math.ceil(set.keys.length / perPage);
  const page = ui.softkeyPage.set === set.name ? ui.softkeyPage.page % pages : 0;
  const keys = set.keys.slice(page * perPage, (page + 1) * perPage);
  while (keys.length < perPage) keys.push({ kind: "blank" });
  return [...keys, { kind: "more" }];
}

/** Wordings of a key, longest first. A server's own wording comes first, ours where that is too long. */
export function keyLabel(key: KeyFunction, words: Words): KeyLabel {
  switch (key.kind) {
    case "blank":
      return [""];
    case "more":
      return words.menuKeys.more;
    case "menu":
      return words.menuKeys[key.id];
    case "service":
      return [key.key.name];
    case "call": {
      const { id, serverLabel } = key.softkey;
      const own: readonly string[] = id === "other" || id === "blank" ? [] : words.softkeys[id];
      const sent = serverLabel === undefined ? undefined : expandLabels(words, serverLabel);
      const [first = "", ...rest] = sent === undefined ? own : [sent, ...own];
      return [first, ...rest];
    }
  }
}
