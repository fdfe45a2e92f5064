// Numbers of the lab that answer by themselves: echo, tone, busy, congestion, ringing for ever, and a few more.
import type { Runtime } from "#firmware/runtime/runner.ts";
import { responseTo } from "#firmware/sip/message/build.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  line,
  noBody,
  rawLine,
  type SipRequest,
  sipVersion,
  tagOf,
} from "#firmware/sip/message/message.ts";
import { type LocalDescription, makeAnswer, makeOffer, undescribed } from "#firmware/sip/offer-answer.ts";
import { parseSdp } from "#firmware/sip/sdp.ts";
import { defaultSettings } from "#firmware/sip/settings.ts";
import type { ServerTransaction } from "#firmware/sip/transaction/table.ts";
import type { TransportName } from "#firmware/sip/transport/flow.ts";
import type { Endpoint, Sockets } from "#hal/contract/sockets.ts";
import { type Alarm, later } from "#hal/contract/time.ts";
import { LabMedia } from "./rtp-echo.ts";

/** What a number does. */
export interface Service {
  /** Final status at once; nothing else happens. */
  readonly refuse?: number;
  /** Rings, and never answers. */
  readonly isDeaf?: boolean;
  /** Sound before the answer (183 with SDP). */
  readonly hasEarlyMedia?: boolean;
  readonly answerAfterMs?: number;
  readonly media?: "echo" | "tone";
  readonly hangUpAfterMs?: number;
}

/** The numbers of every lab; they are Asterisk's of the net tier where both have them. */
export const services: Readonly<Record<string, Service>> = {
  "600": { media: "echo", answerAfterMs: 0 },
  "601": { media: "tone", answerAfterMs: 0 },
  "604": { refuse: 486 },
  "605": { refuse: 503 },
  "606": { isDeaf: true },
  "607": { hasEarlyMedia: true, media: "tone", answerAfterMs: 3000 },
  "608": { media: "echo", answerAfterMs: 500, hangUpAfterMs: 2000 },
};

interface Dialog {
  readonly invite: SipRequest;
  readonly transaction: ServerTransaction;
  readonly toTag: string;
  readonly media: LabMedia | undefined;
  local: LocalDescription;
  alarms: Alarm[];
  /** CSeq number of the INVITE whose 200 waits for its ACK. */
  unacked: number | undefined;
}

export interface ServicesOptions {
  readonly runtime: Runtime;
  readonly sockets: Sockets;
  readonly address: string;
  readonly contact: string;
  /** First media port; even. */
  readonly firstPort: number;
  /** Sends a request of the service's inside its dialog. */
  send(request: SipRequest, hop: { readonly endpoint: Endpoint; readonly transport: TransportName }): void;
}

/** The user agent behind the lab's own numbers. */
export class LabServices {
  readonly #options: ServicesOptions;
  readonly #dialogs = new Map<string, Dialog>();
  #port: number;

  constructor(options: ServicesOptions) {
    this.#options = options;
    this.#port = options.firstPort;
  }

  /** Calls that are up or being set up. */
  get callCount(): number {
    return this.#dialogs.size;
  }

  /** True if the request was one of ours. */
  take(transaction: ServerTransaction, service: Service | undefined): boolean {
    const { request } = transaction;
    const dialog = this.#dialogs.get(firstOf(request, headers.callId) ?? "");
    if (tagOf(request, headers.to) === undefined) {
      if (service === undefined || request.method !== "INVITE") return false;
      this.#invited(transaction, service);
      return true;
    }
    if (dialog === undefined) return false;
    if (request.method === "BYE") {
      this.#end(dialog);
      this.#respond(transaction, 200, dialog);
    } else if (request.method === "INVITE") this.#reinvited(transaction, dialog);
    else this.#respond(transaction, 200, dialog);
    return true;
  }

  ack(request: SipRequest): boolean {
    const dialog = this.#dialogs.get(firstOf(request, headers.callId) ?? "");
    if (dialog === undefined) return false;
    if (firstOf(request, headers.cseq)?.number === dialog.unacked) dialog.unacked = undefined;
    return true;
  }

  cancel(invite: ServerTransaction): boolean {
    const dialog = this.#dialogs.get(firstOf(invite.request, headers.callId) ?? "");
    if (dialog === undefined || dialog.transaction.id !== invite.id) return false;
    this.#end(dialog);
    this.#respond(invite, 487, dialog);
    return true;
  }

  close(): void {
    for (const dialog of [...this.#dialogs.values()]) this.#end(dialog);
  }

  #invited(transaction: ServerTransaction, service: Service): void {
    const { runtime, sockets } = this.#options;
    const { request } = transaction;
    if (service.refuse !== undefined) {
      transaction.respond(responseTo(request, service.refuse, { toTag: transaction.toTag }));
      return;
    }
    const media =
      service.media === undefined ? undefined : new LabMedia(sockets, runtime.clock, this.#nextPort());
    const dialog: Dialog = {
      invite: request,
      transaction,
      toTag: transaction.toTag,
      media,
      local: undescribed(1000),
      alarms: [],
      unacked: undefined,
    };
    this.#dialogs.set(firstOf(request, headers.callId) ?? "", dialog);
    const answer = this.#describe(dialog, request);
    const sdp = answer?.body;
    if (service.hasEarlyMedia === true) {
      this.#respond(transaction, 183, dialog, sdp);
      if (answer?.remote !== undefined && service.media === "tone") media?.play(answer.remote);
    } else this.#respond(transaction, 180, dialog);
    if (service.isDeaf === true) return;
    this.#after(dialog, service.answerAfterMs ?? 0, () => {
      this.#accept(transaction, dialog, sdp);
      if (answer?.remote !== undefined && service.media === "tone" && service.hasEarlyMedia !== true)
        media?.play(answer.remote);
      if (service.hangUpAfterMs !== undefined)
        this.#after(dialog, service.hangUpAfterMs, () => this.#hangUp(dialog));
    });
  }

  /** The 200, again and again until the ACK is there (RFC 3261 §13.3.1.4). */
  #accept(transaction: ServerTransaction, dialog: Dialog, sdp: Uint8Array | undefined): void {
    const number = firstOf(transaction.request, headers.cseq)?.number;
    dialog.unacked = number;
    const send = (intervalMs: number): void => {
      if (dialog.unacked !== number) return;
      this.#respond(transaction, 200, dialog, sdp);
      this.#after(dialog, intervalMs, () => send(Math.min(intervalMs * 2, 4000)));
    };
    send(500);
  }

  #reinvited(transaction: ServerTransaction, dialog: Dialog): void {
    const answer = this.#describe(dialog, transaction.request);
    dialog.media?.setEchoing(answer === undefined || answer.isSending);
    this.#accept(transaction, dialog, answer?.body);
  }

  /** Our description: the answer, or an offer where the INVITE has none. */
  #describe(dialog: Dialog, request: SipRequest) {
    const { address } = this.#options;
    const settings = { ...defaultSettings, codecs: ["PCMU", "PCMA"] as const };
    const side = { settings, address, rtpPort: dialog.media?.port ?? 9, isHeld: false };
    if (request.body.length === 0) {
      dialog.local = makeOffer(side, dialog.local);
      return { body: dialog.local.body, remote: undefined, isSending: true };
    }
    const answer = makeAnswer(side, dialog.local, parseSdp(request.body));
    if (answer.kind === "incompatible") return undefined;
    dialog.local = answer.local;
    const isSending = answer.media.direction !== "recvonly" && answer.media.direction !== "inactive";
    return { body: answer.local.body, remote: answer.media.remote, isSending };
  }

  #respond(transaction: ServerTransaction, status: number, dialog: Dialog, sdp?: Uint8Array): void {
    const { request } = transaction;
    const routes = request.headers.filter(({ id }) => id === headers.recordRoute.id);
    const lines: HeaderLine[] = [
      ...routes,
      rawLine(
        headers.contact,
        `<${this.#options.contact};transport=${transaction.flow.transport.toLowerCase()}>`,
      ),
    ];
    if (sdp !== undefined) lines.push(rawLine(headers.contentType, "application/sdp"));
    transaction.respond(
      responseTo(request, status, {
        toTag: dialog.toTag,
        lines,
        ...(sdp === undefined ? {} : { body: sdp }),
      }),
    );
  }

  /** BYE straight to the caller's Contact. */
  #hangUp(dialog: Dialog): void {
    const { invite, toTag } = dialog;
    const from = firstOf(invite, headers.from);
    const to = firstOf(invite, headers.to);
    const contact = firstOf(invite, headers.contact)?.uri;
    if (from === undefined || to === undefined || contact?.kind !== "sip") return;
    const request: SipRequest = {
      kind: "request",
      method: "BYE",
      uri: contact.text,
      version: sipVersion,
      headers: [
        line(headers.maxForwards, 70),
        rawLine(headers.from, `<${to.uri.text}>;tag=${toTag}`),
        rawLine(headers.to, `<${from.uri.text}>;tag=${from.parameters.get("tag")}`),
        rawLine(headers.callId, firstOf(invite, headers.callId) ?? ""),
        line(headers.cseq, { number: 1, method: "BYE" }),
      ],
      body: noBody,
    };
    const endpoint = { address: contact.host, port: contact.port ?? 5060 };
    this.#options.send(request, { endpoint, transport: dialog.transaction.flow.transport });
    this.#end(dialog);
  }

  #after(dialog: Dialog, spanMs: number, act: () => void): void {
    const { clock } = this.#options.runtime;
    if (spanMs === 0) act();
    else dialog.alarms.push(clock.alarm(later(clock.now(), spanMs), act));
  }

  #end(dialog: Dialog): void {
    this.#dialogs.delete(firstOf(dialog.invite, headers.callId) ?? "");
    for (const alarm of dialog.alarms) alarm.cancel();
    dialog.media?.close();
  }

  #nextPort(): number {
    this.#port = this.#port >= this.#options.firstPort + 2000 ? this.#options.firstPort : this.#port + 2;
    return this.#port;
  }
}
