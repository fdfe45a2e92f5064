// One call at work: carries out on its legs and its dialog what its machine decides.
import type { IncomingInviteRequest, SessionDelegate, SessionDialog } from "sip.js/lib/core/index.js";
import { Runner } from "#firmware/runtime/runner.ts";
import type { CoreMessages } from "#firmware/sip/core/to-core.ts";
import type { Target } from "#firmware/sip/locate.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, type HeaderLine, rawLine, type SipRequest } from "#firmware/sip/message/message.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import type { ServerTransaction } from "#firmware/sip/transaction/table.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { CallDialog } from "./dialog.ts";
import { IncomingLeg } from "./incoming-leg.ts";
import { warningLine } from "./lines.ts";
import { callMachine } from "./machine.ts";
import { OutgoingLeg } from "./outgoing-leg.ts";
import type { CallParts, OutgoingParts, Owner } from "./parts.ts";
import { vouchedParty } from "./party.ts";
import type { CallEffect, CallEvent, CallState, MediaPlace } from "./state.ts";
import { expiresOf, timerAsked } from "./wishes.ts";

/** Answers a request that asks for a change: a re-INVITE or an UPDATE. */
export interface ChangeReply {
  accept(sdp: Uint8Array | undefined): void;
  reject(status: number, lines: readonly HeaderLine[]): void;
}

/** One call. */
export class Call implements Owner {
  readonly parts: CallParts;
  readonly #delegateOf: (call: Call) => SessionDelegate;
  readonly #runner: Runner<CallState, CallEvent>;
  readonly #outgoing: OutgoingLeg | undefined;
  #incoming: IncomingLeg | undefined;
  #dialog: CallDialog | undefined;
  #change: ChangeReply | undefined;
  #byeLines: readonly HeaderLine[] = [];

  constructor(
    parts: CallParts,
    delegateOf: (call: Call) => SessionDelegate,
    outgoing: OutgoingParts | undefined,
    sessionId: number,
  ) {
    this.parts = parts;
    this.#delegateOf = delegateOf;
    this.#outgoing = outgoing === undefined ? undefined : new OutgoingLeg(this, outgoing);
    const { settings, runtime, signal, id } = parts;
    const { inviteExpiresSec, sessionExpiresSec } = settings;
    const isCallIdOurs = outgoing !== undefined;
    const name = `sip call ${id}`;
    this.#runner = new Runner<CallState, CallEvent>({
      machine: callMachine({ name, settings, inviteExpiresSec, sessionExpiresSec, sessionId, isCallIdOurs }),
      runtime,
      signal,
      perform: (effect) => this.#perform(effect as CallEffect), // what the machine gave the runner
      changed: (state) => {
        if (state.kind === "ended") parts.ended();
      },
    });
  }

  get state(): CallState {
    return this.#runner.state;
  }

  /** The dialog both sides have agreed on. */
  get dialog(): CallDialog | undefined {
    return this.#dialog;
  }

  /** The INVITE of theirs. */
  get transaction(): ServerTransaction | undefined {
    return this.#incoming?.transaction;
  }

  /** An INVITE outside of a dialog goes to this server now. */
  trying(target: Target): void {
    this.#outgoing?.trying(target);
  }

  /** Where the INVITE of ours goes; in a dialog the route set decides. */
  get targets(): readonly Target[] {
    return this.#outgoing?.targets ?? [];
  }

  /** Who was called, before anything was known of who answered. */
  get dialledUri(): string | undefined {
    return this.#outgoing?.outgoing.toUri;
  }

  /** Where this call takes its media, once that is known. */
  get place(): MediaPlace | undefined {
    const { state } = this;
    return "media" in state ? state.media.place : undefined;
  }

  /** Call-ID, and our tag in it: what tells the two ends of a call to oneself apart. */
  get leg(): string {
    const outgoing = this.#outgoing?.outgoing;
    if (outgoing !== undefined) return legKey(outgoing.callId, outgoing.fromTag);
    const { request, toTag } = this.#incoming?.transaction ?? {};
    return legKey(request === undefined ? "" : (firstOf(request, headers.callId) ?? ""), toTag ?? "");
  }

  send(event: CallEvent): void {
    this.#runner.send(event);
  }

  run<T>(act: () => T): T | undefined {
    return this.parts.core.run(this.leg, act);
  }

  delegate(): SessionDelegate {
    return this.#delegateOf(this);
  }

  /** An INVITE of theirs. */
  invited(
    uas: IncomingInviteRequest,
    transaction: ServerTransaction,
    offer: Extract<CallEvent, { kind: "invited" }>["offer"],
  ): void {
    const { request } = transaction;
    this.#incoming = new IncomingLeg(this, uas, transaction);
    this.send({ kind: "invited", offer, expiresSec: expiresOf(request), timer: timerAsked(request) });
  }

  /** A re-INVITE of theirs, or an UPDATE. */
  changeAsked(reply: ChangeReply, event: Extract<CallEvent, { kind: "reoffered" | "updated" }>): void {
    this.#change = reply;
    this.send(event);
  }

  /** True if a PRACK acknowledges the 1xx that waits for one. */
  pracked(request: SipRequest): boolean {
    return this.#incoming?.pracked(request) === true;
  }

  /** A request in the call may tell who is there now (Remote-Party-ID, P-Asserted-Identity). */
  heardOf(request: SipRequest): void {
    const { settings, id, notify } = this.parts;
    if (!settings.isRemotePartyIdUsed) return;
    const peer = vouchedParty(request);
    if (peer !== undefined) notify({ kind: "party", call: id, peer });
  }

  /** Lines for the BYE that will end this call. */
  setByeLines(lines: readonly HeaderLine[]): void {
    this.#byeLines = lines;
  }

  #perform(effect: CallEffect): void {
    switch (effect.kind) {
      case "invite":
        this.#outgoing?.invite(effect.attempt, effect.sdp);
        return;
      case "cancel":
        this.#outgoing?.cancel();
        return;
      case "ack":
        this.#established(this.#outgoing?.acknowledge(effect.dialog));
        return;
      case "end-extra": {
        const session = this.#outgoing?.acknowledge(effect.dialog);
        this.run(() => session?.bye());
        return;
      }
      case "bye":
        this.#dialog?.bye([...this.#byeLines, ...this.parts.statistics()]);
        return;
      case "reply":
        this.#established(this.#incoming?.reply(effect));
        return;
      case "reinvite":
        this.#dialog?.reinvite(effect.sdp);
        return;
      case "reack":
        this.#dialog?.reack();
        return;
      case "rereply":
        this.#rereply(effect);
        return;
      case "notify":
        this.parts.notify({ ...effect.notice, call: this.parts.id } as SipNotice); // a call notice with its call
        return;
      default:
        unreachable(effect);
    }
  }

  #established(session: SessionDialog | undefined): void {
    if (session !== undefined) this.#dialog = new CallDialog(this, session);
  }

  #rereply(effect: Extract<CallEffect, { kind: "rereply" }>): void {
    const { status, warning, retryAfterSec, sdp } = effect;
    if (status < 300) {
      this.#change?.accept(sdp);
      return;
    }
    const retryAfter =
      retryAfterSec === undefined ? [] : [rawLine(headers.retryAfter, String(retryAfterSec))];
    this.#change?.reject(status, [...(warning === undefined ? [] : [warningLine(warning)]), ...retryAfter]);
  }
}

export const legKey = (callId: string, localTag: string): string => `${callId};${localTag}`;

/** A request of theirs, as ours. */
export function requestOf(
  messages: CoreMessages,
  message: Parameters<CoreMessages["original"]>[0],
): SipRequest | undefined {
  const original = messages.original(message);
  return original?.kind === "request" ? original : undefined;
}
