// The lab's SIP server: registrar, proxy and redirect server in one, with digest. Runs on the Sockets contract, in
// memory or over real sockets.
import type { Runtime } from "#firmware/runtime/runner.ts";
import { type ResponseOptions, responseTo } from "#firmware/sip/message/build.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  rawLine,
  type SipRequest,
  tagOf,
  valuesOf,
} from "#firmware/sip/message/message.ts";
import { parseUri, uriEquals } from "#firmware/sip/message/uri.ts";
import { type ServerTransaction, TransactionTable } from "#firmware/sip/transaction/table.ts";
import { defaultTiming } from "#firmware/sip/transaction/timing.ts";
import type { Arrival, Flow, TransportName } from "#firmware/sip/transport/flow.ts";
import { StreamTransport } from "#firmware/sip/transport/streams.ts";
import { UdpTransport } from "#firmware/sip/transport/udp.ts";
import type { Endpoint, Sockets } from "#hal/contract/sockets.ts";
import { type AuthVerdict, LabAuth, type LabAuthOptions, plainAuth } from "./auth.ts";
import { LabMailboxes } from "./mailboxes.ts";
import { type Hop, LabProxy } from "./proxy.ts";
import { LabServices, type Service, services } from "./services.ts";

/** Where a user can be reached. */
export interface LabBinding {
  readonly uri: string;
  readonly endpoint: Endpoint;
  readonly transport: TransportName;
  readonly endsAtMs: number;
  readonly callId: string;
}

export interface LabServerOptions {
  readonly runtime: Runtime;
  readonly sockets: Sockets;
  readonly address: string;
  readonly port?: number;
  /** User → password. */
  readonly users: Readonly<Record<string, string>>;
  readonly auth?: LabAuthOptions;
  /** Numbers that answer by themselves; the lab's usual ones unless told. */
  readonly services?: Readonly<Record<string, Service>>;
  /** Listens on TCP too; the connections count as this. */
  readonly stream?: "TCP" | "TLS";
  readonly signal: AbortSignal;
}

/** What a test may tell the server to do. */
export interface LabBehaviour {
  /** Answers every REGISTER so; undefined: properly. */
  registerStatus: number | undefined;
  /** Lines added to a refused REGISTER. */
  registerLines: readonly HeaderLine[];
  /** Longest and shortest registration. */
  mostExpiresSec: number;
  leastExpiresSec: number;
  /** How the 200 lists bindings. */
  contacts: "own" | "none" | "foreign" | "rewritten";
  /** No challenge at all. */
  isOpen: boolean;
  /** INVITEs are challenged with 407. */
  isProxyAuth: boolean;
  /** Takes nothing but REGISTER: nobody is reachable. */
  callStatus: number | undefined;
  /** Number → Contacts of a 302. */
  redirects: Readonly<Record<string, readonly string[]>>;
  /** Asked first for every call, and followed. */
  redirector: { readonly endpoint: Endpoint; readonly noAnswerMs: number } | undefined;
}

/** A SIP server of the lab. */
export class LabSipServer {
  readonly behaviour: LabBehaviour = {
    registerStatus: undefined,
    registerLines: [],
    mostExpiresSec: 3600,
    leastExpiresSec: 1,
    contacts: "own",
    isOpen: false,
    isProxyAuth: false,
    callStatus: undefined,
    redirects: {},
    redirector: undefined,
  };
  readonly auth: LabAuth;
  /** Sent with each 200 to REGISTER. */
  dateLine: HeaderLine | undefined;
  readonly address: string;
  readonly port: number;
  readonly #options: LabServerOptions;
  readonly #bindings = new Map<string, LabBinding[]>();
  readonly #table: TransactionTable;
  readonly #transport: UdpTransport;
  readonly #streams: StreamTransport;
  readonly #proxy: LabProxy;
  readonly #services: LabServices;
  readonly mailboxes: LabMailboxes;
  readonly #scope = new AbortController();
  #tags = 0;

  constructor(options: LabServerOptions) {
    this.#options = options;
    this.address = options.address;
    this.port = options.port ?? 5060;
    this.auth = new LabAuth(options.auth ?? plainAuth);
    this.#table = new TransactionTable({
      runtime: options.runtime,
      timing: defaultTiming,
      isProxy: true,
      newTag: () => `lab${++this.#tags}`,
      user: {
        request: (transaction) => this.#request(transaction),
        cancel: (transaction, invite) => this.#cancel(transaction, invite),
        ack: ({ message }) => this.#ack(message),
        ackMissing: () => undefined,
        ended: (transaction) => this.#proxy.ended(transaction),
      },
    });
    const sentBy = `${this.address}:${this.port}`;
    this.#proxy = new LabProxy({
      sentBy,
      isRecordRouting: true,
      table: () => this.#table,
      flowTo: (hop) => this.#flowTo(hop),
      newBranch: () => `z9hG4bKlab${++this.#tags}`,
      clock: options.runtime.clock,
    });
    this.#services = new LabServices({
      runtime: options.runtime,
      sockets: options.sockets,
      address: this.address,
      contact: `sip:lab@${sentBy}`,
      firstPort: 30_000,
      send: (request, hop) => this.#sendOwn(request, hop),
    });
    this.mailboxes = new LabMailboxes({
      contact: `sip:mail@${sentBy}`,
      respond: (transaction, status, lines) => this.respond(transaction, status, { lines }),
      send: (request, hop) => this.#sendOwn(request, hop),
    });
    const { signal } = this.#scope;
    this.#transport = new UdpTransport({
      sockets: options.sockets,
      controlPort: this.port,
      isSourcePortFixed: true,
      marking: { dscp: 0 },
      signal,
      sentBy: () => `${this.address}:${this.port}`,
      user: {
        arrived: (arrival) => this.#arrived(arrival),
        unreadable: () => undefined,
        unreachable: (flow) => this.#table.unreachable(flow),
      },
    });
    this.#streams = new StreamTransport({
      runtime: options.runtime,
      sockets: options.sockets,
      marking: { dscp: 0 },
      trusted: () => [],
      signal: options.signal,
      publicAddress: () => undefined,
      user: {
        arrived: (arrival) => this.#arrived(arrival),
        unreadable: () => undefined,
        unreachable: (flow) => this.#table.unreachable(flow),
      },
    });
    if (options.stream !== undefined) this.#listen(options.stream);
    options.signal.addEventListener("abort", () => this.stop(), { once: true });
  }

  #listen(transport: "TCP" | "TLS"): void {
    const { sockets, signal, runtime } = this.#options;
    sockets.listenTcp(this.port, { signal }).then(
      ({ connections }) =>
        connections.subscribe((connection) => this.#streams.adopt(connection, transport), { signal }),
      (error: unknown) => runtime.fail("lab sip", error),
    );
  }

  /** Peers behind a connection are reached over that very connection. */
  #flowTo(hop: Pick<Hop, "endpoint" | "transport">): Flow {
    if (hop.transport === "UDP") return this.#transport.flowTo(hop.endpoint);
    const flow = this.#streams.flowTo({ ...hop, serverName: hop.endpoint.address });
    return flow instanceof Promise ? this.#transport.flowTo(hop.endpoint) : flow;
  }

  /** The process is killed: nothing is said to anybody, and its port is closed. */
  stop(): void {
    this.#services.close();
    this.#table.close();
    this.#scope.abort();
  }

  /** Calls with the lab's own numbers. */
  get serviceCalls(): number {
    return this.#services.callCount;
  }

  /** Bindings that have not ended. */
  bindingsOf(user: string): readonly LabBinding[] {
    const now = this.#options.runtime.clock.now();
    return (this.#bindings.get(user) ?? []).filter(({ endsAtMs }) => endsAtMs > now);
  }

  /** Forgets everybody, as after a restart. */
  forget(): void {
    this.#bindings.clear();
    this.auth.forget();
  }

  respond(transaction: ServerTransaction, status: number, options: ResponseOptions = {}): void {
    transaction.respond(responseTo(transaction.request, status, { toTag: transaction.toTag, ...options }));
  }

  get transport(): UdpTransport {
    return this.#transport;
  }

  #arrived(arrival: Arrival): void {
    if (arrival.message.kind === "request") this.#table.receiveRequest(arrival as Arrival<SipRequest>);
    else this.#table.receiveResponse({ ...arrival, message: arrival.message });
  }

  #request(transaction: ServerTransaction): void {
    const { request } = transaction;
    const isInDialog = tagOf(request, headers.to) !== undefined;
    if (request.method === "REGISTER") this.#register(transaction);
    else if (request.method === "SUBSCRIBE") this.#subscribe(transaction);
    else if (isInDialog) this.#inDialog(transaction);
    else this.#call(transaction);
  }

  /** Along the route set, unless it is a call of the lab's own numbers. */
  #inDialog(transaction: ServerTransaction): void {
    const routed = LabProxy.routed(transaction.request, `${this.address}:${this.port}`);
    const isOwn = routed?.hop.endpoint.address === this.address && routed.hop.endpoint.port === this.port;
    if (isOwn && this.#services.take(transaction, undefined)) return;
    if (routed === undefined || isOwn) this.respond(transaction, 481);
    else this.#proxy.forward({ ...transaction, request: routed.request }, [routed.hop]);
  }

  #call(transaction: ServerTransaction): void {
    const { request } = transaction;
    const user = userOf(request.uri);
    const refusal = this.#refusal(request, user);
    if (refusal !== undefined) {
      this.respond(transaction, refusal.status, { lines: refusal.lines });
      return;
    }
    if (this.#services.take(transaction, (this.#options.services ?? services)[user])) return;
    const { redirector } = this.behaviour;
    if (redirector !== undefined && request.method === "INVITE") {
      const { endpoint, noAnswerMs } = redirector;
      this.#proxy.search(
        transaction,
        { uri: request.uri, endpoint, transport: "UDP" },
        { noAnswerMs, hopFor: (uri) => this.bindingsOf(userOf(uri))[0] },
      );
      return;
    }
    const hops: readonly Hop[] = this.bindingsOf(user);
    if (hops.length > 0) this.#proxy.forward(transaction, hops);
    else this.respond(transaction, user in this.#options.users ? 480 : 404);
  }

  /** How the behaviour of the moment turns a call away. */
  #refusal(request: SipRequest, user: string): { status: number; lines: readonly HeaderLine[] } | undefined {
    const { callStatus, redirects, isProxyAuth } = this.behaviour;
    if (callStatus !== undefined) return { status: callStatus, lines: [] };
    const verdict = isProxyAuth ? this.#verdict(request, headers.proxyAuthorization) : "good";
    if (verdict !== "good") {
      const values = this.auth.challenges(verdict === "stale");
      return { status: 407, lines: values.map((value) => rawLine(headers.proxyAuthenticate, value)) };
    }
    const contacts = redirects[user];
    if (contacts === undefined) return undefined;
    return { status: 302, lines: contacts.map((value) => rawLine(headers.contact, value)) };
  }

  #cancel(transaction: ServerTransaction, invite: ServerTransaction | undefined): void {
    this.respond(transaction, invite === undefined ? 481 : 200);
    if (invite !== undefined && !this.#services.cancel(invite)) this.#proxy.cancel(invite);
  }

  #ack(request: SipRequest): void {
    const routed = LabProxy.routed(request, `${this.address}:${this.port}`);
    if (routed === undefined) return;
    const { endpoint } = routed.hop;
    if (endpoint.address === this.address && endpoint.port === this.port) this.#services.ack(request);
    else this.#proxy.passOn(routed.request, routed.hop);
  }

  #sendOwn(request: SipRequest, hop: Pick<Hop, "endpoint" | "transport">): void {
    const sentBy = `${this.address}:${this.port}`;
    const via = rawLine(headers.via, `SIP/2.0/${hop.transport} ${sentBy};branch=z9hG4bKlab${++this.#tags}`);
    const quiet = (): void => undefined;
    const user = { response: quiet, timedOut: quiet, unreachable: quiet };
    this.#table.send({ ...request, headers: [via, ...request.headers] }, this.#flowTo(hop), user);
  }

  /** Undefined when the request proves its user; else what was wrong. */
  #verdict(
    request: SipRequest,
    type: typeof headers.authorization = headers.authorization,
  ): AuthVerdict | "none" {
    if (this.behaviour.isOpen) return "good";
    for (const value of valuesOf(request, type)) {
      if (value.parameters.get("realm") !== this.auth.options.realm) continue;
      const password = this.#options.users[value.parameters.get("username") ?? ""];
      return this.auth.check(value, request.method, request.body, password);
    }
    return "none";
  }

  #subscribe(transaction: ServerTransaction): void {
    const { request } = transaction;
    const verdict = this.#verdict(request);
    const from = firstOf(request, headers.from)?.uri.text ?? "";
    if (verdict === "good") this.mailboxes.subscribed(transaction, userOf(from));
    else this.respond(transaction, 401, { lines: this.#challengeLines(verdict) });
  }

  #challengeLines(verdict: AuthVerdict | "none"): readonly HeaderLine[] {
    return this.auth.challenges(verdict === "stale").map((value) => rawLine(headers.wwwAuthenticate, value));
  }

  #register(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { registerStatus, registerLines, leastExpiresSec } = this.behaviour;
    if (registerStatus !== undefined) {
      this.respond(transaction, registerStatus, { lines: registerLines });
      return;
    }
    const verdict = this.#verdict(request);
    if (verdict !== "good") {
      this.respond(transaction, 401, { lines: this.#challengeLines(verdict) });
      return;
    }
    const expiresSec = firstOf(request, headers.expires) ?? 3600;
    if (expiresSec > 0 && expiresSec < leastExpiresSec) {
      this.respond(transaction, 423, { lines: [rawLine(headers.minExpires, String(leastExpiresSec))] });
      return;
    }
    const uri = firstOf(request, headers.to)?.uri;
    const user = uri?.kind === "sip" ? (uri.user ?? "") : "";
    this.#bind(user, request, transaction, Math.min(expiresSec, this.behaviour.mostExpiresSec));
    const date = this.dateLine === undefined ? [] : [this.dateLine];
    this.respond(transaction, 200, { lines: [...this.#listed(user), ...date] });
  }

  #bind(user: string, request: SipRequest, via: ServerTransaction, expiresSec: number): void {
    const now = this.#options.runtime.clock.now();
    let bindings = [...this.bindingsOf(user)];
    for (const contact of valuesOf(request, headers.contact)) {
      bindings = bindings.filter(({ uri }) => !uriEquals(parseUri(uri), contact.uri));
      if (expiresSec === 0) continue;
      const callId = firstOf(request, headers.callId) ?? "";
      const { source: endpoint, flow } = via;
      bindings.push({
        uri: contact.uri.text,
        endpoint,
        transport: flow.transport,
        endsAtMs: now + expiresSec * 1000,
        callId,
      });
    }
    this.#bindings.set(user, bindings);
  }

  #listed(user: string): readonly HeaderLine[] {
    const now = this.#options.runtime.clock.now();
    const foreign = rawLine(headers.contact, "<sip:other@192.0.2.250>;expires=60");
    const own = this.bindingsOf(user).map(({ uri, endsAtMs }) =>
      rawLine(headers.contact, `<${uri}>;expires=${Math.round((endsAtMs - now) / 1000)}`),
    );
    switch (this.behaviour.contacts) {
      case "own":
        return own;
      case "none":
        return [];
      case "foreign":
        return [foreign];
      case "rewritten":
        return own.map((line) => ({ ...line, value: line.value.replace(/@[^>;]*/, "@198.51.100.9:40000") }));
    }
  }
}

const userOf = (uri: string): string => /^sips?:([^@;]*)@/i.exec(uri)?.[1] ?? "";
