// All open transactions: finds the one a message belongs to (RFC 3261 §17.1.3, §17.2.3), runs the machines, and tells
// the users above what they decided.
import type { Machine } from "#firmware/runtime/machine.ts";
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { ackOf, responseTo } from "#firmware/sip/message/build.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, type SipRequest, type SipResponse, valuesOf } from "#firmware/sip/message/message.ts";
import type { Arrival, Flow } from "#firmware/sip/transport/flow.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import {
  type ClientEffect,
  type ClientEvent,
  type ClientState,
  inviteClient,
  nonInviteClient,
} from "./client-machines.ts";
import { clientKey, mergeKey, serverKey } from "./keys.ts";
import {
  inviteServer,
  nonInviteServer,
  type ServerEffect,
  type ServerEvent,
  type ServerState,
} from "./server-machines.ts";
import type { SipTiming } from "./timing.ts";

/** Hears how a request of ours fared. Each is called at once, in order; after a final response or failure only 2xx repeats. */
export interface ClientUser {
  response(response: SipResponse): void;
  /** Timer B or F, or the counter of retransmissions. */
  timedOut(): void;
  /** ICMP, RST or no connection. */
  unreachable(): void;
}

export interface ClientTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly state: ClientState["kind"];
  /** Stops it without a word: nobody above is interested any more. */
  abandon(): void;
}

/** A request of a peer's. */
export interface ServerTransaction {
  /** Unique among the open ones, and a token. */
  readonly id: string;
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly source: Endpoint;
  readonly state: ServerState["kind"];
  /** The To tag of this transaction's responses. */
  readonly toTag: string;
  respond(response: SipResponse): void;
}

/** Whoever answers requests. */
export interface ServerUser {
  /** A new request; never ACK or CANCEL. */
  request(transaction: ServerTransaction): void;
  /** CANCEL with the INVITE it means, if that is open; has a transaction of its own to answer in. */
  cancel(transaction: ServerTransaction, invite: ServerTransaction | undefined): void;
  /** An ACK that is no transaction's: of a 2xx. Never answered. */
  ack(arrival: Arrival<SipRequest>): void;
  /** No ACK came for this non-2xx. */
  ackMissing(transaction: ServerTransaction): void;
  /** The transaction is over: its repeats are not known any more. */
  ended(transaction: ServerTransaction): void;
}

interface OpenClient extends ClientTransaction {
  readonly runner: Runner<ClientState, ClientEvent>;
}

interface OpenServer extends ServerTransaction {
  readonly key: string;
  readonly runner: Runner<ServerState, ServerEvent>;
  readonly mergeKey: string | undefined;
}

export interface TableOptions {
  readonly runtime: Runtime;
  readonly timing: SipTiming;
  readonly user: ServerUser;
  /** A fresh tag for To. */
  newTag(): string;
  /** A proxy's responses have more than its own Via; a user agent drops such (RFC 3261 §8.1.3.3). */
  readonly isProxy?: boolean;
}

/** The open transactions of one phone. */
export class TransactionTable {
  readonly #options: TableOptions;
  readonly #runtime: Runtime;
  readonly #clients = new Map<string, OpenClient>();
  readonly #servers = new Map<string, OpenServer>();
  readonly #merged = new Map<string, OpenServer>();
  #strayCount = 0;
  #opened = 0;

  constructor(options: TableOptions) {
    this.#options = options;
    this.#runtime = quiet(options.runtime);
  }

  get openCount(): number {
    return this.#clients.size + this.#servers.size;
  }

  /** Responses that belonged to nothing. */
  get strayCount(): number {
    return this.#strayCount;
  }

  /** Sends a request whose top Via is in place, and sees to its repeats. */
  send(request: SipRequest, flow: Flow, user: ClientUser): ClientTransaction {
    const key = clientKey(request);
    const options = { timing: this.#options.timing, isReliable: flow.isReliable };
    const name = `sip ${request.method} ${key.split(" ")[0]}`;
    const machine =
      request.method === "INVITE" ? inviteClient(name, options) : nonInviteClient(name, options);
    const perform = (effect: ClientEffect): void => {
      if (effect.kind === "send") flow.send(request);
      else if (effect.kind === "acknowledge") flow.send(ackOf(request, effect.response));
      else if (effect.kind === "pass") user.response(effect.response);
      else if (effect.kind === "timed-out") user.timedOut();
      else user.unreachable();
    };
    const { runner, stop } = this.#run(machine, perform, () => this.#clients.delete(key));
    const open: OpenClient = {
      request,
      flow,
      runner,
      get state() {
        return runner.state.kind;
      },
      abandon: () => {
        stop();
        this.#clients.delete(key);
      },
    };
    this.#clients.set(key, open);
    runner.send({ kind: "start" });
    return open;
  }

  /** A response came; one that fits nothing, or is not addressed to us, is dropped in silence (§18.1.2, §8.1.3.3). */
  receiveResponse(arrival: Arrival<SipResponse>): void {
    const { message } = arrival;
    const vias = valuesOf(message, headers.via);
    const isWelcome = vias.length === 1 || (vias.length > 1 && this.#options.isProxy === true);
    const open = isWelcome ? this.#clients.get(clientKey(message)) : undefined;
    const sent = open === undefined ? undefined : firstOf(open.request, headers.via);
    if (open === undefined || sent?.host !== vias[0]?.host || sent?.port !== vias[0]?.port) {
      this.#strayCount++;
      return;
    }
    open.runner.send({ kind: "response", response: message });
  }

  /** A request came: a repeat goes to its transaction, a new one gets one. */
  receiveRequest(arrival: Arrival<SipRequest>): void {
    const { message } = arrival;
    const key = serverKey(message);
    const present = this.#servers.get(key);
    if (message.method === "ACK") {
      if (present === undefined || present.state === "accepted") this.#options.user.ack(arrival);
      else present.runner.send({ kind: "ack" });
      return;
    }
    if (present !== undefined && present.request.method === message.method) {
      present.runner.send({ kind: "request" });
      return;
    }
    const open = this.#openServer(key, arrival);
    if (message.method !== "CANCEL") this.#options.user.request(open);
    else this.#options.user.cancel(open, this.#servers.get(serverKey({ ...message, method: "INVITE" })));
  }

  /** True if the same request came another way and is still open (RFC 3261 §8.2.2.2). */
  isMerged(transaction: ServerTransaction): boolean {
    const key = mergeKey(transaction.request);
    const first = key === undefined ? undefined : this.#merged.get(key);
    return first !== undefined && first.id !== transaction.id;
  }

  /** Nothing that was sent to `remote` arrives there. */
  unreachable(flow: { readonly transport: string; readonly remote: Endpoint }): void {
    for (const open of [...this.#clients.values()]) {
      const { transport, remote } = open.flow;
      if (transport !== flow.transport) continue;
      if (remote.address === flow.remote.address && remote.port === flow.remote.port)
        open.runner.send({ kind: "unreachable" });
    }
  }

  #openServer(key: string, arrival: Arrival<SipRequest>): OpenServer {
    const { message: request, flow, source } = arrival;
    const options = { timing: this.#options.timing, isReliable: flow.isReliable };
    const name = `sip ${request.method} from ${source.address}:${source.port}`;
    const machine =
      request.method === "INVITE" ? inviteServer(name, options) : nonInviteServer(name, options);
    const { user } = this.#options;
    const perform = (effect: ServerEffect): void => {
      if (effect.kind === "send") flow.send(effect.response);
      else if (effect.kind === "send-trying")
        runner.send({ kind: "respond", response: responseTo(request, 100) });
      else if (effect.kind === "ack-missing") user.ackMissing(open);
    };
    const { runner } = this.#run(machine, perform, () => {
      this.#servers.delete(key);
      if (open.mergeKey !== undefined && this.#merged.get(open.mergeKey) === open)
        this.#merged.delete(open.mergeKey);
      user.ended(open);
    });
    const merge = mergeKey(request);
    const open: OpenServer = {
      key,
      id: `t${++this.#opened}`,
      request,
      flow,
      source,
      runner,
      toTag: this.#options.newTag(),
      mergeKey: merge,
      get state() {
        return runner.state.kind;
      },
      respond: (response) => runner.send({ kind: "respond", response }),
    };
    this.#servers.set(key, open);
    if (merge !== undefined && !this.#merged.has(merge)) this.#merged.set(merge, open);
    runner.send({ kind: "request" });
    return open;
  }

  /** Each transaction has a scope of its own: many come and go while the phone's signal stays. */
  #run<State extends { readonly kind: string }, Event, Effect>(
    machine: Machine<State, Event, Effect>,
    perform: (effect: Effect) => void,
    ended: () => void,
  ): { runner: Runner<State, Event>; stop: () => void } {
    const scope = new AbortController();
    const runner = new Runner<State, Event>({
      machine,
      runtime: this.#runtime,
      signal: scope.signal,
      perform: (effect) => perform(effect as Effect), // the runner passes on what the machine gave it
      changed: (state) => {
        if (state.kind !== "terminated") return;
        scope.abort();
        ended();
      },
    });
    this.#stops.add(scope);
    scope.signal.addEventListener("abort", () => this.#stops.delete(scope), { once: true });
    return { runner, stop: () => scope.abort() };
  }

  readonly #stops = new Set<AbortController>();

  /** Ends everything at once, in silence. */
  close(): void {
    for (const scope of [...this.#stops]) scope.abort();
    this.#clients.clear();
    this.#servers.clear();
    this.#merged.clear();
  }
}

/** Transactions are many and short: their transitions are debug lines of one area. */
function quiet(runtime: Runtime): Runtime {
  const log = runtime.log("sip");
  return {
    ...runtime,
    log: (area) => ({ ...log, info: (text) => log.debug(`${area}: ${text}`) }),
  };
}
