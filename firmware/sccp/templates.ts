// Button and soft-key templates: they may arrive in parts, and soft-key sets only mean something beside the template
// (sccp reference 3.2, 4.8).
import { readText } from "./label.ts";
import type { ServerMessage } from "./messages/server-messages.ts";
import type { ServerButton, ServerOrder, ServerSoftkey } from "./notices.ts";
import { softkeyFunction } from "./softkey-functions.ts";

/** Most entries kept of anything: more than any phone has keys. */
const mostEntries = 128;

/** What has arrived of the templates. */
export interface Templates {
  readonly buttons: readonly ServerButton[];
  readonly softkeys: readonly ServerSoftkey[];
  /** Template index (1-based, 0 = blank) per slot and set. */
  readonly sets: readonly (readonly number[])[];
  /** Totals the server announced; undefined before its first part. */
  readonly totals: { readonly buttons?: number; readonly softkeys?: number; readonly sets?: number };
}

export const noTemplates: Templates = { buttons: [], softkeys: [], sets: [], totals: {} };

/** Takes a part in; undefined when the message is no template. */
export function takeTemplate(
  templates: Templates,
  message: ServerMessage,
  version: number,
): Templates | undefined {
  switch (message.kind) {
    case "buttonTemplateRes": {
      const given = message.buttons
        .slice(0, message.count)
        .map(({ instance, type }) => buttonOf(instance, type));
      return {
        ...templates,
        buttons: placed(templates.buttons, message.offset, given),
        totals: { ...templates.totals, buttons: message.total },
      };
    }
    case "softKeyTemplateRes": {
      const given = message.keys.slice(0, message.count).map((key): ServerSoftkey => {
        const label = readText(key.label, version);
        return { event: key.event, label, id: softkeyFunction(label) };
      });
      return {
        ...templates,
        softkeys: placed(templates.softkeys, message.offset, given),
        totals: { ...templates.totals, softkeys: message.total },
      };
    }
    case "softKeySetRes": {
      const given = message.sets.slice(0, message.count).map((set) => set.templateIndexes);
      return {
        ...templates,
        sets: placed(templates.sets, message.offset, given),
        totals: { ...templates.totals, sets: message.total },
      };
    }
    default:
      return undefined;
  }
}

/** Whether the last part of the buttons has come. */
export function hasAllButtons(templates: Templates): boolean {
  return (
    templates.totals.buttons !== undefined &&
    templates.buttons.length >= Math.min(templates.totals.buttons, mostEntries)
  );
}

/** The orders that follow from a part: the whole of what is known now. */
export function templateOrders(templates: Templates, message: ServerMessage): readonly ServerOrder[] {
  if (message.kind === "buttonTemplateRes") return [{ kind: "buttons", buttons: templates.buttons }];
  if (templates.softkeys.length === 0 || templates.sets.length === 0) return [];
  return [{ kind: "softkey-sets", sets: templates.sets.map((set) => slotsOf(set, templates.softkeys)) }];
}

/** Slots of a set: a blank one keeps its place, blank ones behind the last key are dropped. */
function slotsOf(
  set: readonly number[],
  softkeys: readonly ServerSoftkey[],
): readonly (ServerSoftkey | undefined)[] {
  const slots = set.map((index) => (index === 0 ? undefined : softkeys[index - 1]));
  let end = slots.length;
  while (end > 0 && slots[end - 1] === undefined) end--;
  return slots.slice(0, end);
}

function placed<T>(present: readonly T[], offset: number, given: readonly T[]): readonly T[] {
  if (offset > present.length || offset >= mostEntries) return present; // a part that leaves a gap cannot be placed
  return [...present.slice(0, offset), ...given].slice(0, mostEntries);
}

function buttonOf(instance: number, stimulus: number): ServerButton {
  return { kind: buttonKind(stimulus), instance, stimulus };
}

function buttonKind(type: number): ServerButton["kind"] {
  switch (type) {
    case 0x00:
    case 0xff:
      return "none";
    case 0x09:
      return "line";
    case 0x02:
      return "speed-dial";
    case 0x14:
      return "service";
    case 0x15:
      return "busy-lamp";
    default:
      return "feature";
  }
}
