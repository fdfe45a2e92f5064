// A stateful, forking proxy (RFC 3261 §16): forwards requests to bindings or along the route, and brings the best answer
// back.
import { cancelOf, responseTo } from "#firmware/sip/message/build.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  line,
  rawLine,
  type SipRequest,
  type SipResponse,
  valuesOf,
  withLines,
} from "#firmware/sip/message/message.ts";
import { listItems } from "#firmware/sip/message/scanner.ts";
import type {
  ClientTransaction,
  ServerTransaction,
  TransactionTable,
} from "#firmware/sip/transaction/table.ts";
import type { Flow, TransportName } from "#firmware/sip/transport/flow.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";

/** Where one copy of a request goes. */
export interface Hop {
  readonly uri: string;
  readonly endpoint: Endpoint;
  readonly transport: TransportName;
}

interface Branch {
  transaction: ClientTransaction;
  final: SipResponse | undefined;
  hasProvisional: boolean;
}

interface Forwarded {
  readonly server: ServerTransaction;
  readonly branches: Branch[];
  /** To try one after the other, when nothing is open. */
  rest: readonly Hop[];
  noAnswer: Alarm | undefined;
  isAnswered: boolean;
  isCancelled: boolean;
}

/** How a request is tried where somebody else says where to. */
export interface SearchOptions {
  /** Where a Contact of a 302 leads; undefined: nowhere. */
  hopFor(uri: string): Hop | undefined;
  /** The next one is tried after so long. */
  readonly noAnswerMs: number;
}

export interface ProxyOptions {
  readonly sentBy: string;
  readonly isRecordRouting: boolean;
  table(): TransactionTable;
  flowTo(hop: Hop): Flow;
  newBranch(): string;
  readonly clock: Clock;
}

/** Forwards what is not for the server itself. */
export class LabProxy {
  readonly #options: ProxyOptions;
  readonly #open = new Map<string, Forwarded>();

  constructor(options: ProxyOptions) {
    this.#options = options;
  }

  forward(server: ServerTransaction, hops: readonly Hop[]): void {
    const state = this.#begin(server);
    for (const hop of hops) this.#try(state, hop);
  }

  /** Asks a redirect server, and tries what it names, one after the other. */
  search(server: ServerTransaction, redirector: Hop, search: SearchOptions): void {
    const state = this.#begin(server);
    this.#try(state, redirector, search);
  }

  #begin(server: ServerTransaction): Forwarded {
    const state: Forwarded = {
      server,
      branches: [],
      rest: [],
      noAnswer: undefined,
      isAnswered: false,
      isCancelled: false,
    };
    this.#open.set(server.id, state);
    if (server.request.method === "INVITE") server.respond(responseTo(server.request, 100));
    return state;
  }

  #try(state: Forwarded, hop: Hop, search?: SearchOptions): void {
    const branch: Branch = {
      transaction: undefined as unknown as ClientTransaction, // set below
      final: undefined,
      hasProvisional: false,
    };
    state.branches.push(branch);
    const heard = (response: SipResponse, isLocal: boolean): void => {
      if (this.#goesOn(state, branch, response, search)) return;
      this.#answered(state, branch, response, isLocal);
    };
    const local = (status: number) => (): void => heard(responseTo(branch.transaction.request, status), true);
    branch.transaction = this.#options
      .table()
      .send(this.#copy(state.server.request, hop), this.#options.flowTo(hop), {
        response: (response) => heard(response, false),
        timedOut: local(408),
        unreachable: local(503),
      });
  }

  /** True if a final refusal led to the next target instead of being the answer. */
  #goesOn(
    state: Forwarded,
    branch: Branch,
    response: SipResponse,
    search: SearchOptions | undefined,
  ): boolean {
    if (search === undefined || state.isCancelled || response.status < 300) return false;
    if (response.status < 400)
      state.rest = valuesOf(response, headers.contact).flatMap(({ uri }) => search.hopFor(uri.text) ?? []);
    const [next, ...rest] = state.rest;
    if (next === undefined) return false;
    state.rest = rest;
    branch.final = response;
    state.noAnswer?.cancel();
    this.#try(state, next, search);
    const { clock } = this.#options;
    if (rest.length > 0)
      state.noAnswer = clock.alarm(later(clock.now(), search.noAnswerMs), () => this.#cancelRest(state));
    return true;
  }

  /** An ACK of a 2xx has no transaction: it is passed on. */
  passOn(request: SipRequest, hop: Hop): void {
    this.#options.flowTo(hop).send(this.#copy(request, hop));
  }

  cancel(invite: ServerTransaction): boolean {
    const state = this.#open.get(invite.id);
    if (state === undefined) return false;
    state.isCancelled = true;
    this.#cancelRest(state);
    return true;
  }

  ended(transaction: ServerTransaction): void {
    this.#open.get(transaction.id)?.noAnswer?.cancel();
    this.#open.delete(transaction.id);
  }

  /** The request without our own Route on top, and where it goes next. */
  static routed(request: SipRequest, own: string): { request: SipRequest; hop: Hop } | undefined {
    const routes = request.headers
      .filter(({ id }) => id === headers.route.id)
      .flatMap(({ value }) => listItems(value));
    const rest = routes[0]?.includes(own) === true ? routes.slice(1) : routes;
    const plain = withLines(
      request,
      headers.route,
      rest.map((value) => rawLine(headers.route, value)),
    );
    const next = valuesOf(plain, headers.route)[0]?.uri.text ?? request.uri;
    const match = /^sips?:(?:[^@]*@)?([\d.]+)(?::(\d+))?/i.exec(next);
    if (match?.[1] === undefined) return undefined;
    const endpoint = { address: match[1], port: Number(match[2] ?? 5060) };
    const transport = /;transport=tls/i.test(next) ? "TLS" : /;transport=tcp/i.test(next) ? "TCP" : "UDP";
    return { request: plain, hop: { uri: request.uri, endpoint, transport } };
  }

  #copy(request: SipRequest, hop: Hop): SipRequest {
    const { sentBy, isRecordRouting, newBranch } = this.#options;
    const via = rawLine(headers.via, `SIP/2.0/${hop.transport} ${sentBy};branch=${newBranch()}`);
    const forwards = (firstOf(request, headers.maxForwards) ?? 70) - 1;
    const isDialogMade =
      request.method === "INVITE" && firstOf(request, headers.to)?.parameters.has("tag") !== true;
    const route: HeaderLine[] =
      isRecordRouting && isDialogMade ? [rawLine(headers.recordRoute, `<sip:${sentBy};lr>`)] : [];
    const counted = withLines(request, headers.maxForwards, [line(headers.maxForwards, forwards)]);
    return { ...counted, uri: hop.uri, headers: [via, ...route, ...counted.headers] };
  }

  #answered(state: Forwarded, branch: Branch, response: SipResponse, isLocal: boolean): void {
    const { status } = response;
    if (status === 100) {
      branch.hasProvisional = true;
      if (state.isCancelled || state.isAnswered) this.#cancelRest(state);
      return;
    }
    if (status < 200) {
      branch.hasProvisional = true;
      if (!state.isAnswered) state.server.respond(upstream(response));
      if (state.isCancelled || state.isAnswered) this.#cancelRest(state);
      return;
    }
    const isFirst = branch.final === undefined;
    branch.final = response;
    if (status < 300) {
      state.noAnswer?.cancel();
      state.isAnswered = true;
      state.server.respond(upstream(response));
      if (isFirst) this.#cancelRest(state);
      return;
    }
    const open = state.branches.filter(({ final }) => final === undefined);
    if (open.length > 0 || state.isAnswered) return;
    state.isAnswered = true;
    const best = bestOf(state.branches.flatMap(({ final }) => (final === undefined ? [] : [final])));
    state.server.respond(
      isLocal && best === response
        ? responseTo(state.server.request, status, { toTag: state.server.toTag })
        : upstream(best ?? response),
    );
  }

  #cancelRest(state: Forwarded): void {
    for (const { transaction, final, hasProvisional } of state.branches) {
      if (final !== undefined || !hasProvisional || transaction.request.method !== "INVITE") continue;
      const quiet = (): void => undefined;
      this.#options.table().send(cancelOf(transaction.request), transaction.flow, {
        response: quiet,
        timedOut: quiet,
        unreachable: quiet,
      });
    }
  }
}

/** "The proxy removes the topmost Via header field value from the response" (§16.7). */
function upstream(response: SipResponse): SipResponse {
  const vias = response.headers
    .filter(({ id }) => id === headers.via.id)
    .flatMap(({ value }) => listItems(value));
  return withLines(
    response,
    headers.via,
    vias.slice(1).map((value) => rawLine(headers.via, value)),
  );
}

/** 6xx first, then the lowest class (§16.7 step 6); a challenge is worth more than other 4xx. */
function bestOf(finals: readonly SipResponse[]): SipResponse | undefined {
  const rank = ({ status }: SipResponse): number =>
    status >= 600 ? 0 : status === 401 || status === 407 ? 399 : status;
  return [...finals].sort((a, b) => rank(a) - rank(b))[0];
}
