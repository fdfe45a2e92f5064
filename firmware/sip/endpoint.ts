// The phone's SIP endpoint below sessions: transports, transactions and the sender put together; requests that need no
// call are answered here.
import type { Runtime } from "#firmware/runtime/runner.ts";
import { type ResponseOptions, responseTo } from "#firmware/sip/message/build.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, type HeaderLine, rawLine, type SipRequest } from "#firmware/sip/message/message.ts";
import { octetsOf } from "#firmware/sip/message/octets.ts";
import { type SipUri, unescaped } from "#firmware/sip/message/uri.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { Endpoint, Sockets } from "#hal/contract/sockets.ts";
import { newTag } from "./identity.ts";
import { refusalOf } from "./refusal.ts";
import { Sender } from "./sender.ts";
import type { SipLine, SipSettings } from "./settings.ts";
import { type ServerTransaction, TransactionTable } from "./transaction/table.ts";
import type { Arrival } from "./transport/flow.ts";
import { Transports } from "./transport/transports.ts";

/** Takes the requests that the endpoint found in order. */
export interface RequestHandler {
  /** Answers, now or later. `line` is the one whose user part was asked for, the first for a URI without user. */
  request(transaction: ServerTransaction, line: SipLine): void;
  /** CANCEL of an INVITE that is open. */
  cancelled(invite: ServerTransaction): void;
  /** The ACK of a 2xx. */
  ack(arrival: Arrival<SipRequest>): void;
  /** A transaction of theirs is over. */
  ended(transaction: ServerTransaction): void;
}

export interface EndpointOptions {
  readonly runtime: Runtime;
  readonly sockets: Sockets;
  readonly settings: SipSettings;
  readonly handler: RequestHandler;
  readonly signal: AbortSignal;
  /** The phone's address on its interface. */
  localAddress(): string;
  /** PEM certificates trusted beside the built-in set. */
  trusted(): readonly string[];
  /** A server did not answer for 2·T1, or the network refused it. */
  suspect(endpoint: Endpoint): void;
}

/** One phone on the SIP network. */
export class SipEndpoint {
  readonly settings: SipSettings;
  readonly sender: Sender;
  readonly transports: Transports;
  readonly #options: EndpointOptions;
  readonly #table: TransactionTable;
  readonly #serverLine: HeaderLine;
  /** Replaces the own address in Via, Contact and SDP: configured, or learned from a registrar. */
  #publicAddress: string | undefined;
  #unreadable = 0;

  constructor(options: EndpointOptions) {
    const { runtime, sockets, settings, signal } = options;
    this.#options = options;
    this.settings = settings;
    this.#serverLine = rawLine(headers.server, octetsOf(settings.userAgent));
    this.#table = new TransactionTable({
      runtime,
      timing: settings.timing,
      newTag: () => newTag(settings, runtime.random),
      user: {
        request: (transaction) => this.#request(transaction),
        cancel: (transaction, invite) => this.#cancel(transaction, invite),
        ack: (arrival) => options.handler.ack(arrival),
        ackMissing: (transaction) => runtime.log("sip").info(`no ACK for ${transaction.request.method}`),
        ended: (transaction) => options.handler.ended(transaction),
      },
    });
    this.transports = new Transports({
      runtime,
      sockets,
      settings,
      signal,
      trusted: () => options.trusted(),
      publicAddress: () => this.#publicAddress,
      sentBy: () => `${this.publicAddress}:${settings.controlPort}`,
      user: {
        arrived: (arrival) => this.#arrived(arrival),
        unreadable: (error, source) => this.#dropped(error, source),
        unreachable: (flow) => {
          this.#table.unreachable(flow);
          // What a registrar sends us comes over the connection we opened: without it we are not registered.
          if (flow.transport !== "UDP") options.suspect(flow.remote);
        },
      },
    });
    this.sender = new Sender({
      runtime,
      table: this.#table,
      timing: settings.timing,
      isRportRequested: settings.nat.isRportRequested,
      isTcpAllowed: settings.isTcpForLarge,
      flowTo: (target) => this.transports.flowTo(target),
      suspect: (endpoint) => options.suspect(endpoint),
    });
    signal.addEventListener("abort", () => this.#table.close(), { once: true });
  }

  /** What others are told to send to. */
  get publicAddress(): string {
    return this.#publicAddress ?? this.#options.localAddress();
  }

  /** True if the address changed by this. */
  setPublicAddress(address: string): boolean {
    if (address === this.publicAddress) return false;
    this.#publicAddress = address;
    return true;
  }

  /** Figures for `show` commands. */
  get counts(): { readonly open: number; readonly strayResponses: number; readonly unreadable: number } {
    return {
      open: this.#table.openCount,
      strayResponses: this.#table.strayCount,
      unreadable: this.#unreadable,
    };
  }

  /** Answers with the headers every response of ours has. */
  respond(transaction: ServerTransaction, status: number, options: ResponseOptions = {}): void {
    const lines = [...(options.lines ?? []), this.#serverLine];
    transaction.respond(
      responseTo(transaction.request, status, { toTag: transaction.toTag, ...options, lines }),
    );
  }

  /** The line a Request-URI means; without a user part the first. Undefined: none of ours. */
  lineOf(uri: SipUri): SipLine | undefined {
    const { lines } = this.settings;
    if (uri.user === undefined) return lines[0];
    const user = plainUser(uri.user);
    return lines.find(({ name, contact }) =>
      [name, contact].some((own) => own !== undefined && plainUser(octetsOf(own)) === user),
    );
  }

  #arrived(arrival: Arrival): void {
    const { message } = arrival;
    try {
      if (message.kind === "request")
        this.#table.receiveRequest(arrival as Arrival<SipRequest>); // by its kind
      else if (message.flaw === undefined) this.#table.receiveResponse({ ...arrival, message });
      else this.#dropped(message.flaw, arrival.source);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      // No transaction can be told from such headers; a request is answered once, without one (§8.2.7).
      if (message.kind === "request" && message.method !== "ACK")
        this.#answerUnmatched(message, arrival, error);
      else this.#dropped(error, arrival.source);
    }
  }

  #answerUnmatched(request: SipRequest, arrival: Arrival, error: WireError): void {
    this.#dropped(error, arrival.source);
    const toTag = newTag(this.settings, this.#options.runtime.random);
    arrival.flow.send(responseTo(request, 400, { toTag, lines: [this.#serverLine] }));
  }

  #dropped(error: unknown, source: Endpoint): void {
    if (!(error instanceof WireError)) throw error;
    this.#unreadable++;
    this.#options.runtime.log("sip").debug(`from ${source.address}:${source.port}: ${error.message}`);
  }

  #request(transaction: ServerTransaction): void {
    const refusal = refusalOf(transaction.request, {
      isOurs: (uri) => this.lineOf(uri) !== undefined,
      isMerged: this.#table.isMerged(transaction),
    });
    if (refusal !== undefined) {
      const { status, reason, lines } = refusal;
      this.respond(transaction, status, reason === undefined ? { lines } : { reason, lines });
      return;
    }
    const line = this.#lineFor(transaction.request);
    if (line === undefined) this.respond(transaction, 404);
    else this.#options.handler.request(transaction, line);
  }

  #lineFor(request: SipRequest): SipLine | undefined {
    // Inside a dialog the Request-URI is our Contact, or whatever an old peer made of it: the dialog counts.
    const uri = firstOf(request, headers.to)?.uri;
    return (
      this.#byUri(request.uri) ??
      (uri?.kind === "sip" ? this.lineOf(uri) : undefined) ??
      this.settings.lines[0]
    );
  }

  #byUri(text: string): SipLine | undefined {
    const match = /^sips?:([^@]*)@/i.exec(text);
    return this.lineOf({
      kind: "sip",
      text,
      isSecure: false,
      user: match?.[1],
      host: "",
      port: undefined,
      parameters: new Map(),
      headers: undefined,
    });
  }

  /** "…regardless of the method of the original request …, the UAS answers the CANCEL request itself with a 200" (§9.2). */
  #cancel(transaction: ServerTransaction, invite: ServerTransaction | undefined): void {
    if (invite === undefined) {
      this.respond(transaction, 481);
      return;
    }
    this.respond(transaction, 200, { toTag: invite.toTag });
    if (invite.state === "proceeding") this.#options.handler.cancelled(invite);
  }
}

/** A user part as people mean it: unescaped, without its parameters, and visual separators of numbers left out. */
function plainUser(user: string): string {
  const plain = unescaped(user).replace(/;.*/, "");
  return /^\+?[\d.()-]+$/.test(plain) ? plain.replace(/[.()-]/g, "") : plain;
}
