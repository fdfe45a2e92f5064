// Binds one line's registration machine to the network: builds REGISTER, proves who we are, follows redirections, and
// reads what was granted (RFC 3261 §10.2, §22).
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { requestOf } from "#firmware/sip/message/build.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  line as headerLine,
  rawLine,
  type SipRequest,
  type SipResponse,
  valuesOf,
} from "#firmware/sip/message/message.ts";
import { readable } from "#firmware/sip/message/octets.ts";
import { parseUri, uriEquals } from "#firmware/sip/message/uri.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { Digests } from "#hal/contract/names.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { Proofs } from "./credentials.ts";
import {
  allowLine,
  contactLine,
  domainOf,
  fromLine,
  newCallId,
  newTag,
  recordUri,
  serverUri,
  toLine,
} from "./identity.ts";
import type { Locator, Target } from "./locate.ts";
import type { LineState, RegistrationFailure } from "./notices.ts";
import { redirectTargets } from "./redirect.ts";
import {
  type Binding,
  type Failure,
  type RegistrationEffect,
  type RegistrationEvent,
  type RegistrationState,
  registration,
  type Walk,
} from "./registration.ts";
import type { Outcome, OutgoingRequest, Sender } from "./sender.ts";
import type { ServerAddress, SipLine, SipSettings } from "./settings.ts";
import { seenAs } from "./transport/udp.ts";

export interface RegistrarOptions {
  readonly runtime: Runtime;
  readonly sender: Sender;
  readonly locator: Locator;
  readonly digests: Digests;
  readonly settings: SipSettings;
  readonly line: SipLine;
  /** The servers of this registration: the line's proxies, or the backup proxy alone. */
  readonly servers: readonly ServerAddress[];
  readonly isBackup: boolean;
  readonly signal: AbortSignal;
  localAddress(): string;
  changed(state: LineState): void;
  /** Every server failed. */
  exhausted(failure: Failure): void;
  /** Date header of a registrar. */
  date(unixMs: number): void;
  /** How the registrar sees our address (Via received and rport). */
  seen(address: string | undefined, port: number | undefined): void;
}

/** Where a REGISTER of one walk may go, and which server of the list that is. */
interface Stop {
  readonly target: Target;
  readonly server: number;
}

/** A redirection that leads to further redirections is left after so many. */
const mostRedirections = 5;

/** One line's registration at work. */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #runner: Runner<RegistrationState, RegistrationEvent>;
  readonly #proofs: Proofs;
  readonly #callId: string;
  readonly #tag: string;
  #cseq = 100;
  #open: OutgoingRequest | undefined;
  #walk = 0;
  /** Where the last 2xx came from. */
  #accepting: Target | undefined;

  constructor(options: RegistrarOptions) {
    this.#options = options;
    const { runtime, line, settings, servers, signal } = options;
    const { random } = runtime;
    this.#proofs = new Proofs(
      line.password === undefined ? undefined : { username: line.authName, password: line.password },
      options.digests,
      random,
    );
    this.#callId = newCallId(settings, random, options.localAddress());
    this.#tag = newTag(settings, random);
    const machine = registration({
      name: options.isBackup ? "sip backup registration" : `sip registration ${line.line}`,
      servers: servers.length,
      expiresSec: settings.registerExpiresSec,
      deltaSec: settings.registerDeltaSec,
    });
    this.#runner = new Runner<RegistrationState, RegistrationEvent>({
      machine,
      runtime,
      signal,
      perform: (effect, scope) => this.#perform(effect as RegistrationEffect, scope.signal), // the machine's own
      changed: (state) => this.#tell(state),
    });
    signal.addEventListener("abort", () => this.#open?.abandon(), { once: true });
  }

  get state(): RegistrationState {
    return this.#runner.state;
  }

  /** The way to the server that holds our binding; undefined: none does. */
  get way(): Target | undefined {
    return "binding" in this.state ? this.#accepting : undefined;
  }

  send(event: RegistrationEvent): void {
    this.#runner.send(event);
  }

  #perform(effect: RegistrationEffect, signal: AbortSignal): void {
    switch (effect.kind) {
      case "register":
        this.#walk++;
        this.#open?.abandon();
        this.#start(effect, this.#walk, signal);
        return;
      case "release":
        this.#release(effect.binding);
        return;
      case "exhausted":
        this.#options.exhausted(effect.failure);
        return;
      default:
        unreachable(effect);
    }
  }

  #start(effect: Extract<RegistrationEffect, { kind: "register" }>, walk: number, signal: AbortSignal): void {
    const found = this.#stops(effect.walk, signal);
    if (!(found instanceof Promise)) {
      this.#register(found, effect, walk);
      return;
    }
    found.then(
      (stops) => {
        if (walk === this.#walk) this.#register(stops, effect, walk);
      },
      (error: unknown) => {
        if (!signal.aborted) this.#options.runtime.fail("sip registration", error);
      },
    );
  }

  /** Addresses of the walk's servers; at once where none is a name. */
  #stops(walk: Walk, signal: AbortSignal): readonly Stop[] | Promise<readonly Stop[]> {
    const { servers, locator } = this.#options;
    const found = walk.flatMap((place) => {
      const server = servers[place];
      return server === undefined
        ? []
        : [{ server: place, targets: locator.locate(this.#nextHop(server), signal) }];
    });
    const flat = (list: readonly { server: number; targets: readonly Target[] }[]): readonly Stop[] =>
      list.flatMap(({ server, targets }) => targets.map((target) => ({ target, server })));
    if (found.every(({ targets }) => !(targets instanceof Promise)))
      return flat(found as { server: number; targets: readonly Target[] }[]); // none is a promise
    return Promise.all(found.map(async ({ server, targets }) => ({ server, targets: await targets }))).then(
      flat,
    );
  }

  #nextHop(server: ServerAddress): ServerAddress {
    const { isBackup, settings } = this.#options;
    return isBackup ? server : (settings.outboundProxy ?? server);
  }

  #request(uri: string, expiresSec: number): SipRequest {
    const { line, settings, localAddress } = this.#options;
    const record = recordUri(line, settings, localAddress());
    this.#cseq++;
    const lines: readonly HeaderLine[] = [
      headerLine(headers.maxForwards, 70),
      fromLine(line, record, this.#tag),
      toLine(record),
      rawLine(headers.callId, this.#callId),
      headerLine(headers.cseq, { number: this.#cseq, method: "REGISTER" }),
      rawLine(headers.contact, "<sip:replaced-on-the-way>"),
      headerLine(headers.expires, expiresSec),
      allowLine,
      rawLine(headers.userAgent, settings.userAgent),
    ];
    return requestOf("REGISTER", uri, [...lines, ...this.#proofs.lines(requestOf("REGISTER", uri, lines))]);
  }

  #registrarUri(): string {
    const { line, servers, localAddress } = this.#options;
    if (line.domain !== undefined) return serverUri({ host: line.domain, port: undefined });
    return serverUri(servers[0] ?? { host: domainOf(line, localAddress()), port: undefined });
  }

  #register(
    stops: readonly Stop[],
    effect: Extract<RegistrationEffect, { kind: "register" }>,
    walk: number,
    uri = this.#registrarUri(),
    redirections = 0,
  ): void {
    const { sender, line, settings } = this.#options;
    const last = effect.walk.at(-1) ?? 0;
    if (stops.length === 0) {
      this.#fail(last, "name-not-found", undefined);
      return;
    }
    const serverOf = (target: Target | undefined): number =>
      stops.find((stop) => stop.target.endpoint === target?.endpoint)?.server ?? last;
    this.#open = sender.send({
      request: this.#request(uri, effect.expiresSec),
      targets: stops.map(({ target }) => target),
      isHasty: true,
      contact: (flow) => contactLine(line, settings, flow),
      user: {
        final: (outcome) => {
          if (walk !== this.#walk) return;
          const server = serverOf(outcome.target);
          const at = stops.findIndex(({ target }) => target.endpoint === outcome.target?.endpoint);
          this.#answered(outcome, server, {
            again: () => this.#register(stops.slice(Math.max(at, 0)), effect, walk, uri, redirections),
            redirected: () => this.#redirect(outcome.response, server, effect, walk, redirections),
          });
        },
      },
    });
  }

  #answered(
    outcome: Outcome,
    server: number,
    then: { readonly again: () => void; readonly redirected: () => void },
  ): void {
    const { response, isLocal, target } = outcome;
    const { status } = response;
    if (status === 401 || status === 407) {
      const verdict = this.#proofs.challenged(response, addressOf(target));
      if (verdict.kind === "retry") then.again();
      else this.#fail(server, verdict.kind === "not-understood" ? "rejected" : "wrong-password", response);
      return;
    }
    if (isLocal || target === undefined) {
      this.#fail(server, localFailure(outcome), undefined);
      return;
    }
    if (status < 300) {
      this.#accepting = target;
      this.#accepted(outcome, server, target.endpoint);
    } else if (status < 400) then.redirected();
    else if (status === 423) {
      this.#options.runtime.log("sip").warning(registerFailure("interval-too-brief", status));
      const leastSec = this.#read(() => firstOf(response, headers.minExpires)) ?? 0;
      this.#runner.send({ kind: "too-brief", server, leastSec });
    } else this.#fail(server, failureOf(status), response);
  }

  #accepted(outcome: Outcome, server: number, endpoint: Endpoint): void {
    const { response, request } = outcome;
    this.#read(() => this.#proofs.accepted(response));
    const seen = this.#read(() => seenAs(response));
    this.#options.seen(seen?.address, seen?.port);
    const date = this.#read(() => firstOf(response, headers.date));
    if (date !== undefined) this.#options.date(date);
    const asked = firstOf(request, headers.expires) ?? this.#options.settings.registerExpiresSec;
    const grantedSec = Math.min(asked, this.#granted(response, request) ?? asked);
    this.#runner.send({ kind: "accepted", server, endpoint, grantedSec: Math.max(grantedSec, 1) });
  }

  /** "expires" of our own Contact, else Expires (RFC 3261 §10.2.4); a server may list others, none, or ours rewritten. */
  #granted(response: SipResponse, request: SipRequest): number | undefined {
    const own = firstOf(request, headers.contact)?.uri;
    const contacts = this.#read(() => valuesOf(response, headers.contact)) ?? [];
    const ours =
      contacts.find(({ uri }) => own !== undefined && uriEquals(uri, own)) ??
      contacts.find(({ uri }) => isSameBinding(uri.text, own?.text)) ??
      (contacts.length === 1 ? contacts[0] : undefined);
    const expires = Number(ours?.parameters.get("expires") ?? "");
    if (ours?.parameters.has("expires") === true && Number.isInteger(expires)) return expires;
    return this.#read(() => firstOf(response, headers.expires));
  }

  #redirect(
    response: SipResponse,
    server: number,
    effect: Extract<RegistrationEffect, { kind: "register" }>,
    walk: number,
    redirections: number,
  ): void {
    const uris = this.#read(() => redirectTargets(response)) ?? [];
    const next = uris[0];
    if (next === undefined || redirections >= mostRedirections) {
      this.#fail(server, "redirected", response);
      return;
    }
    const uri = parseUri(next);
    const host = uri.kind === "sip" ? { host: uri.host, port: uri.port, transport: undefined } : undefined;
    if (host === undefined) {
      this.#fail(server, "redirected", response);
      return;
    }
    const { locator, signal } = this.#options;
    Promise.resolve(locator.locate(host, signal)).then(
      (targets) => {
        if (walk !== this.#walk) return;
        const stops = targets.map((target) => ({ target, server }));
        this.#register(stops, effect, walk, serverUri(host), redirections + 1);
      },
      (error: unknown) => {
        if (!signal.aborted) this.#options.runtime.fail("sip registration", error);
      },
    );
  }

  /** Our own Contact with Expires 0; `*` would drop the bindings of other phones too (§10.2.2). */
  #release(binding: Binding): void {
    const { sender, line, settings, servers, locator, signal } = this.#options;
    const server = servers[binding.server];
    if (server === undefined) return;
    const targets = locator.locate(this.#nextHop(server), signal);
    if (targets instanceof Promise) {
      // The name would be asked for again only to say good-bye: not worth it. The question ends with the signal.
      targets.catch((error: unknown) => {
        if (!signal.aborted) this.#options.runtime.fail("sip registration", error);
      });
      if (this.#runner.state.kind === "unregistering") this.#runner.send({ kind: "stop" });
      return;
    }
    const send = (isAgain: boolean): void => {
      const sent = sender.send({
        request: this.#request(this.#registrarUri(), 0),
        targets,
        contact: (flow) => contactLine(line, settings, flow),
        user: {
          final: ({ response, target }) => {
            const isChallenge = response.status === 401 || response.status === 407;
            if (
              isChallenge &&
              !isAgain &&
              this.#proofs.challenged(response, addressOf(target)).kind === "retry"
            )
              send(true);
            else if (this.#runner.state.kind === "unregistering") this.#runner.send({ kind: "stop" });
          },
        },
      });
      // Sockets may close before the answer comes.
      signal.addEventListener("abort", () => sent.abandon(), { once: true });
    };
    send(false);
  }

  #fail(server: number, failure: RegistrationFailure, response: SipResponse | undefined): void {
    const retryAfterSec =
      response === undefined ? 0 : (this.#read(() => firstOf(response, headers.retryAfter))?.seconds ?? 0);
    this.#proofs.clear();
    this.#options.runtime.log("sip").warning(registerFailure(failure, response?.status));
    const failed: Failure = {
      failure,
      status: response?.status,
      reason: readable(response?.reason ?? ""),
      retryAfterSec,
    };
    this.#runner.send({ kind: "failed", server, failure: failed });
  }

  /** A header a server wrote badly counts as absent: a registration does not hang on it. */
  #read<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#options.runtime.log("sip").debug(`registrar: ${error.message}`);
      return undefined;
    }
  }

  #tell(state: RegistrationState): void {
    const shown = this.#shown(state);
    if (shown !== undefined) this.#options.changed(shown);
  }

  #shown(state: RegistrationState): LineState | undefined {
    switch (state.kind) {
      case "registering":
        return { kind: "registering", server: undefined };
      case "registered":
      case "refreshing":
      case "probing": {
        const { endpoint, grantedSec } = state.binding;
        return {
          kind: "registered",
          server: endpoint,
          expiresSec: grantedSec,
          isBackup: this.#options.isBackup,
        };
      }
      case "waiting": {
        const { failure, status, reason } = state.failure;
        const retryInMs = Math.max(0, state.retryAt - this.#options.runtime.clock.now());
        return { kind: "failed", failure, status, reason, retryInMs };
      }
      case "idle":
      case "unregistering":
      case "stopped":
        return { kind: "not-registering" };
      default:
        return unreachable(state);
    }
  }
}

/** Why a server was not even reached. */
function localFailure({ response, cause }: Outcome): RegistrationFailure {
  if (cause === "denied") return "certificate";
  return response.status === 408 || cause === "timeout" ? "no-answer" : "refused-by-network";
}

/** The status log's words of the first phones (reference SIP-032). */
function registerFailure(failure: RegistrationFailure, status: number | undefined): string {
  switch (failure) {
    case "no-answer":
      return "REG retries exceeded";
    case "refused-by-network":
    case "certificate":
    case "name-not-found":
      return `REG send failure: ${failure}`;
    case "wrong-password":
      return "REG auth failed: no more credentials";
    case "interval-too-brief":
      return "REG Expires time too small";
    case "redirected":
      return "REGISTER Redirected";
    default:
      return `REG auth failed: in ${status}, ${errorClass(status ?? 0)} error`;
  }
}

const errorClass = (status: number): string => (status >= 600 ? "global" : status >= 500 ? "server" : "???");

/** RSP table, for a registration. */
function failureOf(status: number): RegistrationFailure {
  if (status === 403) return "forbidden";
  if (status === 404) return "unknown-line";
  if (status >= 500 && status < 600) return "server-error";
  return "rejected";
}

const addressOf = (target: Target | undefined): string =>
  target === undefined ? "" : `${target.endpoint.address}:${target.endpoint.port}`;

const isSameBinding = (a: string, b: string | undefined): boolean =>
  b !== undefined && a.replace(/;.*/, "").toLowerCase() === b.replace(/;.*/, "").toLowerCase();
