// Keys on a page of XML services: choosing, scrolling, typing, its own soft keys (reference cisco-7960-sip section 7).
import type { DigitKey, KeyId } from "#hal/contract/panel.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { Seen } from "#ui/screens/seen.ts";
import { type ServiceRow, servicePlaced, serviceRows, typedFields } from "#ui/screens/service-page.ts";
import type { ServiceKey, ServiceTarget } from "#ui/screens/service-view.ts";
import type { OpenPage, ServicePlace, Typing } from "#ui/screens/ui-state.ts";
import type { MenuKeyId } from "#ui/words/menu-keys.ts";
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
import { accepted, backspaced, otherMode, typed } from "./typing.ts";

type ServiceOpen = Extract<OpenPage, { kind: "service" }>;

/** What a page's soft keys may be called to do what the object does anyway (`SoftKey:…`). */
const softkeyNames: Readonly<Record<string, MenuKeyId>> = {
  select: "select",
  exit: "exit",
  back: "exit",
  cancel: "exit",
  update: "update",
  dial: "dial",
  editdial: "editDial",
  submit: "submit",
  "<<": "backspace",
};

/** Keys a page may press (`Key:…`); none of those that act on the page itself, which would press them again. */
const keyNames: Readonly<Record<string, KeyId>> = {
  line1: "line1",
  line2: "line2",
  line3: "line3",
  line4: "line4",
  line5: "line5",
  line6: "line6",
  messages: "messages",
  services: "services",
  directories: "directories",
  settings: "settings",
  info: "info",
  headset: "headset",
  speaker: "speaker",
  mute: "mute",
  voldwn: "volumeDown",
  volup: "volumeUp",
};

/** The page on top as the person sees it. */
interface At {
  readonly open: ServiceOpen;
  readonly rows: readonly ServiceRow[];
  readonly row: ServiceRow | undefined;
}

function at(seen: Seen, given?: ServiceOpen): At | undefined {
  const top = given ?? seen.ui.open.at(-1);
  const page = seen.facts.service?.page;
  if (top?.kind !== "service" || page === undefined) return undefined;
  const open = servicePlaced(seen, top);
  const rows = serviceRows(page);
  return { open, rows, row: rows[Math.min(open.place.selected, rows.length - 1)] };
}

function placed(seen: Seen, open: ServiceOpen, change: Partial<ServicePlace>): Seen["ui"] {
  return replaced(seen.ui, { ...open, place: { ...open.place, ...change } });
}

/** When a letter is taken or a typed number is complete. */
export function serviceDeadlines({ place }: ServiceOpen): readonly (MonoMs | undefined)[] {
  return [place.typedUntil, ...(place.fields ?? []).map(({ tap }) => tap?.until)];
}

/** A digit chooses a row, or is typed into a field. */
export function serviceDigit(seen: Seen, page: ServiceOpen, digit: DigitKey): Outcome {
  const here = at(seen, page);
  const body = seen.facts.service?.page?.body;
  if (here === undefined || body === undefined) return changed(seen.ui);
  const { open, rows } = here;
  if (body.kind === "input") {
    const takes = body.fields[open.place.selected]?.takes;
    return changed(retyped(seen, open, (typing) => typed(typing, digit, takes, seen.now)));
  }
  const found = numberTyped(rows, open.place.typed, digit);
  const row = rows[found?.selected ?? -1];
  if (found === undefined || row === undefined) return changed(seen.ui);
  const { selected, goesOnWith } = found;
  if (goesOnWith === undefined)
    return chosen({ ...seen, ui: placed(seen, open, { selected, typed: "", typedUntil: undefined }) }, row);
  return changed(placed(seen, open, { selected, typed: goesOnWith, typedUntil: later(seen.now, numberMs) }));
}

/** Changes the text of the field that is chosen. */
function retyped(seen: Seen, open: ServiceOpen, change: (typing: Typing) => Typing): Seen["ui"] {
  const body = seen.facts.service?.page?.body;
  if (body?.kind !== "input") return seen.ui;
  const fields = typedFields(body.fields, open.place).map((typing, index) =>
    index === open.place.selected ? change(typing) : typing,
  );
  return placed(seen, open, { fields });
}

/** Up and down: rows and fields are chosen, text and pictures move. */
export function serviceScroll(seen: Pressing, page: ServiceOpen, steps: number): Outcome {
  const here = at(seen, page);
  const body = seen.facts.service?.page?.body;
  if (here === undefined || body === undefined) return changed(seen.ui);
  const { open, rows } = here;
  const { place } = open;
  const chosenRow = (count: number): Partial<ServicePlace> => ({
    selected: Math.max(0, Math.min(count - 1, place.selected + steps)),
    typed: "",
    typedUntil: undefined,
  });
  switch (body.kind) {
    case "menu":
    case "directory":
      return changed(placed(seen, open, chosenRow(rows.length)));
    case "input": {
      const settled = { ...seen, ui: retyped(seen, open, accepted) };
      const now = at(settled)?.open ?? open;
      return changed(placed(settled, now, chosenRow(body.fields.length)));
    }
    case "image":
    case "graphic-menu":
    case "text":
      return changed(scrolled(seen, placed(seen, open, { scroll: Math.max(0, place.scroll + steps) })));
  }
}

/** A letter is taken; a typed number is complete. */
export function serviceTime(seen: Seen, page: ServiceOpen): Outcome {
  const { now } = seen;
  const { place } = page;
  const fields = place.fields?.map((typing) =>
    typing.tap !== undefined && typing.tap.until <= now ? accepted(typing) : typing,
  );
  if (place.typedUntil === undefined || place.typedUntil > now)
    return changed(replaced(seen.ui, { ...page, place: { ...place, fields } }));
  const next = { ...page, place: { ...place, fields, typed: "", typedUntil: undefined } };
  const then = { ...seen, ui: replaced(seen.ui, next) };
  const row = at(then)?.rows.find(({ number }) => number === place.typed);
  return row === undefined || page.serial !== seen.facts.service?.serial
    ? changed(then.ui)
    : chosen(then, row);
}

/** What lifting the handset dials: the entry of a directory. */
export function serviceDialTarget(
  seen: Seen,
  page: ServiceOpen,
): { target: string; line: number | undefined } | undefined {
  const target = at(seen, page)?.row?.target;
  return target?.kind === "dial" ? { target: target.number, line: seen.ui.dialLine } : undefined;
}

/** A soft key that this kind of page has anyway. */
export function serviceSoftkey(seen: Seen, key: MenuKeyId): Outcome {
  const { ui, facts } = seen;
  const here = at(seen);
  switch (key) {
    case "exit":
    case "cancel":
      return facts.service?.hasBefore === true ? acted(ui, { kind: "leave-service" }) : changed(closed(ui));
    case "update":
      return acted(ui, { kind: "update-service" });
    case "submit":
      return submitted(seen, "");
    case "select":
    case "dial":
      if (facts.service?.page?.body.kind === "input") return submitted(seen, "");
      return here?.row === undefined ? changed(ui) : chosen(seen, here.row);
    case "editDial":
      if (here?.row?.target.kind !== "dial") return changed(ui);
      return changed(opened(ui, editNumber(here.row.target.number, ui.dialLine)));
    case "backspace":
      return changed(here === undefined ? ui : retyped(seen, here.open, backspaced));
    case "alpha":
    case "number":
      return changed(here === undefined ? ui : retyped(seen, here.open, otherMode));
    default:
      return changed(ui);
  }
}

/** A soft key of the page's own. */
export function serviceOwnKey(seen: Seen, { target }: ServiceKey): Outcome {
  if (target.kind === "softkey") {
    const key = softkeyNames[target.name];
    return key === undefined ? refused(seen, `SoftKey:${target.name}`) : serviceSoftkey(seen, key);
  }
  if (target.kind !== "query") return followed(seen, target);
  const body = seen.facts.service?.page?.body;
  if (body?.kind === "input") return submitted(seen, target.query);
  const row = at(seen)?.row?.target;
  return row?.kind === "page" ? follow(seen, row.url, target.query) : refused(seen, target.query);
}

/** Does what a row is for. A row presses no soft key that would choose it again. */
function chosen(seen: Seen, { target }: ServiceRow): Outcome {
  if (target.kind !== "softkey") return followed(seen, target);
  const key = softkeyNames[target.name];
  return key === "exit" || key === "update"
    ? serviceSoftkey(seen, key)
    : refused(seen, `SoftKey:${target.name}`);
}

function followed(seen: Seen, target: ServiceTarget): Outcome {
  const { ui } = seen;
  switch (target.kind) {
    case "page":
      return follow(seen, target.url, "");
    case "dial":
      return asked(allClosed(ui), { kind: "dial", target: target.number, line: ui.dialLine });
    case "edit-dial":
      return changed(opened(ui, editNumber(target.number, ui.dialLine)));
    case "key": {
      const key = keyNames[target.name];
      return key === undefined ? refused(seen, `Key:${target.name}`) : acted(ui, { kind: "press-key", key });
    }
    case "bad":
      return refused(seen, target.text);
    case "softkey":
      return refused(seen, `SoftKey:${target.name}`);
    case "query":
      return refused(seen, target.query);
  }
}

function follow({ ui }: Seen, url: string, query: string): Outcome {
  return acted(ui, { kind: "follow-service", url, query, values: [] });
}

function refused({ ui, now }: Seen, address: string): Outcome {
  return changed(noted(ui, now, "badAddress", { address }));
}

/** Everything typed goes with the address of the page (reference row XML-013). */
function submitted(seen: Seen, query: string): Outcome {
  const here = at(seen);
  const body = seen.facts.service?.page?.body;
  if (body?.kind !== "input" || here === undefined) return changed(seen.ui);
  const { target } = body;
  if (target.kind !== "page")
    return followed(seen, target.kind === "softkey" ? { kind: "bad", text: "" } : target);
  const typedOnes = typedFields(body.fields, here.open.place);
  const values = body.fields.map(
    ({ parameter }, index) => [parameter, typedOnes[index]?.text ?? ""] as const,
  );
  const named = values.filter(([parameter]) => parameter !== "");
  return acted(seen.ui, { kind: "follow-service", url: target.url, query, values: named });
}
