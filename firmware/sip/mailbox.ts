// Binds one line's subscription to its mailbox to the network: SUBSCRIBE in a dialog of its own, proofs, and the NOTIFYs
// that belong to it (RFC 3842 §3, RFC 6665 §4.1).
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import type { Routes, Targets } from "#firmware/sip/call/routes.ts";
import { requestOf } from "#firmware/sip/message/build.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  line as headerLine,
  linesOf,
  rawLine,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  tagOf,
  valuesOf,
} from "#firmware/sip/message/message.ts";
import { parseUri } from "#firmware/sip/message/uri.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { Digests } from "#hal/contract/names.ts";
import { Proofs } from "./credentials.ts";
import { type EventAnswer, eventAnswer } from "./events.ts";
import { allowLine, contactLine, fromLine, newCallId, newTag, recordUri } from "./identity.ts";
import type { Target } from "./locate.ts";
import type { Outcome, OutgoingRequest, Sender } from "./sender.ts";
import type { SipLine, SipSettings } from "./settings.ts";
import {
  type SubscriptionEffect,
  type SubscriptionEvent,
  type SubscriptionState,
  subscription,
  type Told,
} from "./subscription.ts";
import { wholeTransactionMs } from "./transaction/timing.ts";

export interface MailboxOptions {
  readonly runtime: Runtime;
  readonly sender: Sender;
  readonly routes: Routes;
  readonly digests: Digests;
  readonly settings: SipSettings;
  readonly line: SipLine;
  readonly signal: AbortSignal;
  localAddress(): string;
  changed(): void;
}

/** The dialog of a subscription; the other side's part is known with the first 2xx or NOTIFY. */
interface Dialog {
  readonly callId: string;
  readonly tag: string;
  cseq: number;
  remoteTag: string | undefined;
  remoteUri: string;
  routes: readonly string[];
  remoteSequence: number;
}

/** First CSeq of a dialog is 101 (reference row SIP-010). */
const sequenceBefore = 100;

/** One line's mailbox. */
export class Mailbox {
  readonly #options: MailboxOptions;
  readonly #runner: Runner<SubscriptionState, SubscriptionEvent>;
  readonly #proofs: Proofs;
  #dialog: Dialog;
  #open: OutgoingRequest | undefined;
  /** Answers to an earlier SUBSCRIBE count no more. */
  #turn = 0;

  constructor(options: MailboxOptions) {
    this.#options = options;
    const { runtime, line, settings, signal, digests } = options;
    const credentials =
      line.password === undefined ? undefined : { username: line.authName, password: line.password };
    this.#proofs = new Proofs(credentials, digests, runtime.random);
    this.#dialog = this.#newDialog();
    const machine = subscription({
      name: `sip mailbox ${line.line}`,
      expiresSec: settings.mailboxes.expiresSec,
      deltaSec: settings.registerDeltaSec,
      notifyWithinMs: wholeTransactionMs(settings.timing),
    });
    this.#runner = new Runner<SubscriptionState, SubscriptionEvent>({
      machine,
      runtime,
      signal,
      perform: (effect) => this.#perform(effect as SubscriptionEffect), // the machine's own
      changed: () => options.changed(),
    });
    signal.addEventListener("abort", () => this.#open?.abandon(), { once: true });
  }

  get state(): SubscriptionState {
    return this.#runner.state;
  }

  send(event: SubscriptionEvent): void {
    this.#runner.send(event);
  }

  /** The answer to a NOTIFY of this subscription; undefined: it belongs to another dialog. Throws WireError. */
  notified(request: SipRequest): EventAnswer | undefined {
    const dialog = this.#dialog;
    if (firstOf(request, headers.callId) !== dialog.callId || tagOf(request, headers.to) !== dialog.tag)
      return undefined;
    if (firstOf(request, headers.event)?.value.toLowerCase() !== "message-summary") return undefined;
    const remoteTag = tagOf(request, headers.from);
    // A request that was forked makes one subscription here: the first that answers (RFC 6665 §4.4.1).
    if (dialog.remoteTag !== undefined && dialog.remoteTag !== remoteTag) return undefined;
    const sequence = firstOf(request, headers.cseq)?.number ?? 0;
    if (sequence <= dialog.remoteSequence) return { status: 500, lines: [], notice: undefined };
    dialog.remoteSequence = sequence;
    this.#learn(request, remoteTag);
    const { line } = this.#options.line;
    const answer = eventAnswer(request, { line, call: undefined, isKnownServer: true });
    if (answer.status < 300) this.#runner.send({ kind: "told", told: toldBy(request) });
    return answer;
  }

  #newDialog(): Dialog {
    const { runtime, settings, line, localAddress } = this.#options;
    return {
      callId: newCallId(settings, runtime.random, localAddress()),
      tag: newTag(settings, runtime.random),
      cseq: sequenceBefore,
      remoteTag: undefined,
      remoteUri: recordUri(line, settings, localAddress()),
      routes: [],
      remoteSequence: -1,
    };
  }

  /** The other side's tag, target and route set, of what made the dialog; its target, of what follows (RFC 3261 §12). */
  #learn(message: SipMessage, remoteTag: string | undefined): void {
    const dialog = this.#dialog;
    const contact = valuesOf(message, headers.contact)[0]?.uri.text;
    if (contact !== undefined) dialog.remoteUri = contact;
    if (dialog.remoteTag !== undefined || remoteTag === undefined) return;
    dialog.remoteTag = remoteTag;
    const recorded = valuesOf(message, headers.recordRoute).map(({ uri }) => uri.text);
    dialog.routes = message.kind === "response" ? recorded.reverse() : recorded;
  }

  #perform(effect: SubscriptionEffect): void {
    switch (effect.kind) {
      case "subscribe":
        if (effect.isNew) this.#dialog = this.#newDialog();
        this.#subscribe(effect.expiresSec);
        return;
      case "unsubscribe":
        this.#subscribe(0);
        return;
      default:
        unreachable(effect);
    }
  }

  #subscribe(expiresSec: number): void {
    const turn = ++this.#turn;
    this.#open?.abandon();
    const found = this.#targets();
    if (!(found instanceof Promise)) {
      this.#send(found, expiresSec, turn);
      return;
    }
    const { runtime, signal } = this.#options;
    found.then(
      (targets) => {
        if (turn === this.#turn) this.#send(targets, expiresSec, turn);
      },
      (error: unknown) => {
        if (!signal.aborted) runtime.fail("sip mailbox", error);
      },
    );
  }

  #targets(): Targets {
    const { routes, line } = this.#options;
    const { remoteTag, remoteUri, routes: set } = this.#dialog;
    return remoteTag === undefined
      ? routes.forCall(line, "default", remoteUri)
      : routes.forUri(set[0] ?? remoteUri);
  }

  #request(expiresSec: number): SipRequest {
    const { line, settings, localAddress } = this.#options;
    const dialog = this.#dialog;
    const record = recordUri(line, settings, localAddress());
    dialog.cseq++;
    const { uri, routes } = routed(dialog);
    const to = dialog.remoteTag === undefined ? `<${record}>` : `<${record}>;tag=${dialog.remoteTag}`;
    const lines: readonly HeaderLine[] = [
      headerLine(headers.maxForwards, 70),
      ...routes.map((route) => rawLine(headers.route, `<${route}>`)),
      fromLine(line, record, dialog.tag),
      rawLine(headers.to, to),
      rawLine(headers.callId, dialog.callId),
      headerLine(headers.cseq, { number: dialog.cseq, method: "SUBSCRIBE" }),
      rawLine(headers.contact, "<sip:replaced-on-the-way>"),
      rawLine(headers.event, "message-summary"),
      headerLine(headers.expires, expiresSec),
      rawLine(headers.accept, "application/simple-message-summary"),
      allowLine,
      rawLine(headers.userAgent, settings.userAgent),
    ];
    return requestOf("SUBSCRIBE", uri, [...lines, ...this.#proofs.lines(requestOf("SUBSCRIBE", uri, lines))]);
  }

  #send(targets: Awaited<Targets>, expiresSec: number, turn: number): void {
    const { sender, line, settings } = this.#options;
    if (targets.length === 0) {
      this.#runner.send({ kind: "failed", status: 404, retryAfterSec: 0 });
      return;
    }
    this.#open = sender.send({
      request: this.#request(expiresSec),
      targets,
      contact: (flow) => contactLine(line, settings, flow),
      user: {
        final: (outcome) => {
          if (turn === this.#turn)
            this.#answered(outcome, expiresSec, () =>
              this.#send(from(outcome.target, targets), expiresSec, turn),
            );
        },
      },
    });
  }

  #answered({ response, target }: Outcome, askedSec: number, again: () => void): void {
    const { status } = response;
    if (status === 401 || status === 407) {
      const from = target === undefined ? "" : `${target.endpoint.address}:${target.endpoint.port}`;
      if (this.#proofs.challenged(response, from).kind === "retry") again();
      else this.#failed(response);
      return;
    }
    if (status === 423) {
      const leastSec = this.#read(() => firstOf(response, headers.minExpires)) ?? 0;
      this.#runner.send({ kind: "too-brief", leastSec });
    } else if (status >= 300) this.#failed(response);
    else {
      this.#read(() => this.#proofs.accepted(response));
      this.#read(() => this.#learn(response, tagOf(response, headers.to)));
      const grantedSec = this.#read(() => firstOf(response, headers.expires)) ?? askedSec;
      this.#runner.send({ kind: "accepted", grantedSec: Math.min(Math.max(grantedSec, 1), askedSec || 1) });
    }
  }

  #failed(response: SipResponse): void {
    this.#proofs.clear();
    const { status } = response;
    this.#options.runtime.log("sip").info(`mailbox of line ${this.#options.line.line}: ${status}`);
    const retryAfterSec = this.#read(() => firstOf(response, headers.retryAfter))?.seconds ?? 0;
    this.#runner.send({ kind: "failed", status, retryAfterSec });
  }

  /** A header a server wrote badly counts as absent. */
  #read<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#options.runtime.log("sip").debug(`mailbox: ${error.message}`);
      return undefined;
    }
  }
}

/** Who asked for a proof gets it first: those before it gave no answer. */
function from(target: Target | undefined, targets: readonly Target[]): readonly Target[] {
  return targets.slice(
    Math.max(
      0,
      targets.findIndex(({ endpoint }) => endpoint === target?.endpoint),
    ),
  );
}

/** Request-URI and Route of a dialog; a first route without `lr` is a strict router (RFC 3261 §12.2.1.1). */
function routed({ remoteUri, routes }: Dialog): { readonly uri: string; readonly routes: readonly string[] } {
  const [first, ...rest] = routes;
  if (first === undefined) return { uri: remoteUri, routes: [] };
  const uri = parseUri(first);
  const isLoose = uri.kind !== "sip" || uri.parameters.has("lr");
  return isLoose ? { uri: remoteUri, routes } : { uri: first, routes: [...rest, remoteUri] };
}

/** Subscription-State; a server that leaves it out has nothing to say of it. */
function toldBy(request: SipRequest): Told {
  const state =
    linesOf(request, headers.subscriptionState).length === 0
      ? undefined
      : firstOf(request, headers.subscriptionState);
  const seconds = (name: string): number | undefined => {
    const text = state?.parameters.get(name) ?? "";
    return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  };
  return {
    isTerminated: state?.value.toLowerCase() === "terminated",
    expiresSec: seconds("expires"),
    reason: state?.parameters.get("reason")?.toLowerCase() ?? "",
    retryAfterSec: seconds("retry-after"),
  };
}
