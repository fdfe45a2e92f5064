// One request and the addresses it may go to: Via and branch per try, the next address on no answer, ICMP or 503 (RFC
// 3263 §4.3, RFC 3261 §8.1.3.1), TCP for what is too long for UDP (§18.1.1), and CANCEL (§9.1).
import { hexDigits } from "#firmware/runtime/chance.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import { cancelOf, responseTo } from "#firmware/sip/message/build.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  has,
  rawLine,
  type SipRequest,
  type SipResponse,
  withLines,
} from "#firmware/sip/message/message.ts";
import { printMessage } from "#firmware/sip/message/print.ts";
import { magicCookie } from "#firmware/sip/message/via.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { HalError, type HalErrorCode } from "#hal/contract/errors.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { type Alarm, later, type MonoMs } from "#hal/contract/time.ts";
import type { Target } from "./locate.ts";
import type { ClientTransaction, TransactionTable } from "./transaction/table.ts";
import { type SipTiming, wholeTransactionMs } from "./transaction/timing.ts";
import type { Flow, TransportName } from "./transport/flow.ts";

/** "If a request is within 200 bytes of the path MTU, or if it is larger than 1300 bytes and the path MTU is unknown". */
export const largestDatagram = 1300;

/** A final response, and whether a server sent it. */
export interface Outcome {
  readonly response: SipResponse;
  /** Made here: 408 for no answer, 503 for a network that refused (RFC 3261 §8.1.3.1). */
  readonly isLocal: boolean;
  readonly target: Target | undefined;
  /** As it was last sent. */
  readonly request: SipRequest;
  /** Why nothing could be sent, where that is known: `denied` for a certificate. */
  readonly cause?: HalErrorCode | undefined;
}

export interface RequestUser {
  /** Before each try; `number` counts from 0. */
  trying?(target: Target, number: number): void;
  provisional?(response: SipResponse): void;
  /** The first final response; for INVITE each further 2xx too. */
  final(outcome: Outcome): void;
}

export interface SenderOptions {
  readonly runtime: Runtime;
  readonly table: TransactionTable;
  readonly timing: SipTiming;
  readonly isRportRequested: boolean;
  /** False: nothing but UDP is spoken, however long a request is. */
  readonly isTcpAllowed: boolean;
  /** Rejects with HalError where no connection can be had. */
  flowTo(target: Target): Flow | Promise<Flow>;
  /** A request to `endpoint` got no answer for 2·T1, or the network refused it. */
  suspect(endpoint: Endpoint): void;
}

export interface RequestOptions {
  /** Without Via. */
  readonly request: SipRequest;
  readonly targets: readonly Target[];
  readonly user: RequestUser;
  /** The Contact for the way the request takes; leaves out of it: the request keeps its own. */
  contact?(flow: Flow): HeaderLine;
  /** The next address is tried after 2·T1 of silence, beside the first, instead of after Timer B or F. */
  readonly isHasty?: boolean;
}

/** Sends requests; knows which servers asked to be left alone. */
export class Sender {
  readonly options: SenderOptions;
  readonly #leftAlone = new Map<string, MonoMs>();

  constructor(options: SenderOptions) {
    this.options = options;
  }

  /** A request that goes out with its `start`. */
  prepare(options: RequestOptions): OutgoingRequest {
    return new OutgoingRequest(this, options);
  }

  /** Sends at once; `user` may be called before this returns. */
  send(options: RequestOptions): OutgoingRequest {
    const request = this.prepare(options);
    request.start();
    return request;
  }

  /** An ACK of a 2xx, or anything else that is sent once and forgotten. */
  sendOnce(request: SipRequest, target: Target, contact?: (flow: Flow) => HeaderLine): void {
    const flow = this.options.flowTo(target);
    const send = (way: Flow): void => way.send(this.dressed(request, way, contact));
    if (!(flow instanceof Promise)) send(flow);
    else flow.then(send, () => this.options.suspect(target.endpoint));
  }

  /** The request with a Via of its own, and the Contact of the way it takes. */
  dressed(request: SipRequest, flow: Flow, contact?: (flow: Flow) => HeaderLine): SipRequest {
    const { runtime, isRportRequested } = this.options;
    const branch = `${magicCookie}${hexDigits(runtime.random, 16)}`;
    const via = `SIP/2.0/${flow.transport} ${flow.sentBy};branch=${branch}${isRportRequested ? ";rport" : ""}`;
    const withVia = { ...request, headers: [rawLine(headers.via, via), ...request.headers] };
    return contact !== undefined && has(request, headers.contact)
      ? withLines(withVia, headers.contact, [contact(flow)])
      : withVia;
  }

  /** "SHOULD NOT forward any other requests to that server for the duration specified in Retry-After" (§21.5.4). */
  leaveAlone(endpoint: Endpoint, seconds: number): void {
    this.#leftAlone.set(key(endpoint), later(this.options.runtime.clock.now(), seconds * 1000));
  }

  /** Milliseconds until a server wants to hear of us again; 0: now. */
  quietMs(endpoint: Endpoint): number {
    const until = this.#leftAlone.get(key(endpoint));
    if (until === undefined) return 0;
    return Math.max(0, until - this.options.runtime.clock.now());
  }
}

const key = (endpoint: Endpoint): string => `${endpoint.address}:${endpoint.port}`;

/** What a Via of ours adds to a request, at most. */
const viaLength = 90;

/** Targets that are too small for a request go by TCP first, and by UDP where nobody listens there. */
function byLength(target: Target, request: SipRequest, isTcpAllowed: boolean): readonly Target[] {
  if (target.transport !== "UDP" || !isTcpAllowed) return [target];
  return printMessage(request).length + viaLength > largestDatagram
    ? [{ ...target, transport: "TCP" as TransportName }, target]
    : [target];
}

/** One try of a request at one address. */
interface Try {
  readonly number: number;
  readonly target: Target;
  request: SipRequest;
  transaction: ClientTransaction | undefined;
}

/** A request on its way. */
export class OutgoingRequest {
  readonly #sender: Sender;
  readonly #options: RequestOptions;
  #queue: Target[] = [];
  #try: Try | undefined;
  #hasProvisional = false;
  #isOver = false;
  #cancel: { readonly reason: readonly HeaderLine[]; isSent: boolean } | undefined;
  /** Rings after 2·T1 of silence. */
  #silence: Alarm | undefined;
  /** Rings 64·T1 after CANCEL. */
  #patience: Alarm | undefined;
  #lastFailure: 408 | 503 = 503;
  #cause: HalErrorCode | undefined;

  constructor(sender: Sender, options: RequestOptions) {
    this.#sender = sender;
    this.#options = options;
  }

  start(): void {
    const { request, targets } = this.#options;
    const { isTcpAllowed } = this.#sender.options;
    const usable = targets.filter(({ endpoint }) => this.#sender.quietMs(endpoint) === 0);
    this.#queue = usable.flatMap((target) => byLength(target, request, isTcpAllowed));
    this.#next();
  }

  /** Hangs up an INVITE that has no final response: as soon as a 1xx is there, never before (§9.1). */
  cancel(reason: readonly HeaderLine[] = []): void {
    if (this.#cancel !== undefined || this.#isOver) return;
    this.#cancel = { reason, isSent: false };
    this.#queue = [];
    if (this.#hasProvisional) this.#sendCancel();
  }

  /** Forgets the request without a word to its user. */
  abandon(): void {
    this.#isOver = true;
    this.#quieten();
    this.#try?.transaction?.abandon();
  }

  #quieten(): void {
    this.#silence?.cancel();
    this.#silence = undefined;
    this.#patience?.cancel();
    this.#patience = undefined;
  }

  #next(): void {
    const target = this.#queue.shift();
    if (target === undefined) {
      const request = this.#try?.request ?? this.#options.request;
      this.#finish(responseTo(request, this.#lastFailure), true, this.#try);
      return;
    }
    const attempt: Try = {
      number: (this.#try?.number ?? -1) + 1,
      target,
      request: this.#options.request,
      transaction: undefined,
    };
    this.#try = attempt;
    this.#hasProvisional = false;
    this.#options.user.trying?.(target, attempt.number);
    this.#watch(attempt);
    const flow = this.#sender.options.flowTo(target);
    if (!(flow instanceof Promise)) {
      this.#sendOn(flow, attempt);
      return;
    }
    flow.then(
      (way) => {
        if (!this.#isOver) this.#sendOn(way, attempt);
      },
      (error: unknown) => {
        if (!(error instanceof HalError)) return; // the phone is stopping
        this.#cause = error.code;
        this.#failed(503, attempt);
      },
    );
  }

  #sendOn(flow: Flow, attempt: Try): void {
    const { sender, options } = { sender: this.#sender, options: this.#options };
    attempt.request = sender.dressed(options.request, flow, options.contact);
    attempt.transaction = sender.options.table.send(attempt.request, flow, {
      response: (response) => this.#received(response, attempt),
      timedOut: () => this.#failed(408, attempt),
      unreachable: () => this.#failed(503, attempt),
    });
  }

  /** Nothing for 2·T1: whoever looks after the registration wants to know, and a hasty request moves on. */
  #watch(attempt: Try): void {
    const { runtime, timing, suspect } = this.#sender.options;
    const at = later(runtime.clock.now(), 2 * timing.t1Ms);
    this.#silence?.cancel();
    this.#silence = runtime.timers.start("sip", `${attempt.request.method} unanswered`, at, () => {
      this.#silence = undefined;
      suspect(attempt.target.endpoint);
      if (this.#options.isHasty === true && this.#queue.length > 0) this.#next();
    });
  }

  #received(response: SipResponse, attempt: Try): void {
    // A server that was given up for its silence may still register us; nothing else of it counts.
    if (attempt !== this.#try && (response.status < 200 || response.status > 299)) return;
    this.#silence?.cancel();
    this.#silence = undefined;
    if (response.status < 200) {
      this.#hasProvisional = true;
      if (this.#cancel !== undefined) this.#sendCancel();
      if (!this.#isOver) this.#options.user.provisional?.(response);
      return;
    }
    if (response.status === 503 && !this.#isOver) {
      this.#heed(response, attempt.target);
      this.#lastFailure = 503;
      if (this.#queue.length > 0) {
        this.#next();
        return;
      }
    }
    this.#finish(response, false, attempt);
  }

  #heed(response: SipResponse, target: Target): void {
    try {
      const retryAfter = firstOf(response, headers.retryAfter);
      if (retryAfter !== undefined) this.#sender.leaveAlone(target.endpoint, retryAfter.seconds);
    } catch (error) {
      if (!(error instanceof WireError)) throw error; // an unreadable Retry-After counts as none
    }
  }

  #failed(status: 408 | 503, attempt: Try): void {
    if (status === 503) this.#sender.options.suspect(attempt.target.endpoint);
    if (attempt !== this.#try || this.#isOver) return;
    this.#silence?.cancel();
    this.#silence = undefined;
    this.#lastFailure = status;
    this.#next();
  }

  #finish(response: SipResponse, isLocal: boolean, attempt: Try | undefined): void {
    if (this.#isOver && response.status >= 300) return;
    this.#isOver = true;
    this.#quieten();
    const request = attempt?.request ?? this.#options.request;
    this.#options.user.final({ response, isLocal, target: attempt?.target, request, cause: this.#cause });
  }

  #sendCancel(): void {
    const { transaction, request } = this.#try ?? {};
    if (
      this.#cancel === undefined ||
      this.#cancel.isSent ||
      transaction === undefined ||
      request === undefined
    )
      return;
    this.#cancel.isSent = true;
    const { runtime, table, timing } = this.#sender.options;
    const nothing = (): void => undefined;
    const user = { response: nothing, timedOut: nothing, unreachable: nothing };
    table.send(cancelOf(request, this.#cancel.reason), transaction.flow, user);
    // "If there is no final response for the original request in 64*T1 seconds …, the client SHOULD then consider the
    // original transaction cancelled and SHOULD destroy the client transaction" (§9.1).
    const at = later(runtime.clock.now(), wholeTransactionMs(timing));
    this.#patience = runtime.timers.start("sip", "end of a cancelled INVITE", at, () => {
      transaction.abandon();
      this.#finish(responseTo(request, 408), true, this.#try);
    });
  }
}
