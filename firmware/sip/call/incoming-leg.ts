// The INVITE of theirs: rung, answered, refused, with reliable 1xx where the caller requires them (RFC 3261 §13.3, RFC
// 3262).
import type { IncomingInviteRequest, SessionDialog } from "sip.js/lib/core/index.js";
import { below } from "#firmware/runtime/chance.ts";
import { Runner } from "#firmware/runtime/runner.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, type HeaderLine, rawLine, type SipRequest } from "#firmware/sip/message/message.ts";
import type { ServerTransaction } from "#firmware/sip/transaction/table.ts";
import { withBody } from "./dialog.ts";
import { acceptLines, divertedLine, printed, warningLine } from "./lines.ts";
import { type Owner, sequenceBefore } from "./parts.ts";
import { type ReliableEffect, type ReliableEvent, type ReliableState, reliableMachine } from "./reliable.ts";
import type { CallEffect } from "./state.ts";
import { requires, sdpOf, timerAsked } from "./wishes.ts";

/** The callee's side of a call. */
export class IncomingLeg {
  readonly transaction: ServerTransaction;
  readonly #owner: Owner;
  readonly #uas: IncomingInviteRequest;
  #reliable: Runner<ReliableState, ReliableEvent> | undefined;
  #responseNumber: number | undefined;

  constructor(owner: Owner, uas: IncomingInviteRequest, transaction: ServerTransaction) {
    this.#owner = owner;
    this.#uas = uas;
    this.transaction = transaction;
    const inside = uas as unknown as { toTag: string }; // one To tag for all responses, CANCEL's too (RFC 3261 §9.2)
    inside.toTag = transaction.toTag;
  }

  /** Answers the INVITE; the dialog, if that made one. */
  reply(effect: Extract<CallEffect, { kind: "reply" }>): SessionDialog | undefined {
    const { status } = effect;
    if (status >= 200) this.#reliable?.send({ kind: "stop" });
    return this.#owner.run(() => {
      if (status < 200) this.#ring(status);
      else if (status < 300) return this.#accept(status, effect.sdp);
      else if (status < 400) this.#redirect(status, effect.contact ?? "");
      else {
        const warning = effect.warning === undefined ? [] : [warningLine(effect.warning)];
        this.#uas.reject({ statusCode: status, extraHeaders: printed(warning) });
      }
      return undefined;
    });
  }

  /** True if a PRACK acknowledges the 1xx that waits for one. */
  pracked(request: SipRequest): boolean {
    const rack = firstOf(request, headers.rack);
    const cseq = firstOf(this.transaction.request, headers.cseq);
    const isOurs = rack?.responseNumber === this.#responseNumber && rack?.sequence.number === cseq?.number;
    if (!isOurs || rack?.sequence.method !== "INVITE") return false;
    this.#reliable?.send({ kind: "prack" });
    return true;
  }

  #accept(status: number, sdp: Uint8Array | undefined): SessionDialog {
    const { settings, runtime } = this.#owner.parts;
    const asked = timerAsked(this.transaction.request);
    const lines = acceptLines(asked, settings.sessionExpiresSec, runtime.clock.wall());
    const { session } = this.#uas.accept({
      statusCode: status,
      extraHeaders: printed(lines),
      ...withBody(sdp),
    });
    const dialog = session as SessionDialog; // what a core's sessions are
    dialog.delegate = this.#owner.delegate();
    const inside = dialog as unknown as { dialogState: { localSequenceNumber: number | undefined } };
    inside.dialogState.localSequenceNumber ??= sequenceBefore; // sip.js begins at 1
    return dialog;
  }

  #redirect(status: number, contact: string): void {
    const { messages, record } = this.#owner.parts;
    const extraHeaders = printed([divertedLine(record)]);
    this.#uas.redirect([messages.uri(`<${contact}>`)], { statusCode: status, extraHeaders });
  }

  /** 1xx: reliable for a caller that requires it, and to an INVITE without offer not at all: it would need ours. */
  #ring(status: number): void {
    const { request } = this.transaction;
    if (!requires(request, "100rel")) {
      this.#progress(status, []);
      return;
    }
    if (sdpOf(request) === undefined) return;
    const number = 1 + below(this.#owner.parts.runtime.random, 0x7fff_ffff);
    const lines = [rawLine(headers.require, "100rel"), rawLine(headers.responseNumber, String(number))];
    this.#responseNumber = number;
    this.#reliable = this.#reliableRunner(() => this.#owner.run(() => this.#progress(status, lines)));
    this.#reliable.send({ kind: "send" });
  }

  #progress(status: number, lines: readonly HeaderLine[]): void {
    const { session } = this.#uas.progress({ statusCode: status, extraHeaders: printed(lines) });
    session.delegate = this.#owner.delegate();
  }

  #reliableRunner(send: () => void): Runner<ReliableState, ReliableEvent> {
    const { runtime, signal, settings, id, host } = this.#owner.parts;
    return new Runner<ReliableState, ReliableEvent>({
      machine: reliableMachine(`sip 1xx of ${id}`, settings.timing),
      runtime,
      signal,
      perform: (effect) => {
        if ((effect as ReliableEffect).kind === "send") host.outside(send);
        else this.#owner.send({ kind: "given-up", status: 504 });
      },
    });
  }
}
