// The screen of the page opened last: a menu, a form, text, an entry, a gauge; and the soft keys it has.
import { fill } from "#ui/words/fill.ts";
import type { MenuKeyId } from "#ui/words/menu-keys.ts";
import { fieldValue, formOf, isFieldOpen } from "./forms.ts";
import { header } from "./header.ts";
import { menuOf, menuTitle } from "./menus.ts";
import { passingPrompt } from "./prompt.ts";
import type { Body, ListRow, Screen } from "./screen.ts";
import type { Seen } from "./seen.ts";
import { maskedText, serviceBody, serviceKeySet, servicePrompt } from "./service-page.ts";
import { type KeySet, keyLabel, menuKeySet, shownKeys } from "./softkeys.ts";
import { textOf } from "./text-pages.ts";
import type { EntryState, OpenPage } from "./ui-state.ts";

type Of<Kind extends OpenPage["kind"]> = Extract<OpenPage, { kind: Kind }>;

/** The page on top. */
export function pageScreen(seen: Seen): Screen {
  const page = seen.ui.open.at(-1);
  const keys = page === undefined ? [] : shownKeys(pageKeySet(seen, page), seen.ui);
  const note = passingPrompt(seen);
  const { deadline, failure } = seen.facts.service ?? {};
  const isService = page?.kind === "service";
  const isLasting = isService && (deadline !== undefined || failure !== undefined);
  return {
    header: header(seen),
    body: page === undefined ? emptyBody : pageBody(seen, page),
    prompt: note ?? (isService ? servicePrompt(seen) : ""),
    urgency: note !== undefined ? "note" : isLasting ? "lasting" : undefined,
    softkeys: keys.map((key) => keyLabel(key, seen.words)),
    lines: undefined,
  };
}

const emptyBody: Body = { kind: "text", title: "", paragraphs: [], scroll: 0 };

function pageBody(seen: Seen, page: OpenPage): Body {
  const { words } = seen;
  switch (page.kind) {
    case "list": {
      const menu = menuOf(seen, page.list);
      return {
        kind: "list",
        title: menuTitle(seen, menu.title),
        titleIcon: menu.icon,
        rows: menu.rows,
        selected: Math.min(page.selected, Math.max(0, menu.rows.length - 1)),
        whenEmpty: words.texts.empty,
      };
    }
    case "form":
      return formBody(seen, page);
    case "text": {
      const { title, paragraphs } = textOf(seen, page.page);
      return { kind: "text", title: words.texts[title], paragraphs, scroll: page.scroll };
    }
    case "served":
      return { kind: "text", title: page.title, paragraphs: page.paragraphs, scroll: page.scroll };
    case "entry":
      return entryBody(seen, page.entry);
    case "service":
      return serviceBody(seen, page);
    case "contrast":
      return {
        kind: "gauge",
        title: words.texts.contrast,
        percent: page.percent,
        value: `${page.percent}%`,
      };
  }
}

function formBody(seen: Seen, page: Of<"form">): Body {
  const { words, facts } = seen;
  const form = formOf(page.form, seen.facts);
  const rows = form.fields.map((field, index): ListRow => {
    const value = fieldValue(field, facts, page.changes);
    const { type } = field;
    const isFixed =
      !form.isLockable && type.kind !== "shown" && !isFieldOpen(form, field, facts, page.changes);
    return {
      number: String(index + 1),
      label: fill(words.texts[field.label], field.labelFacts ?? {}),
      value:
        type.kind === "yes-no"
          ? words.texts[value === "1" ? "yes" : "no"]
          : type.kind === "password"
            ? "*".repeat([...value].length)
            : value,
      icon: isFixed ? "lock" : undefined,
    };
  });
  return {
    kind: "list",
    title: fill(words.texts[form.title], form.titleFacts ?? {}),
    titleIcon: form.isLockable ? (facts.isUnlocked ? "unlock" : "lock") : undefined,
    rows,
    selected: page.selected,
    whenEmpty: words.texts.empty,
  };
}

function entryBody(seen: Seen, entry: EntryState): Body {
  return {
    kind: "entry",
    title: entryTitle(seen, entry),
    text: isSecret(seen, entry) ? maskedText(entry.text, entry.tap !== undefined) : entry.text,
    hint: seen.words.texts[entryHint(seen, entry)],
    isLetters: entry.mode === "letters",
  };
}

function entryHint(seen: Seen, entry: EntryState): "helpEntry" | "helpNumber" | "helpAddress" {
  const type = entry.purpose.kind === "field" ? fieldUnder(seen, entry.purpose.field)?.type.kind : undefined;
  if (type === "address") return "helpAddress";
  return type === "number" ? "helpNumber" : "helpEntry";
}

function isSecret(seen: Seen, entry: EntryState): boolean {
  if (entry.purpose.kind === "password") return true;
  return entry.purpose.kind === "field" && fieldUnder(seen, entry.purpose.field)?.type.kind === "password";
}

function entryTitle(seen: Seen, entry: EntryState): string {
  const { words } = seen;
  if (entry.purpose.kind === "password") return words.texts.enterPassword;
  if (entry.purpose.kind === "edit-number") return words.texts.editNumber;
  const field = fieldUnder(seen, entry.purpose.field);
  return field === undefined ? "" : fill(words.texts[field.label], field.labelFacts ?? {});
}

/** The field that the entry on top belongs to: that of the form below it. */
export function fieldUnder(
  seen: Seen,
  name: string,
): ReturnType<typeof formOf>["fields"][number] | undefined {
  const form = seen.ui.open.at(-2);
  return form?.kind === "form"
    ? formOf(form.form, seen.facts).fields.find((field) => field.name === name)
    : undefined;
}

/** The soft keys of a page (reference rows SK-014 to SK-017). */
export function pageKeySet(seen: Seen, page: OpenPage): KeySet {
  return page.kind === "service" ? serviceKeySet(seen, page) : menuKeySet(pageKeys(seen, page));
}

function pageKeys(seen: Seen, page: Exclude<OpenPage, { kind: "service" }>): readonly MenuKeyId[] {
  switch (page.kind) {
    case "list":
      return menuOf(seen, page.list).softkeys;
    case "text":
    case "served":
      return ["exit"];
    case "contrast":
      return ["up", "down", "save", "cancel"];
    case "form":
      return formKeys(seen, page);
    case "entry":
      return entryKeys(seen, page.entry);
  }
}

function formKeys(seen: Seen, page: Of<"form">): readonly MenuKeyId[] {
  const form = formOf(page.form, seen.facts);
  const field = form.fields[page.selected];
  const hasChanges = Object.keys(page.changes).length > 0;
  const end: readonly MenuKeyId[] = hasChanges ? ["save", "cancel"] : ["back"];
  if (field === undefined) return end;
  if (field.type.kind === "form") return ["select", ...end];
  if (!isFieldOpen(form, field, seen.facts, page.changes)) return end;
  return field.type.kind === "yes-no" ? ["yes", "no", ...end] : ["edit", ...end];
}

function entryKeys(seen: Seen, entry: EntryState): readonly MenuKeyId[] {
  const mode: MenuKeyId = entry.mode === "letters" ? "number" : "alpha";
  if (entry.purpose.kind === "edit-number") return ["dial", "backspace", "cancel", mode, "keep"];
  if (entry.purpose.kind === "password") return ["accept", "backspace", mode, "cancel"];
  const type = fieldUnder(seen, entry.purpose.field)?.type.kind;
  if (type === "address") return ["validate", "backspace", "dot", "cancel"];
  if (type === "number") return ["validate", "backspace", "cancel"];
  return ["validate", "backspace", mode, "cancel"];
}
