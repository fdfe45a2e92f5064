// The mailboxes of the lab's SIP server: who subscribed, and what each is told (RFC 3842).
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  linesOf,
  rawLine,
  type SipRequest,
  sipVersion,
  tagOf,
} from "#firmware/sip/message/message.ts";
import type { ServerTransaction } from "#firmware/sip/transaction/table.ts";
import type { Hop } from "./proxy.ts";

/** Messages of one user. */
export interface LabMail {
  readonly newCount: number;
  readonly oldCount: number;
}

export interface LabMailboxOptions {
  /** URI of the server. */
  readonly contact: string;
  respond(transaction: ServerTransaction, status: number, lines: readonly HeaderLine[]): void;
  send(request: SipRequest, hop: Pick<Hop, "endpoint" | "transport">): void;
}

interface Watcher {
  readonly user: string;
  /** Header lines every NOTIFY of the subscription has. */
  readonly lines: readonly HeaderLine[];
  readonly target: string;
  readonly hop: Pick<Hop, "endpoint" | "transport">;
  cseq: number;
}

/** Mailboxes by user; a user without one is told that the package is not known. */
export class LabMailboxes {
  readonly mail = new Map<string, LabMail>();
  /** Longest subscription. */
  mostSec = 3600;
  readonly #options: LabMailboxOptions;
  readonly #watchers = new Map<string, Watcher>();

  constructor(options: LabMailboxOptions) {
    this.#options = options;
  }

  /** Subscriptions that are held. */
  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** A SUBSCRIBE, new or in its dialog. */
  subscribed(transaction: ServerTransaction, user: string): void {
    const { request } = transaction;
    const { respond } = this.#options;
    const callId = firstOf(request, headers.callId) ?? "";
    const known = this.#watchers.get(callId);
    const isInDialog = tagOf(request, headers.to) !== undefined;
    if (isInDialog && known === undefined) {
      respond(transaction, 481, []);
      return;
    }
    if (!this.mail.has(user)) {
      respond(transaction, 489, [rawLine(headers.allowEvents, "refer")]);
      return;
    }
    const seconds = Math.min(firstOf(request, headers.expires) ?? 3600, this.mostSec);
    const watcher = known ?? this.#watcher(transaction, user);
    this.#watchers.set(callId, watcher);
    const contact = rawLine(headers.contact, `<${this.#options.contact}>`);
    respond(transaction, 200, [contact, rawLine(headers.expires, String(seconds))]);
    this.#notify(watcher, seconds === 0 ? "terminated;reason=timeout" : `active;expires=${seconds}`);
    if (seconds === 0) this.#watchers.delete(callId);
  }

  /** The user's messages are these now; all who watch are told. */
  set(user: string, mail: LabMail): void {
    this.mail.set(user, mail);
    for (const watcher of this.#watchers.values()) if (watcher.user === user) this.#notify(watcher, "active");
  }

  /** Ends every subscription for this reason, or without a word. */
  end(reason: string | undefined): void {
    if (reason !== undefined)
      for (const watcher of this.#watchers.values()) this.#notify(watcher, `terminated;reason=${reason}`);
    this.#watchers.clear();
  }

  #watcher({ request, toTag, source, flow }: ServerTransaction, user: string): Watcher {
    const lineOf = (type: { readonly id: string }): string => linesOf(request, type)[0]?.value ?? "";
    return {
      user,
      target: firstOf(request, headers.contact)?.uri.text ?? "",
      hop: { endpoint: source, transport: flow.transport },
      cseq: 0,
      lines: [
        rawLine(headers.maxForwards, "70"),
        rawLine(headers.from, `${lineOf(headers.to)};tag=${toTag}`),
        rawLine(headers.to, lineOf(headers.from)),
        rawLine(headers.callId, lineOf(headers.callId)),
        rawLine(headers.contact, `<${this.#options.contact}>`),
        rawLine(headers.event, "message-summary"),
      ],
    };
  }

  #notify(watcher: Watcher, state: string): void {
    const { newCount, oldCount } = this.mail.get(watcher.user) ?? { newCount: 0, oldCount: 0 };
    const body = `Messages-Waiting: ${newCount > 0 ? "yes" : "no"}\r\nVoice-Message: ${newCount}/${oldCount}\r\n`;
    watcher.cseq++;
    this.#options.send(
      {
        kind: "request",
        method: "NOTIFY",
        uri: watcher.target,
        version: sipVersion,
        headers: [
          ...watcher.lines,
          rawLine(headers.cseq, `${watcher.cseq} NOTIFY`),
          rawLine(headers.subscriptionState, state),
          rawLine(headers.contentType, "application/simple-message-summary"),
        ],
        body: new TextEncoder().encode(body),
      },
      watcher.hop,
    );
  }
}
