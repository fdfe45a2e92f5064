// Binds the services browser to HTTP: GET, redirects, a proxy where one is set (reference cisco-7960-sip XML-006, XML-028).
// Asks for nothing that nobody opened, and tells a server nothing but the address and what it set itself: no user, no
// password, no name of the phone.
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { ConfigError, HalError } from "#hal/contract/errors.ts";
import type { HttpClient, HttpRequest, HttpResponse } from "#hal/contract/names.ts";
import {
  type BrowserEffect,
  type BrowserEvent,
  type BrowserState,
  browser,
  pageTimeoutMs,
  type Refresh,
  viewOf,
} from "./browser.ts";
import { Cookies } from "./cookies.ts";
import type { ServiceFailure, ServiceServer, ServiceView } from "./notices.ts";
import { pageLimits, readPage } from "./read-page.ts";
import { hostOf, mostAsked, queryOf, resolveUrl, withQuery } from "./url.ts";

/** Answers that send the phone on before it gives up. */
const mostRedirects = 3;
/** A page cannot ask to be fetched more often. */
const leastRefreshSec = 1;

/** What the browser is given. */
export interface BrowserPorts {
  readonly runtime: Runtime;
  readonly http: HttpClient;
  /** Where requests go instead of to the servers themselves. */
  proxy(): HttpRequest["proxy"];
  changed(): void;
  readonly signal: AbortSignal;
}

/** What is added to an address: a query as a page has it, and values as a person typed them. */
export interface Addition {
  readonly query: string;
  readonly values: readonly (readonly [parameter: string, value: string])[];
}

/** The services browser. */
export interface ServiceBrowser {
  open(url: string): void;
  follow(url: string, addition: Addition): void;
  update(): void;
  back(): void;
  close(): void;
  /** Undefined: nothing is open. */
  view(): ServiceView | undefined;
}

/** What one fetch is made with. */
interface Fetching extends BrowserPorts {
  readonly cookies: Cookies;
  asking(server: ServiceServer): void;
}

/** Starts closed; asks for nothing by itself. */
export function startBrowser(ports: BrowserPorts): ServiceBrowser {
  const { runtime, signal } = ports;
  let cookies = new Cookies();
  let current: AbortController | undefined;
  let view: ServiceView | undefined;
  const perform = ({ serial, url, isFirst }: BrowserEffect, left: AbortSignal): void => {
    current?.abort(new Error("another page is wanted"));
    current = new AbortController();
    if (isFirst) cookies = new Cookies();
    const ended = AbortSignal.any([current.signal, left]);
    const asking = (server: ServiceServer): void => runner.send({ kind: "asking", serial, server });
    load({ ...ports, signal: ended, cookies, asking }, url).then(
      (outcome) => runner.send({ ...outcome, serial }),
      (error: unknown) => {
        if (ended.aborted) return;
        const failure = failureOf(error);
        if (failure === undefined) runtime.fail("services", error);
        else runner.send({ kind: "failed", serial, failure });
      },
    );
  };
  const runner = new Runner<BrowserState, BrowserEvent>({
    machine: browser,
    runtime,
    signal,
    perform: (effect: BrowserEffect, scope) => perform(effect, scope.signal),
    changed(state) {
      view = viewOf(state);
      ports.changed();
    },
  });
  return {
    open: (url) => runner.send({ kind: "open", url }),
    follow: (url, { query, values }) =>
      runner.send({ kind: "follow", url: withQuery(withQuery(url, query), queryOf(values)) }),
    update: () => runner.send({ kind: "update" }),
    back: () => runner.send({ kind: "back" }),
    close: () => runner.send({ kind: "close" }),
    view: () => view,
  };
}

/** Undefined: our own mistake. */
function failureOf(error: unknown): ServiceFailure | undefined {
  if (error instanceof ConfigError)
    return error.code === "unusable"
      ? { kind: "unsupported", object: error.place }
      : { kind: "malformed", place: error.place };
  if (!(error instanceof HalError)) return undefined;
  switch (error.code) {
    case "timeout":
      return { kind: "no-answer" };
    case "not-found":
      return { kind: "unknown-host" };
    case "io":
      return { kind: "broken" };
    default:
      return { kind: "unreachable" };
  }
}

type WithoutSerial<Event> = Event extends unknown ? Omit<Event, "serial"> : never;
type Outcome = WithoutSerial<Extract<BrowserEvent, { kind: "page" | "failed" }>>;

/** Follows redirects to a page. Throws what HTTP and the page's reader throw. */
async function load(fetching: Fetching, url: string): Promise<Outcome> {
  let at = resolveUrl(url, undefined, mostAsked);
  if (at === undefined) return failed({ kind: "bad-address", address: url });
  for (let redirects = 0; ; redirects++) {
    const response = await get(fetching, at);
    const { status, headers } = response;
    fetching.cookies.take(at, headers["set-cookie"]);
    const location = headers["location"];
    if (status >= 300 && status < 400 && location !== undefined) {
      if (redirects === mostRedirects) return failed({ kind: "too-many-redirects" });
      at = resolveUrl(location, at);
      if (at === undefined) return failed({ kind: "bad-address", address: location });
      continue;
    }
    if (status !== 200) return failed({ kind: "refused", status });
    const page = readPage(at, response.body, headers["content-type"] ?? "text/xml");
    const isExpired = /^\s*(-1|0)\s*$/.test(headers["expires"] ?? "");
    return { kind: "page", url: at, page, refresh: refreshOf(response, at), isExpired };
  }
}

function failed(failure: ServiceFailure): Outcome {
  return { kind: "failed", failure };
}

function get({ http, signal, proxy, cookies, asking }: Fetching, url: string): Promise<HttpResponse> {
  const by = url.startsWith("https:") ? undefined : proxy();
  asking({ host: hostOf(url), proxy: by?.host });
  const cookie = cookies.field(url);
  return http.request({
    method: "GET",
    url,
    headers: {
      accept: "text/xml, text/plain",
      "accept-charset": "utf-8, iso-8859-1;q=0.8",
      ...(cookie === undefined ? {} : { cookie }),
    },
    timeoutMs: pageTimeoutMs,
    maxBytes: pageLimits.bytes,
    signal,
    ...(by === undefined ? {} : { proxy: by }),
  });
}

/** `Refresh: 5; url=http://…`. */
function refreshOf({ headers }: HttpResponse, base: string): Refresh | undefined {
  const [, seconds, url] = /^\s*(\d{1,5})\s*(?:;\s*url=(\S+))?\s*$/i.exec(headers["refresh"] ?? "") ?? [];
  if (seconds === undefined) return undefined;
  const to = url === undefined ? undefined : resolveUrl(url, base);
  return { afterSec: Math.max(leastRefreshSec, Number(seconds)), url: to };
}
