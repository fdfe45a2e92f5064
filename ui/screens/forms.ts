// Menus whose values are changed and saved as a whole: which fields they have now, which may be changed, which values fit.
import type { PhoneFacts } from "#firmware/call/facts.ts";
import type { Facts, TextId } from "#ui/words/words.ts";
import type { Field, FieldType, Form } from "./form-field.ts";
import {
  autoAnswer,
  callPreferences,
  dateAndTime,
  directoryEntry,
  network,
  sip,
  sipLine,
  speedDials,
} from "./form-tables.ts";
import type { FormId } from "./ui-state.ts";

/** A form with the fields that this phone has. */
export function formOf(id: FormId, { lineKeyCount }: Pick<PhoneFacts, "lineKeyCount">): Form {
  const form = wholeForm(id);
  const fields = form.fields.filter(({ lineKey }) => lineKey === undefined || lineKey <= lineKeyCount);
  return { ...form, fields };
}

function wholeForm(id: FormId): Form {
  switch (id) {
    case "network":
      return network;
    case "sip":
      return sip;
    case "call-preferences":
      return callPreferences;
    case "auto-answer":
      return autoAnswer;
    case "speed-dials":
      return speedDials;
    case "date-and-time":
      return dateAndTime;
    case "directory-entry":
      return directoryEntry;
    default:
      return sipLine(Number(id.slice("sip-line-".length)));
  }
}

/** Changes by parameter: single bits are put together with those that stay. */
export function parametersOf(
  form: Form,
  facts: PhoneFacts,
  changes: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(changes)) {
    const bitOf = form.fields.find((field) => field.name === name)?.bitOf;
    if (bitOf === undefined) {
      values[name] = value;
      continue;
    }
    const before = Number(values[bitOf.parameter] ?? facts.settings[bitOf.parameter] ?? "0");
    const mask = 1 << bitOf.bit;
    values[bitOf.parameter] = String(value === "1" ? before | mask : before & ~mask);
  }
  return values;
}

/** What a field shows: the change made, else the value in force. */
export function fieldValue(
  field: Field,
  facts: PhoneFacts,
  changes: Readonly<Record<string, string>>,
): string {
  return changes[field.name] ?? field.value(facts);
}

/** Whether the field can be changed now. */
export function isFieldOpen(
  form: Form,
  field: Field,
  facts: PhoneFacts,
  changes: Readonly<Record<string, string>>,
): boolean {
  if (field.type.kind === "shown") return false;
  if (form.isLockable && !facts.isUnlocked) return false;
  if (facts.lockedSettings.includes(field.name)) return false;
  return field.isOpen?.(facts, changes) ?? true;
}

/** What is wrong with a typed value; undefined: nothing. An empty value unsets. */
export function fieldFault(type: FieldType, value: string): { text: TextId; facts: Facts } | undefined {
  if (value === "") return undefined;
  if (type.kind === "address") {
    const parts = value.split(".");
    const isAddress =
      parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
    return isAddress ? undefined : { text: "expectAddress", facts: {} };
  }
  if (type.kind !== "number") return undefined;
  const isNumber = /^\d{1,10}$/.test(value) && Number(value) >= type.min && Number(value) <= type.max;
  return isNumber ? undefined : { text: "expectNumber", facts: { min: type.min, max: type.max } };
}
