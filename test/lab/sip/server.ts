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
  valuesOf,
} from "#firmware/sip/message/message.ts";
import { parseUri, uriEquals } from "#firmware/sip/message/uri.ts";
import { type ServerTransaction, TransactionTable } from "#firmware/sip/transaction/table.ts";
import { defaultTiming } from "#firmware/sip/transaction/timing.ts";
import type { Arrival } from "#firmware/sip/transport/flow.ts";
import { UdpTransport } from "#firmware/sip/transport/udp.ts";
import type { Endpoint, Sockets } from "#hal/contract/sockets.ts";
import { type AuthVerdict, LabAuth, type LabAuthOptions, plainAuth } from "./auth.ts";

/** Where a user can be reached. */
export interface LabBinding {
  readonly uri: string;
  readonly endpoint: Endpoint;
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
  #tags = 0;

  constructor(options: LabServerOptions) {
    this.#options = options;
    this.address = options.address;
    this.port = options.port ?? 5060;
    this.auth = new LabAuth(options.auth ?? plainAuth);
    this.#table = new TransactionTable({
      runtime: options.runtime,
      timing: defaultTiming,
      newTag: () => `lab${++this.#tags}`,
      user: {
        request: (transaction) => this.#request(transaction),
        cancel: (transaction) => this.respond(transaction, 481),
        ack: () => undefined,
        ackMissing: () => undefined,
        ended: () => undefined,
      },
    });
    this.#transport = new UdpTransport({
      sockets: options.sockets,
      controlPort: this.port,
      isSourcePortFixed: true,
      marking: { dscp: 0 },
      signal: options.signal,
      sentBy: () => `${this.address}:${this.port}`,
      user: {
        arrived: (arrival) => this.#arrived(arrival),
        unreadable: () => undefined,
        unreachable: (flow) => this.#table.unreachable(flow),
      },
    });
    options.signal.addEventListener("abort", () => this.#table.close(), { once: true });
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
    if (transaction.request.method === "REGISTER") this.#register(transaction);
    else this.respond(transaction, 501);
  }

  /** Undefined when the request proves its user; else what was wrong. */
  #verdict(request: SipRequest): AuthVerdict | "none" {
    if (this.behaviour.isOpen) return "good";
    for (const value of valuesOf(request, headers.authorization)) {
      if (value.parameters.get("realm") !== this.auth.options.realm) continue;
      const password = this.#options.users[value.parameters.get("username") ?? ""];
      return this.auth.check(value, request.method, request.body, password);
    }
    return "none";
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
      const lines = this.auth
        .challenges(verdict === "stale")
        .map((value) => rawLine(headers.wwwAuthenticate, value));
      this.respond(transaction, 401, { lines });
      return;
    }
    const expiresSec = firstOf(request, headers.expires) ?? 3600;
    if (expiresSec > 0 && expiresSec < leastExpiresSec) {
      this.respond(transaction, 423, { lines: [rawLine(headers.minExpires, String(leastExpiresSec))] });
      return;
    }
    const uri = firstOf(request, headers.to)?.uri;
    const user = uri?.kind === "sip" ? (uri.user ?? "") : "";
    this.#bind(user, request, transaction.source, Math.min(expiresSec, this.behaviour.mostExpiresSec));
    const date = this.dateLine === undefined ? [] : [this.dateLine];
    this.respond(transaction, 200, { lines: [...this.#listed(user), ...date] });
  }

  #bind(user: string, request: SipRequest, endpoint: Endpoint, expiresSec: number): void {
    const now = this.#options.runtime.clock.now();
    let bindings = [...this.bindingsOf(user)];
    for (const contact of valuesOf(request, headers.contact)) {
      bindings = bindings.filter(({ uri }) => !uriEquals(parseUri(uri), contact.uri));
      if (expiresSec === 0) continue;
      const callId = firstOf(request, headers.callId) ?? "";
      bindings.push({ uri: contact.uri.text, endpoint, endsAtMs: now + expiresSec * 1000, callId });
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
