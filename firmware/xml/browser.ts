// The services browser as a machine: pages one on another, the one being fetched, and when a page wants to be fetched
// anew. Pure. A page that cannot be had or read leaves the one before where it is (reference cisco-7960-sip XML-009).

import {
  go,
  ignore,
  type Machine,
  type Moment,
  type Step,
  stay,
  type TimerEvent,
} from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { ServiceFailure, ServicePage, ServiceView } from "./notices.ts";

/** Pages that Exit leads back to; older ones are forgotten. */
const mostPages = 16;

/** A page that was seen. */
interface Visit {
  readonly serial: number;
  readonly url: string;
  readonly page: ServicePage;
}

interface Failed {
  readonly failure: ServiceFailure;
  readonly detail: string;
}

/** A page that asks to be fetched again, or for another in its place (header `Refresh`). */
export interface Refresh {
  readonly afterSec: number;
  readonly url: string | undefined;
}

export type BrowserState =
  | { readonly kind: "closed"; readonly serial: number }
  | {
      readonly kind: "fetching";
      readonly serial: number;
      readonly url: string;
      /** In place of the last page, or on top of it. */
      readonly how: "replace" | "push";
      readonly visits: readonly Visit[];
    }
  | {
      readonly kind: "showing";
      readonly serial: number;
      readonly visits: readonly Visit[];
      readonly failed: Failed | undefined;
      /** What Update fetches. */
      readonly url: string;
      readonly refresh: { readonly at: MonoMs; readonly url: string } | undefined;
    };

export type BrowserEvent =
  /** From the services key or the directories menu: earlier pages are gone. */
  | { readonly kind: "open"; readonly url: string }
  | { readonly kind: "follow"; readonly url: string }
  | { readonly kind: "update" }
  /** One page back; from the first one: closed. */
  | { readonly kind: "back" }
  | { readonly kind: "close" }
  | {
      readonly kind: "page";
      readonly serial: number;
      /** Where it came from in the end. */
      readonly url: string;
      readonly page: ServicePage;
      readonly refresh: Refresh | undefined;
    }
  | {
      readonly kind: "failed";
      readonly serial: number;
      readonly failure: ServiceFailure;
      readonly detail: string;
    };

export interface BrowserEffect {
  readonly kind: "fetch";
  readonly serial: number;
  readonly url: string;
}

type BrowserStep = Step<BrowserState, BrowserEffect>;

/** The browser, closed. */
export const browser: Machine<BrowserState, BrowserEvent, BrowserEffect> = {
  name: "services",
  initial: { kind: "closed", serial: 0 },
  step,
  timers: (state) =>
    state.kind === "showing" && state.refresh !== undefined
      ? [{ name: "refresh", at: state.refresh.at }]
      : [],
};

const visitsOf = (state: BrowserState): readonly Visit[] => (state.kind === "closed" ? [] : state.visits);

function step(state: BrowserState, event: BrowserEvent | TimerEvent, moment: Moment): BrowserStep {
  switch (event.kind) {
    case "open":
      return fetch(state, event.url, "push", []);
    case "follow":
      return fetch(state, event.url, "push", visitsOf(state));
    case "update":
      return state.kind === "showing"
        ? fetch(state, state.url, state.failed === undefined ? "replace" : "push", state.visits)
        : ignore(state, "nothing to update");
    case "timer":
      return state.kind === "showing" && state.refresh !== undefined
        ? fetch(state, state.refresh.url, "replace", state.visits)
        : ignore(state, "refresh of a page that is gone");
    case "back":
      return back(state);
    case "close":
      return state.kind === "closed" ? stay(state) : go({ kind: "closed", serial: state.serial }, "left");
    case "page":
      return arrived(state, event, moment);
    case "failed":
      return failed(state, event);
    default:
      return unreachable(event);
  }
}

function fetch(
  state: BrowserState,
  url: string,
  how: "replace" | "push",
  visits: readonly Visit[],
): BrowserStep {
  const serial = state.serial + 1;
  return go({ kind: "fetching", serial, url, how, visits }, url, [{ kind: "fetch", serial, url }]);
}

function back(state: BrowserState): BrowserStep {
  // What is fetched, or could not be, lies on the pages before; else the last page is left.
  const isAside = state.kind === "fetching" || (state.kind === "showing" && state.failed !== undefined);
  const visits = isAside ? visitsOf(state) : visitsOf(state).slice(0, -1);
  const last = visits.at(-1);
  if (last === undefined) return go({ kind: "closed", serial: state.serial }, "left");
  const next = { kind: "showing", visits, failed: undefined, url: last.url, refresh: undefined } as const;
  return go({ ...next, serial: state.serial + 1 }, `back to ${last.url}`);
}

function arrived(
  state: BrowserState,
  event: Extract<BrowserEvent, { kind: "page" }>,
  { now }: Moment,
): BrowserStep {
  if (state.kind !== "fetching" || state.serial !== event.serial)
    return ignore(state, "a page nobody waits for");
  const { url, page, refresh, serial } = event;
  const under = state.how === "replace" ? state.visits.slice(0, -1) : state.visits;
  const visits = [...under, { serial, url, page }].slice(-mostPages);
  const again =
    refresh === undefined ? undefined : { at: later(now, refresh.afterSec * 1000), url: refresh.url ?? url };
  return go(
    { kind: "showing", serial, visits, failed: undefined, url, refresh: again },
    `${page.body.kind} of ${url}`,
  );
}

function failed(state: BrowserState, event: Extract<BrowserEvent, { kind: "failed" }>): BrowserStep {
  if (state.kind !== "fetching" || state.serial !== event.serial)
    return ignore(state, "a failure of the past");
  const { failure, detail } = event;
  const { url, visits, serial } = state;
  const next = { kind: "showing", serial, visits, url, refresh: undefined } as const;
  return go({ ...next, failed: { failure, detail } }, `${failure}: ${detail}`);
}

/** What there is to see; undefined: no browser. */
export function viewOf(state: BrowserState): ServiceView | undefined {
  if (state.kind === "closed") return undefined;
  const last = state.visits.at(-1);
  return {
    serial: last?.serial ?? 0,
    page: last?.page,
    isFetching: state.kind === "fetching",
    failure: state.kind === "showing" ? state.failed : undefined,
  };
}

/** The address of the page that is seen: relative ones follow it. */
export function baseOf(state: BrowserState): string | undefined {
  return visitsOf(state).at(-1)?.url;
}
