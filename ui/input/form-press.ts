// Keys in menus whose values are changed: Edit, Yes, No, Save, Cancel, Back (reference rows ENT-002 to ENT-004, ENT-010).
import type { DigitKey } from "#hal/contract/panel.ts";
import type { Field, Form } from "#ui/screens/form-field.ts";
import { eraseField, releaseField } from "#ui/screens/form-tables.ts";
import { fieldValue, formOf, isFieldOpen, parametersOf } from "#ui/screens/forms.ts";
import { formPage } from "#ui/screens/menus.ts";
import type { Seen } from "#ui/screens/seen.ts";
import type { EntryState, OpenPage, UiState } from "#ui/screens/ui-state.ts";
import type { MenuKeyId } from "#ui/words/menu-keys.ts";
import { acted, allClosed, changed, closed, noted, type Outcome, opened, replaced } from "./outcome.ts";

type FormPage = Extract<OpenPage, { kind: "form" }>;

/** A digit moves to the row with that number. */
export function formDigit(seen: Seen, page: FormPage, digit: DigitKey): Outcome {
  const selected = Number(digit) - 1;
  const exists = formOf(page.form, seen.facts).fields[selected] !== undefined;
  return changed(exists ? replaced(seen.ui, { ...page, selected }) : seen.ui);
}

/** A soft key of a form. */
export function formSoftkey(seen: Seen, page: FormPage, key: MenuKeyId): Outcome {
  const { ui, facts, now } = seen;
  const form = formOf(page.form, seen.facts);
  if (key === "back" || key === "cancel") return changed(closed(ui));
  if (key === "save") return saved(seen, page, form);
  const field = form.fields[page.selected];
  if (field === undefined) return changed(ui);
  if (key === "select" && field.type.kind === "form") return changed(opened(ui, formPage(field.type.form)));
  if (!isFieldOpen(form, field, facts, page.changes)) return changed(noted(ui, now, "isLocked"));
  if (key === "yes" || key === "no")
    return changed(withChange(ui, page, field, key === "yes" ? "1" : "0", seen));
  return key === "edit" ? edited(seen, page, field) : changed(ui);
}

/** Choices go to the next one; other values are typed. */
function edited(seen: Seen, page: FormPage, field: Field): Outcome {
  const value = fieldValue(field, seen.facts, page.changes);
  const { type } = field;
  if (type.kind === "choice") {
    const next = type.choices[(type.choices.indexOf(value) + 1) % type.choices.length] ?? value;
    return changed(withChange(seen.ui, page, field, next, seen));
  }
  const isNumber = type.kind === "address" || type.kind === "number" || type.kind === "target";
  const entry: EntryState = {
    purpose: { kind: "field", field: field.name },
    text: type.kind === "password" ? "" : value,
    mode: isNumber ? "digits" : "letters",
    isShifted: false,
    tap: undefined,
  };
  return changed(opened(seen.ui, { kind: "entry", entry }));
}

/** Keeps a change until Save; a value that is as it was is no change. */
export function withChange(ui: UiState, page: FormPage, field: Field, value: string, seen: Seen): UiState {
  const changes = { ...page.changes, [field.name]: value };
  if (value === field.value(seen.facts)) delete changes[field.name];
  return replaced(ui, { ...page, changes });
}

/** Hands the changes of the whole menu over (reference row ENT-003). */
function saved(seen: Seen, page: FormPage, form: Form): Outcome {
  const { ui, now } = seen;
  const { changes, index } = page;
  if (page.form === "directory-entry") {
    const name = changes["entry_name"] ?? "";
    const number = changes["entry_number"] ?? "";
    if (number === "") return changed(noted(ui, now, "numberMissing"));
    return acted(noted(closed(ui), now, "saved"), { kind: "store-entry", index, name, number });
  }
  if (changes[eraseField] === "1")
    return acted(noted(allClosed(ui), now, "savedRestarting"), { kind: "erase-configuration" });
  if (changes[releaseField] === "1")
    return acted(noted(allClosed(ui), now, "addressReleased"), { kind: "release-address" });
  const { isRestarting } = form;
  const back = isRestarting ? allClosed(ui) : closed(ui);
  return acted(noted(back, now, isRestarting ? "savedRestarting" : "saved"), {
    kind: "save-settings",
    values: parametersOf(form, seen.facts, changes),
    isRestarting,
  });
}
