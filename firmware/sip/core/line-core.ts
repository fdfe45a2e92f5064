// One sip.js user agent core per line. Our transactions are its transport: what it sends becomes transactions of ours,
// what they decide goes back in. It sees no repeat, no timeout of its own, no malformed message.
import type {
  LoggerFactory,
  SessionDialog,
  UserAgentCore,
  UserAgentCoreDelegate,
} from "sip.js/lib/core/index.js";
import type { Log } from "#firmware/runtime/log.ts";
import type { Proofs } from "#firmware/sip/credentials.ts";
import type { SipEndpoint } from "#firmware/sip/endpoint.ts";
import type { HostGlobals } from "#firmware/sip/host-globals.ts";
import { allowLine, contactLine, requestLines } from "#firmware/sip/identity.ts";
import type { Target } from "#firmware/sip/locate.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  has,
  type SipRequest,
  type SipResponse,
  tagOf,
} from "#firmware/sip/message/message.ts";
import type { OutgoingRequest } from "#firmware/sip/sender.ts";
import type { SipLine } from "#firmware/sip/settings.ts";
import type { ServerTransaction } from "#firmware/sip/transaction/table.ts";
import { InvariantError } from "#hal/contract/errors.ts";
import { type ProofSource, setProofSource } from "./authentication.ts";
import { coreBranch, readCore, requestFromCore, responseLines } from "./from-core.ts";
import type { SipJsLibrary } from "./library.ts";
import type { CoreMessages } from "./to-core.ts";

/** What the sessions above a core give it. */
export interface CoreUser {
  /** An INVITE outside of any dialog. */
  readonly delegate: UserAgentCoreDelegate;
  /** Proofs of a call, by its leg: Call-ID and our tag. */
  proofsOf(leg: string): Proofs | undefined;
  /** Where a request goes: the call's own targets, or the next hop of its dialog. */
  targetsOf(request: SipRequest, nextHop: string): readonly Target[] | Promise<readonly Target[]>;
  /** A request of the call is about to be tried somewhere. */
  trying(leg: string, request: SipRequest, target: Target, number: number): void;
  /** sip.js threw, or a name could not be looked up. */
  failed(leg: string, error: unknown): void;
}

export interface LineCoreOptions {
  readonly library: SipJsLibrary;
  readonly messages: CoreMessages;
  readonly host: HostGlobals;
  readonly endpoint: SipEndpoint;
  readonly line: SipLine;
  readonly log: Log;
  readonly user: CoreUser;
}

/** An open request of sip.js's. */
interface OpenRequest {
  readonly outgoing: OutgoingRequest;
  readonly isInvite: boolean;
}

/** Credentials an INVITE was last sent with: its ACK repeats them (RFC 3261 §22.1). */
type CredentialLines = readonly HeaderLine[];

/** One line's dialogs and sessions. */
export class LineCore implements ProofSource {
  readonly core: UserAgentCore;
  readonly line: SipLine;
  readonly #options: LineCoreOptions;
  readonly #requests = new Map<string, OpenRequest>();
  readonly #servers = new Map<string, ServerTransaction>();
  readonly #inviteCredentials = new Map<string, CredentialLines>();
  readonly #origins = new WeakMap<SipResponse, string>();
  readonly #local = new WeakSet<SipResponse>();
  readonly #signal: AbortSignal;

  constructor(options: LineCoreOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.line = options.line;
    const { library, messages, host, user } = options;
    const contact = messages.uri("sip:replaced-on-the-way.invalid");
    this.core = host.inside(
      () =>
        new library.UserAgentCore(
          {
            aor: contact,
            contact: {
              pubGruu: undefined,
              tempGruu: undefined,
              uri: contact,
              toString: () => `<${contact.toString()}>`,
            },
            displayName: "",
            loggerFactory: quietLoggers(library),
            hackViaTcp: false,
            routeSet: [],
            sipjsId: "",
            supportedOptionTags: [],
            supportedOptionTagsResponse: [],
            userAgentHeaderFieldValue: undefined,
            viaForceRport: false,
            viaHost: "phone.invalid",
            authenticationFactory: () => undefined,
            transportAccessor: () => ({ protocol: "UDP", send: (text) => this.#send(text) }),
          },
          user.delegate,
        ),
    );
    setProofSource(this.core, this);
    signal.addEventListener("abort", () => host.inside(() => this.core.dispose()), { once: true });
  }

  /** The session dialog a request belongs to, if this line has it. */
  dialogOf(request: SipRequest, nullTag: string): SessionDialog | undefined {
    const id = `${firstOf(request, headers.callId)}${tagOf(request, headers.to) ?? nullTag}${tagOf(request, headers.from) ?? nullTag}`;
    const dialog = this.core.dialogs.get(id);
    return dialog instanceof this.#options.library.SessionDialog ? dialog : undefined;
  }

  proofsOf(leg: string): Proofs | undefined {
    return this.#options.user.proofsOf(leg);
  }

  /** False for a final response that was made here, for want of one. */
  isFromNetwork(response: SipResponse): boolean {
    return !this.#local.has(response);
  }

  originalOf(
    message: Parameters<ProofSource["originalOf"]>[0],
  ): { response: SipResponse; from: string } | undefined {
    const response = this.#options.messages.original(message);
    if (response?.kind !== "response") return undefined;
    return { response, from: this.#origins.get(response) ?? "" };
  }

  /** Hands a request over; sip.js answers, or calls the delegate that will. */
  receive(transaction: ServerTransaction): void {
    const { endpoint, messages } = this.#options;
    this.#servers.set(transaction.id, transaction);
    this.#deliver(legOf(transaction.request, true), () => {
      try {
        this.core.receiveIncomingRequestFromTransport(messages.request(transaction.request, transaction.id));
      } catch (error) {
        // An answer that is out already stays; without one the peer is told that it is our fault.
        this.#options.host.outside(() => endpoint.respond(transaction, 500));
        throw error;
      }
    });
  }

  /** An ACK has no transaction and no answer. */
  receiveAck(request: SipRequest, key: string): void {
    this.#deliver(legOf(request, true), () => {
      this.core.receiveIncomingRequestFromTransport(this.#options.messages.request(request, key));
    });
  }

  /** The transaction of a request that sip.js is answering. */
  transactionOf(key: string): ServerTransaction | undefined {
    return this.#servers.get(key);
  }

  ended(transaction: ServerTransaction): void {
    this.#servers.delete(transaction.id);
  }

  /** The request of ours that carries the INVITE sip.js knows by this branch. */
  outgoingOf(branch: string): OutgoingRequest | undefined {
    return this.#requests.get(branch)?.outgoing;
  }

  /** Runs code of sip.js on this line's behalf; what it throws ends the call, not the phone. */
  run<T>(leg: string, act: () => T): T | undefined {
    try {
      return this.#options.host.inside(act);
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      this.#options.user.failed(leg, error);
      return undefined;
    }
  }

  #deliver(leg: string, act: () => void): void {
    const { host } = this.#options;
    if (host.isBusy) queueMicrotask(() => this.#deliver(leg, act));
    else if (!this.#signal.aborted) this.run(leg, act);
  }

  /** The transport sip.js sees: everything arrives. */
  #send(text: string): Promise<void> {
    this.#options.host.outside(() => {
      const message = readCore(text);
      const branch = coreBranch(message);
      if (message.kind === "response") this.#respond(message, branch);
      else if (message.method === "ACK") this.#acknowledge(message, branch);
      else this.#request(message, branch);
    });
    return Promise.resolve();
  }

  #respond(message: SipResponse, key: string): void {
    const transaction = this.#servers.get(key);
    if (transaction === undefined) return;
    const { endpoint } = this.#options;
    const lines = responseLines(message).map((line) =>
      line.id === headers.contact.id && message.status < 300
        ? contactLine(this.line, endpoint.settings, transaction.flow)
        : line,
    );
    const { reason, body } = message;
    // "The UAS MUST copy all Record-Route header field values from the request into the response" (§12.1.1).
    const isDialogMade =
      transaction.request.method === "INVITE" && message.status > 100 && message.status < 300;
    const routes = isDialogMade
      ? transaction.request.headers.filter(({ id }) => id === headers.recordRoute.id)
      : [];
    const toTag = tagOf(message, headers.to) ?? transaction.toTag;
    endpoint.respond(transaction, message.status, {
      reason,
      toTag,
      lines: [...routes, ...lines, ...(isDialogMade ? [allowLine] : [])],
      body,
    });
  }

  #acknowledge(message: SipRequest, branch: string): void {
    if (this.#requests.has(branch)) return; // of a non-2xx: our transaction has sent it
    const leg = legOf(message, false);
    const { request: plain, nextHop } = requestFromCore(message);
    const ack = {
      ...plain,
      headers: [
        ...plain.headers,
        ...(this.#inviteCredentials.get(leg) ?? []),
        ...requestLines(this.#settings),
      ],
    };
    this.#toTargets(ack, nextHop, (targets) => {
      const target = targets[0];
      if (target !== undefined) this.#options.endpoint.sender.sendOnce(ack, target);
    });
  }

  #request(message: SipRequest, branch: string): void {
    const { request: plain, nextHop } = requestFromCore(message);
    const leg = legOf(plain, false);
    const allow = plain.method === "INVITE" ? [allowLine] : [];
    const credentials = this.proofsOf(leg)?.lines(plain) ?? [];
    if (plain.method === "INVITE") this.#inviteCredentials.set(leg, credentials);
    const request = {
      ...plain,
      headers: [...plain.headers, ...allow, ...credentials, ...requestLines(this.#settings)],
    };
    this.#toTargets(request, nextHop, (targets) => this.#start(request, targets, branch, leg));
  }

  #start(request: SipRequest, targets: readonly Target[], branch: string, leg: string): void {
    const { endpoint, messages, user } = this.#options;
    const isInvite = request.method === "INVITE";
    const back = (response: SipResponse, target: Target | undefined): void => {
      if (target !== undefined)
        this.#origins.set(response, `${target.endpoint.address}:${target.endpoint.port}`);
      this.#deliver(leg, () => {
        this.core.receiveIncomingResponseFromTransport(messages.response(response, branch, request.uri));
      });
    };
    const outgoing = endpoint.sender.prepare({
      request,
      targets,
      ...(has(request, headers.contact)
        ? { contact: (flow) => contactLine(this.line, endpoint.settings, flow) }
        : {}),
      user: {
        trying: (target, number) => user.trying(leg, request, target, number),
        provisional: (response) => back(response, undefined),
        final: ({ response, target, isLocal }) => {
          if (isLocal) this.#local.add(response);
          back(response, target);
        },
      },
    });
    this.#requests.set(branch, { outgoing, isInvite });
    outgoing.start();
  }

  #toTargets(request: SipRequest, nextHop: string, go: (targets: readonly Target[]) => void): void {
    const targets = this.#options.user.targetsOf(request, nextHop);
    if (!(targets instanceof Promise)) {
      go(targets);
      return;
    }
    targets.then(go, (error: unknown) => {
      if (!this.#signal.aborted) this.#options.user.failed(legOf(request, false), error);
    });
  }

  get #settings() {
    return this.#options.endpoint.settings;
  }
}

/** Call-ID and our tag: From of what we send, To of what we get. */
export function legOf(request: SipRequest, isTheirs: boolean): string {
  return `${firstOf(request, headers.callId)};${tagOf(request, isTheirs ? headers.to : headers.from) ?? ""}`;
}

/** sip.js logs nothing: its transitions are in our lines. */
function quietLoggers(library: SipJsLibrary): LoggerFactory {
  const factory = new library.LoggerFactory();
  factory.builtinEnabled = false;
  factory.level = library.Levels.error;
  return factory;
}
