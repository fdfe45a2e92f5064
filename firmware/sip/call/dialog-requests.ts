// What the other side of a dialog asks for: to change or end the session, to call somebody else, to be told something.
import type { SessionDelegate } from "sip.js/lib/core/index.js";
import type { SipEndpoint } from "#firmware/sip/endpoint.ts";
import { contactLine } from "#firmware/sip/identity.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  type HeaderLine,
  rawLine,
  type SipRequest,
  soleOf,
  valuesOf,
} from "#firmware/sip/message/message.ts";
import type { SipSettings } from "#firmware/sip/settings.ts";
import type { ServerTransaction } from "#firmware/sip/transaction/table.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { Call, ChangeReply } from "./call.ts";
import { requestOf } from "./call.ts";
import type { Cores } from "./cores.ts";
import { withBody } from "./dialog.ts";
import { acceptLines, contactPlace, leastIntervalLine, printed, warningLine } from "./lines.ts";
import { offerOf } from "./offers.ts";
import { answeredTimer, armed, type SessionTimer } from "./session-timer.ts";
import type { Transfers } from "./transfers.ts";
import { isIntervalTooSmall, sdpOf, timerAsked } from "./wishes.ts";

export interface DialogRequestsOptions {
  readonly cores: Cores;
  readonly endpoint: SipEndpoint;
  now(): MonoMs;
  transfers(): Transfers;
  notified(call: Call, request: SipRequest): Notified;
}

/** What a NOTIFY is answered with, and what to do once that is out. */
export interface Notified {
  readonly status: number;
  afterwards(): void;
}

/** The timer our 2xx to a request of theirs agrees on; undefined: as before. */
function timerFor(request: SipRequest, settings: SipSettings, now: MonoMs): SessionTimer | undefined {
  const asked = timerAsked(request);
  const granted =
    asked.intervalSec === undefined ? undefined : answeredTimer(asked, settings.sessionExpiresSec);
  return granted === undefined ? undefined : armed(granted.intervalSec, granted.refresher === "uas", now);
}

/** Session-Expires lines of a 2xx, only where the request brought one up. */
function timerLines(request: SipRequest, settings: SipSettings): readonly HeaderLine[] {
  const asked = timerAsked(request);
  return asked.intervalSec === undefined ? [] : acceptLines(asked, settings.sessionExpiresSec, undefined);
}

/** Answers what comes inside dialogs. */
export class DialogRequests {
  readonly #options: DialogRequestsOptions;

  constructor(options: DialogRequestsOptions) {
    this.#options = options;
  }

  delegate(call: Call): SessionDelegate {
    const { host, messages } = this.#options.cores;
    const outside = (act: () => void): void => host.outside(act);
    return {
      onAck: ({ message }) => {
        outside(() => {
          const request = requestOf(messages, message);
          call.send({ kind: "acked", sdp: request === undefined ? undefined : sdpOf(request) });
        });
      },
      onAckTimeout: () => outside(() => call.send({ kind: "ack-missing" })),
      onBye: (uas) => {
        uas.accept({ statusCode: 200, extraHeaders: printed(call.parts.statistics()) });
        outside(() => {
          const request = requestOf(messages, uas.message);
          if (request !== undefined) this.#options.transfers().byeCame(call, request);
          call.send({ kind: "bye" });
        });
      },
      onInvite: (uas) =>
        outside(() => {
          const request = requestOf(messages, uas.message);
          if (request === undefined) return;
          this.#changeAsked(call, request, "reoffered", {
            accept: (sdp) =>
              call.run(() =>
                uas.accept({
                  statusCode: 200,
                  extraHeaders: printed([contactPlace, ...timerLines(request, this.#settings)]),
                  ...withBody(sdp),
                }),
              ),
            reject: (status, lines) =>
              call.run(() => uas.reject({ statusCode: status, extraHeaders: printed(lines) })),
          });
        }),
      onInfo: (uas) => {
        // No Info-Package of anybody's is understood; what phones sent before RFC 6086 is taken and not acted on.
        const isPackage = uas.message.hasHeader("Info-Package");
        if (isPackage) uas.reject({ statusCode: 469, extraHeaders: ["Recv-Info: "] });
        else uas.accept();
      },
      onPrack: (uas) =>
        outside(() => {
          const request = requestOf(messages, uas.message);
          const isKnown = request !== undefined && call.pracked(request);
          call.run(() => (isKnown ? uas.accept() : uas.reject({ statusCode: 481 })));
        }),
      onNotify: (uas) =>
        outside(() => {
          const request = requestOf(messages, uas.message);
          if (request === undefined) return;
          const { status, afterwards } = this.#options.notified(call, request);
          call.run(() =>
            status < 300 ? uas.accept({ statusCode: status }) : uas.reject({ statusCode: status }),
          );
          afterwards();
        }),
      onRefer: (uas) =>
        outside(() => {
          const request = requestOf(messages, uas.message);
          if (request === undefined) return;
          this.#options
            .transfers()
            .referred(call, request, (status, lines) =>
              call.run(() =>
                status < 300
                  ? uas.accept({ statusCode: status, extraHeaders: printed([contactPlace, ...lines]) })
                  : uas.reject({ statusCode: status, extraHeaders: printed(lines) }),
              ),
            );
        }),
    };
  }

  /** UPDATE, which sip.js does not know: its CSeq counts in the dialog, its Contact moves the target (RFC 3311). */
  update(call: Call, transaction: ServerTransaction): void {
    const { endpoint } = this.#options;
    const { request } = transaction;
    if (call.dialog?.takeSequence(soleOf(request, headers.cseq).number) !== true) {
      endpoint.respond(transaction, 500);
      return;
    }
    const contact = valuesOf(request, headers.contact)[0];
    if (contact !== undefined) call.dialog?.moveTarget(contact.uri.text);
    const own = contactLine(call.parts.core.line, this.#settings, transaction.flow);
    this.#changeAsked(call, request, "updated", {
      accept: (sdp) => {
        const type = sdp === undefined ? [] : [rawLine(headers.contentType, "application/sdp")];
        const lines = [own, ...timerLines(request, this.#settings), ...type];
        endpoint.respond(transaction, 200, { lines, ...(sdp === undefined ? {} : { body: sdp }) });
      },
      reject: (status, lines) => endpoint.respond(transaction, status, { lines }),
    });
  }

  #changeAsked(call: Call, request: SipRequest, kind: "reoffered" | "updated", reply: ChangeReply): void {
    if (isIntervalTooSmall(request)) {
      reply.reject(422, [leastIntervalLine]);
      return;
    }
    const read = offerOf(request, this.#settings);
    if ("warning" in read) {
      reply.reject(488, [warningLine(read.warning)]);
      return;
    }
    call.heardOf(request);
    call.changeAsked(reply, {
      kind,
      offer: read.offer,
      timer: timerFor(request, this.#settings, this.#options.now()),
    });
  }

  get #settings(): SipSettings {
    return this.#options.endpoint.settings;
  }
}
