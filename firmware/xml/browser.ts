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
import type { ServiceFailure, ServicePage, ServiceServer, ServiceView } from "./notices.ts";

/** Pages that Exit leads back to; older ones are forgotten. */
const mostPages = 16;
/** A person who opened a page waits so long for it: names, connections, redirects and the answer together (ours). */
export const pageTimeoutMs = 20_000;

/** A page that was seen. */
interface Visit {
  readonly serial: number;
  readonly url: string;
  readonly page: ServicePage;
  /** Its server said `Expires: -1`: nobody comes back to it. */
  readonly isExpired: boolean;
}

/** A page that asks to be fetched again, or for another in its place (header `Refresh`). */
export interface Refresh {
  readonly afterSec: number;
  readonly url: string | undefined;
}

interface Asking {
  readonly serial: number;
  readonly url: string;
  readonly server: ServiceServer;
  readonly visits: readonly Visit[];
}

export type BrowserState =
  | { readonly kind: "closed"; readonly serial: number }
  | (Asking & {
      readonly kind: "fetching";
      /** In place of the last page, or on top of it. */
      readonly how: "replace" | "push";
      readonly deadline: MonoMs;
    })
  /** `url` is what Update fetches. */
  | (Asking & {
      readonly kind: "showing";
      readonly failure: ServiceFailure | undefined;
      readonly refresh: { readonly at: MonoMs; readonly url: string } | undefined;
    });

export type BrowserEvent =
  /** From the services key or the directories menu: earlier pages are gone. */
  | { readonly kind: "open"; readonly url: string }
  | { readonly kind: "follow"; readonly url: string }
  | { readonly kind: "update" }
  /** What is fetched is given up, else one page back; from the first one: closed. */
  | { readonly kind: "back" }
  | { readonly kind: "close" }
  /** The fetch goes to this server now: the first one, or where a redirect leads. */
  | { readonly kind: "asking"; readonly serial: number; readonly server: ServiceServer }
  | {
      readonly kind: "page";
      readonly serial: number;
      /** Where it came from in the end. */
      readonly url: string;
      readonly page: ServicePage;
      readonly refresh: Refresh | undefined;
      readonly isExpired: boolean;
    }
  | { readonly kind: "failed"; readonly serial: number; readonly failure: ServiceFailure };

/** `isFirst`: nothing of the pages before is remembered. */
export interface BrowserEffect {
  readonly kind: "fetch";
  readonly serial: number;
  readonly url: string;
  readonly isFirst: boolean;
}

type BrowserStep = Step<BrowserState, BrowserEffect>;

/** The browser, closed. */
export const browser: Machine<BrowserState, BrowserEvent, BrowserEffect> = {
  name: "services",
  initial: { kind: "closed", serial: 0 },
  step,
  timers(state) {
    if (state.kind === "fetching") return [{ name: "page", at: state.deadline }];
    return state.kind === "showing" && state.refresh !== undefined
      ? [{ name: "refresh", at: state.refresh.at }]
      : [];
  },
};

const noServer: ServiceServer = { host: "", proxy: undefined };

const visitsOf = (state: BrowserState): readonly Visit[] => (state.kind === "closed" ? [] : state.visits);

function step(state: BrowserState, event: BrowserEvent | TimerEvent, moment: Moment): BrowserStep {
  switch (event.kind) {
    case "open":
      return fetch(state, event.url, "push", [], moment);
    case "follow":
      return fetch(state, event.url, "push", visitsOf(state), moment);
    case "update":
      return state.kind === "showing"
        ? fetch(state, state.url, state.failure === undefined ? "replace" : "push", state.visits, moment)
        : ignore(state, "nothing to update");
    case "timer":
      return timePassed(state, moment);
    case "back":
      return back(state);
    case "close":
      return state.kind === "closed" ? stay(state) : go({ kind: "closed", serial: state.serial }, "left");
    case "asking":
      return state.kind === "fetching" && state.serial === event.serial
        ? stay({ ...state, server: event.server })
        : ignore(state, "a question of the past");
    case "page":
      return arrived(state, event, moment);
    case "failed":
      return state.kind === "fetching" && state.serial === event.serial
        ? failed(state, event.failure)
        : ignore(state, "a failure of the past");
    default:
      return unreachable(event);
  }
}

function fetch(
  state: BrowserState,
  url: string,
  how: "replace" | "push",
  visits: readonly Visit[],
  { now }: Moment,
): BrowserStep {
  const serial = state.serial + 1;
  const deadline = later(now, pageTimeoutMs);
  const next = { kind: "fetching", serial, url, server: noServer, how, visits, deadline } as const;
  return go(next, toldUrl(url), [{ kind: "fetch", serial, url, isFirst: visits.length === 0 }]);
}

function timePassed(state: BrowserState, moment: Moment): BrowserStep {
  if (state.kind === "fetching") return failed(state, { kind: "no-answer" });
  if (state.kind === "showing" && state.refresh !== undefined)
    return fetch(state, state.refresh.url, "replace", state.visits, moment);
  return ignore(state, "refresh of a page that is gone");
}

function back(state: BrowserState): BrowserStep {
  if (state.kind === "closed") return ignore(state, "nothing is open");
  // What is being fetched is given up; else the page that is seen is left.
  const visits = state.kind === "fetching" ? state.visits : state.visits.slice(0, -1);
  const last = visits.at(-1);
  const serial = state.serial + 1; // an answer that still comes is of the past
  if (last === undefined) return go({ kind: "closed", serial }, "left");
  const next = { kind: "showing", serial, visits, url: last.url, server: state.server } as const;
  return go({ ...next, failure: undefined, refresh: undefined }, `back to ${toldUrl(last.url)}`);
}

/** A page fetched anew keeps its number: what was chosen or typed on it stays. */
function arrived(
  state: BrowserState,
  event: Extract<BrowserEvent, { kind: "page" }>,
  { now }: Moment,
): BrowserStep {
  if (state.kind !== "fetching" || state.serial !== event.serial)
    return ignore(state, "a page nobody waits for");
  const { url, page, refresh, isExpired } = event;
  const last = state.visits.at(-1);
  const isSame = state.how === "replace" && last?.url === url && last.page.body.kind === page.body.kind;
  const visit = { serial: isSame ? last.serial : event.serial, url, page, isExpired };
  const isUnder = state.how === "push" && last?.isExpired !== true;
  const visits = [...(isUnder ? state.visits : state.visits.slice(0, -1)), visit].slice(-mostPages);
  const again =
    refresh === undefined ? undefined : { at: later(now, refresh.afterSec * 1000), url: refresh.url ?? url };
  const { serial, server } = state;
  const next = { kind: "showing", serial, visits, url, server, failure: undefined, refresh: again } as const;
  return go(next, `${page.body.kind} of ${toldUrl(url)}`);
}

function failed(state: Extract<BrowserState, { kind: "fetching" }>, failure: ServiceFailure): BrowserStep {
  const { url, visits, serial, server } = state;
  const next = { kind: "showing", serial, visits, url, server, failure, refresh: undefined } as const;
  return go(next, `${failure.kind}: ${toldUrl(url)}`);
}

/** For the log: what was typed, a password perhaps, stands in the query. */
function toldUrl(url: string): string {
  return url.replace(/\?.*$/, "?…");
}

/** What there is to see; undefined: no browser. */
export function viewOf(state: BrowserState): ServiceView | undefined {
  if (state.kind === "closed") return undefined;
  const last = state.visits.at(-1);
  return {
    serial: last?.serial ?? 0,
    page: last?.page,
    hasBefore: state.visits.length > (state.kind === "fetching" ? 0 : 1),
    server: state.server,
    deadline: state.kind === "fetching" ? state.deadline : undefined,
    failure: state.kind === "showing" ? state.failure : undefined,
  };
}
