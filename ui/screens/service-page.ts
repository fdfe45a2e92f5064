// XML services: where a person is on a page, its rows, its soft keys, its screen (reference cisco-7960-sip section 7).

import { fill, sentenceText } from "#ui/words/fill.ts";
import type { MenuKeyId } from "#ui/words/menu-keys.ts";
import type { Facts, Sentence, Words } from "#ui/words/words.ts";
import type { Body, FieldRow, ListRow } from "./screen.ts";
import type { Seen } from "./seen.ts";
import type { ServiceField, ServiceKey, ServicePage, ServiceTarget, ServiceView } from "./service-view.ts";
import { type KeyFunction, type KeySet, menuKeySet } from "./softkeys.ts";
import type { OpenPage, ServicePlace, Typing } from "./ui-state.ts";

type ServiceOpen = Extract<OpenPage, { kind: "service" }>;

const begin: ServicePlace = {
  selected: 0,
  scroll: 0,
  typed: "",
  typedUntil: undefined,
  fields: undefined,
};

/** Services opened just now. */
export const servicePage: ServiceOpen = { kind: "service", serial: 0, place: begin, before: {} };

/** Places that are remembered: as many as pages are. */
const mostPlaces = 16;

/** The open page with the place that belongs to what is seen now. */
export function servicePlaced(seen: Seen, open: ServiceOpen): ServiceOpen {
  const serial = seen.facts.service?.serial ?? 0;
  if (serial === open.serial) return open;
  const left = { ...open.place, typed: "", typedUntil: undefined };
  const before = Object.entries({ ...open.before, [open.serial]: left }).slice(-mostPlaces);
  return { ...open, serial, place: open.before[serial] ?? begin, before: Object.fromEntries(before) };
}

/** A row that can be chosen, and where it leads. */
export interface ServiceRow extends ListRow {
  readonly target: ServiceTarget;
}

/** The rows of a menu or directory; of a picture's menu those behind its numbers. */
export function serviceRows({ body }: ServicePage): readonly ServiceRow[] {
  const numbered = { value: "", icon: undefined } as const;
  switch (body.kind) {
    case "menu":
    case "graphic-menu":
      return body.items.map(({ name, target }, index) => ({
        ...numbered,
        number: String(index + 1),
        label: name,
        target,
      }));
    case "directory":
      return body.entries.map(({ name, number }, index) => ({
        ...numbered,
        number: String(index + 1),
        label: name || number,
        value: name === "" ? "" : number,
        target: number === "" ? { kind: "bad", text: name } : { kind: "dial", number },
      }));
    case "text":
    case "image":
    case "input":
      return [];
  }
}

/** How a field is typed before anything was: digits where only digits go. */
function beginning({ takes, initial }: ServiceField): Typing {
  const mode = takes === "telephone" || takes === "digits" ? "digits" : "letters";
  return { text: initial, mode, isShifted: false, tap: undefined };
}

/** What the fields of an input page hold. */
export function typedFields(fields: readonly ServiceField[], place: ServicePlace): readonly Typing[] {
  return fields.map((field, index) => place.fields?.[index] ?? beginning(field));
}

/** The soft keys of a page: its own by position, else those of its kind (reference row SK-017). */
export function serviceKeySet(seen: Seen, open: ServiceOpen): KeySet {
  const view = seen.facts.service;
  if (view === undefined) return menuKeySet(["exit"]);
  if (view.deadline !== undefined) return menuKeySet(["cancel"]);
  const { page } = view;
  if (page === undefined) return menuKeySet(["update", "exit"]);
  if (page.keys.length === 0) return menuKeySet(usualKeys(seen, page, open));
  const places = Math.max(...page.keys.map(({ position }) => position));
  const keys = Array.from({ length: places }, (_, index): KeyFunction => {
    const key: ServiceKey | undefined = page.keys.find(({ position }) => position === index + 1);
    return key === undefined ? { kind: "blank" } : { kind: "service", key };
  });
  return { name: `service ${view.serial}`, keys };
}

function usualKeys(seen: Seen, { body }: ServicePage, open: ServiceOpen): readonly MenuKeyId[] {
  switch (body.kind) {
    case "text":
    case "image":
    case "graphic-menu":
      return ["update", "exit"];
    case "menu":
      return body.items.length === 0 ? ["update", "exit"] : ["select", "exit"];
    case "directory":
      return body.entries.length === 0 ? ["update", "exit"] : ["dial", "editDial", "exit"];
    case "input": {
      const { place } = servicePlaced(seen, open);
      const takes = body.fields[place.selected]?.takes;
      const typing = typedFields(body.fields, place)[place.selected];
      const hasModes = takes === "text" || takes === "upper" || takes === "lower";
      if (!hasModes || typing === undefined) return ["submit", "backspace", "cancel"];
      return ["submit", "backspace", typing.mode === "letters" ? "number" : "alpha", "cancel"];
    }
  }
}

/** What a page says, or why there is none. */
export function serviceBody(seen: Seen, open: ServiceOpen): Body {
  const { words, facts } = seen;
  const view = facts.service;
  if (view?.page === undefined) return withoutPage(seen, view);
  const { page } = view;
  const { body } = page;
  const { place } = servicePlaced(seen, open);
  const title = page.title === "" ? words.texts.services : page.title;
  switch (body.kind) {
    case "text":
      return { kind: "text", title, paragraphs: body.text.split("\n"), scroll: place.scroll };
    case "menu":
    case "directory": {
      const rows = serviceRows(page);
      return {
        kind: "list",
        title,
        titleIcon: undefined,
        rows,
        selected: Math.min(place.selected, Math.max(0, rows.length - 1)),
        whenEmpty: words.texts.empty,
        linesPerRow: body.kind === "menu" ? 3 : 1,
      };
    }
    case "input": {
      const selected = Math.min(place.selected, Math.max(0, body.fields.length - 1));
      const typed = typedFields(body.fields, place);
      return {
        kind: "fields",
        title,
        rows: body.fields.map((field, at) => fieldRow(field, typed[at])),
        selected,
      };
    }
    case "image":
    case "graphic-menu":
      return {
        kind: "picture",
        title,
        picture: body.image,
        items: serviceRows(page),
        scroll: place.scroll,
        whenNone: words.texts.noPictures,
      };
  }
}

/** Reference row ENT-009: a secret is not seen but for the letter being chosen. */
function fieldRow({ label, isSecret }: ServiceField, typing: Typing | undefined): FieldRow {
  const text = typing?.text ?? "";
  return {
    label,
    text: isSecret ? maskedText(text, typing?.tap !== undefined) : text,
    isLetters: typing?.mode === "letters",
  };
}

/** Each accepted character becomes `*`; the one being chosen is still seen. */
export function maskedText(text: string, isChoosing: boolean): string {
  const characters = [...text];
  if (!isChoosing || characters.length === 0) return "*".repeat(characters.length);
  return "*".repeat(characters.length - 1) + characters.at(-1);
}

function withoutPage({ words, now }: Seen, view: ServiceView | undefined): Body {
  const { texts } = words;
  const body = { kind: "message", icon: undefined, ink: "ink", progress: undefined } as const;
  if (view?.failure !== undefined) {
    const { title, text } = sentenceText(words, failureSentence(words, view), failureFacts(view));
    return { ...body, icon: "warning", ink: "bad", title, text, countdown: "" };
  }
  const text = view === undefined ? "" : fill(texts.waitingForServices, serverFacts(view));
  return { ...body, title: texts.services, text, countdown: secondsLeft(words, view, now) };
}

function secondsLeft({ texts }: Words, view: ServiceView | undefined, now: number): string {
  if (view?.deadline === undefined) return "";
  return fill(texts.givesUpIn, { seconds: secondsTo(view.deadline, now) });
}

function secondsTo(deadline: number, now: number): number {
  return Math.max(0, Math.ceil((deadline - now) / 1000));
}

/** The line above the soft keys: whom the phone waits for, why a page did not come, or what the page asks. */
export function servicePrompt(seen: Seen): string {
  const { words, facts } = seen;
  const view = facts.service;
  if (view?.page === undefined) return "";
  if (view.deadline !== undefined)
    return fill(words.texts.askingServer, {
      ...serverFacts(view),
      seconds: secondsTo(view.deadline, seen.now),
    });
  if (view.failure === undefined) return view.page.prompt;
  return sentenceText(words, failureSentence(words, view), failureFacts(view)).title;
}

function failureSentence(words: Words, { failure }: ServiceView): Sentence {
  return words.serviceFailures[failure?.kind ?? "broken"];
}

function failureFacts(view: ServiceView): Facts {
  const { failure } = view;
  const { kind: _, ...facts } = {
    kind: "",
    ...failure,
    httpStatus: failure?.kind === "refused" ? failure.status : "",
  };
  return { ...facts, ...serverFacts(view) };
}

function serverFacts({ server: { host, proxy } }: ServiceView): Facts {
  return { host, server: proxy ?? host, ...(proxy === undefined ? {} : { proxy }) };
}
