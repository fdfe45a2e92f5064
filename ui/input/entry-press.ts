// Soft keys while text is typed: Validate, Accept, Dial, <<, Dot, Alpha, Number, Keep, Cancel (reference row SK-015).
import { fieldFault } from "#ui/screens/forms.ts";
import { fieldUnder } from "#ui/screens/page-screen.ts";
import type { Seen } from "#ui/screens/seen.ts";
import type { EntryState, OpenPage } from "#ui/screens/ui-state.ts";
import { fill } from "#ui/words/fill.ts";
import type { MenuKeyId } from "#ui/words/menu-keys.ts";
import { withChange } from "./form-press.ts";
import {
  acted,
  allClosed,
  asked,
  changed,
  closed,
  noted,
  type Outcome,
  opened,
  replaced,
} from "./outcome.ts";
import { accepted, backspaced, otherMode } from "./typing.ts";

/** A soft key of a text entry. */
export function entrySoftkey(seen: Seen, entry: EntryState, key: MenuKeyId): Outcome {
  const { ui } = seen;
  const stays = (next: EntryState): Outcome => changed(replaced(ui, { kind: "entry", entry: next }));
  switch (key) {
    case "backspace":
      return stays(backspaced(entry));
    case "dot":
      return stays({ ...accepted(entry), text: `${entry.text}.` });
    case "alpha":
    case "number":
      return stays(otherMode(entry));
    case "validate":
      return validated(seen, entry);
    case "accept":
      return acted(closed(ui), { kind: "unlock", password: entry.text });
    case "dial":
      return dialled(seen, entry);
    case "keep":
      return changed(opened(closed(ui), keptEntry(entry.text)));
    default:
      return changed(closed(ui));
  }
}

/** Takes the value over into the form, or says what is expected. */
function validated(seen: Seen, entry: EntryState): Outcome {
  const { ui, now, words } = seen;
  const form = ui.open.at(-2);
  const field = entry.purpose.kind === "field" ? fieldUnder(seen, entry.purpose.field) : undefined;
  if (field === undefined || form?.kind !== "form") return changed(closed(ui));
  const fault = fieldFault(field.type, entry.text);
  if (fault === undefined) return changed(withChange(closed(ui), form, field, entry.text, seen));
  const expected = fill(words.texts[fault.text], fault.facts);
  return changed(noted(ui, now, "invalidValue", { expected }));
}

function dialled({ ui }: Seen, entry: EntryState): Outcome {
  if (entry.text === "" || entry.purpose.kind !== "edit-number") return changed(ui);
  const line = ui.dialLine ?? entry.purpose.line;
  return asked(allClosed(ui), { kind: "dial", target: entry.text, line });
}

/** A new entry of the personal directory with the number that was typed. */
function keptEntry(number: string): OpenPage {
  const changes = { entry_name: "", entry_number: number };
  return { kind: "form", form: "directory-entry", selected: 0, index: undefined, changes };
}
