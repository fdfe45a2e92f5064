// Binds the services browser to HTTP: GET, redirects, a proxy where one is set (reference cisco-7960-sip XML-006, XML-028).
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { ConfigError, HalError } from "#hal/contract/errors.ts";
import type { HttpClient, HttpRequest, HttpResponse } from "#hal/contract/names.ts";
import {
  type BrowserEffect,
  type BrowserEvent,
  type BrowserState,
  baseOf,
  browser,
  type Refresh,
  viewOf,
} from "./browser.ts";
import type { ServiceFailure, ServiceView } from "./notices.ts";
import { pageLimits, readPage } from "./read-page.ts";
import { resolveUrl, type Target, targetOf } from "./url.ts";

/** For connecting, and again for the whole answer. */
export const pageTimeoutMs = 10_000;
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
  changed(view: ServiceView | undefined): void;
  readonly signal: AbortSignal;
}

/** The services browser. */
export interface ServiceBrowser {
  open(url: string): void;
  /** Where an address of the page that is seen leads. */
  target(text: string): Target;
  follow(url: string): void;
  update(): void;
  back(): void;
  close(): void;
}

class PageFailure extends Error {
  readonly failure: ServiceFailure;

  constructor(failure: ServiceFailure, detail: string) {
    super(detail);
    this.failure = failure;
  }
}

/** Starts closed; asks for nothing by itself. */
export function startBrowser(ports: BrowserPorts): ServiceBrowser {
  const { runtime, signal } = ports;
  const runner = new Runner<BrowserState, BrowserEvent>({
    machine: browser,
    runtime,
    signal,
    perform: (effect: BrowserEffect) => fetchPage(ports, effect, runner),
    changed: (state) => ports.changed(viewOf(state)),
  });
  return {
    open: (url) => runner.send({ kind: "open", url }),
    target: (text) => targetOf(text, baseOf(runner.state)),
    follow: (url) => runner.send({ kind: "follow", url }),
    update: () => runner.send({ kind: "update" }),
    back: () => runner.send({ kind: "back" }),
    close: () => runner.send({ kind: "close" }),
  };
}

/** Answers with an event; one that nobody waits for any more is ignored by the machine. */
function fetchPage(
  ports: BrowserPorts,
  effect: BrowserEffect,
  runner: Runner<BrowserState, BrowserEvent>,
): void {
  const { signal, runtime } = ports;
  const { serial } = effect;
  load(ports, effect.url).then(
    (loaded) => runner.send({ kind: "page", serial, ...loaded }),
    (error: unknown) => {
      if (signal.aborted) return;
      if (error instanceof PageFailure)
        runner.send({ kind: "failed", serial, failure: error.failure, detail: error.message });
      else if (error instanceof ConfigError)
        runner.send({
          kind: "failed",
          serial,
          failure: error.code === "unusable" ? "unsupported" : "malformed",
          detail: error.place,
        });
      else if (error instanceof HalError)
        runner.send({ kind: "failed", serial, failure: "unreachable", detail: error.code });
      else runtime.fail("services", error);
    },
  );
}

async function load(
  ports: BrowserPorts,
  url: string,
): Promise<Pick<Extract<BrowserEvent, { kind: "page" }>, "url" | "page" | "refresh">> {
  const first = resolveUrl(url, undefined);
  if (first === undefined) throw new PageFailure("bad-address", url);
  let at = first;
  for (let redirects = 0; ; redirects++) {
    const response = await get(ports, at);
    const location = response.headers["location"];
    if (response.status >= 300 && response.status < 400 && location !== undefined) {
      const next = resolveUrl(location, at);
      if (next === undefined || redirects === mostRedirects) throw new PageFailure("bad-address", location);
      at = next;
      continue;
    }
    if (response.status !== 200) throw new PageFailure("refused", String(response.status));
    const page = readPage(at, response.body, response.headers["content-type"] ?? "text/xml");
    return { url: at, page, refresh: refreshOf(response, at) };
  }
}

function get({ http, signal, proxy }: BrowserPorts, url: string): Promise<HttpResponse> {
  const by = proxy();
  return http.request({
    method: "GET",
    url,
    headers: { accept: "text/xml, text/plain", "accept-charset": "utf-8, iso-8859-1;q=0.8" },
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
