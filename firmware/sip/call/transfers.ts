// Transfers from every side: we send somebody elsewhere, are sent elsewhere, or are the one they are sent to (reference
// section 4.11, ladders 5.4 and 5.5).
import type { IncomingInviteRequest } from "sip.js/lib/core/index.js";
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import type { LineCore } from "#firmware/sip/core/line-core.ts";
import { nullTag } from "#firmware/sip/core/to-core.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  rawLine,
  type SipRequest,
  soleOf,
  valuesOf,
} from "#firmware/sip/message/message.ts";
import { reasonPhrase } from "#firmware/sip/message/reasons.ts";
import { asRequestUri } from "#firmware/sip/message/uri.ts";
import { printReplaces, type Replaces } from "#firmware/sip/message/values.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import type { ServerTransaction } from "#firmware/sip/transaction/table.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { type Call, legKey } from "./call.ts";
import { callerOf } from "./party.ts";
import { dialledUri } from "./placing.ts";
import { readReferral, referToValue, sipfragStatus } from "./referral.ts";
import type { CallRegistry } from "./registry.ts";
import type { MediaPlace } from "./state.ts";
import { type Reporter, Succession } from "./succession.ts";
import {
  type Destination,
  type TransferEffect,
  type TransferEvent,
  type TransferState,
  transferMachine,
} from "./transfer.ts";

export interface TransfersOptions {
  readonly runtime: Runtime;
  readonly registry: CallRegistry;
  readonly signal: AbortSignal;
  localAddress(): string;
  notify(notice: SipNotice): void;
  /** Places a call from a line, with media where another call has it. */
  placeFor(
    core: LineCore,
    id: string,
    uri: string,
    place: MediaPlace,
    lines: readonly HeaderLine[],
    notify: (notice: SipNotice) => void,
  ): Call | undefined;
  /** A call for an INVITE of theirs. */
  takeFor(
    core: LineCore,
    id: string,
    uas: IncomingInviteRequest,
    transaction: ServerTransaction,
    notify: (notice: SipNotice) => void,
  ): Call;
}

/** An implicit subscription lives this long without news (RFC 3515 §2.4.4). */
const subscriptionSec = 180;

/** What became of a NOTIFY for a dialog that is over. */
interface Aftermath {
  readonly runner: Runner<TransferState, TransferEvent>;
  readonly endAt: MonoMs;
}

/** Every transfer of the phone. */
export class Transfers {
  readonly #options: TransfersOptions;
  /** Transfers we asked for, by the leg of the call that was sent away. */
  readonly #asked = new Map<string, Aftermath>();
  readonly #successions = new Map<Call, Succession>();
  /** REFERs a dialog has brought: from the second on NOTIFYs say which (RFC 3515 §2.4.6). */
  readonly #referCounts = new WeakMap<Call, number>();

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  /** The way notices of a call take: a call that is being succeeded speaks through its succession. */
  hear(call: () => Call, notice: SipNotice): void {
    const succession = this.#successions.get(call());
    if (succession === undefined) this.#options.notify(notice);
    else succession.heardOld(notice);
    if (notice.kind === "ended") this.#asked.get(call().leg)?.runner.send({ kind: "call-ended" });
  }

  /** The person hung up a call that is being succeeded: the successor goes too. */
  hungUp(call: Call): void {
    const succession = this.#successions.get(call);
    if (succession?.isPending === true) succession.hangUp();
  }

  /** Blind: REFER. */
  transfer(call: Call, target: string): void {
    const uri = dialledUri(target, call.parts.core.line, this.#options.localAddress());
    if (uri === undefined) this.#progress(call, 484);
    else this.#begin(call, { uri, replaces: undefined });
  }

  /** With consultation: REFER with Replaces; while the target still rings, without (RFC 3891 §3 forbids it). */
  transferToCall(call: Call, consultation: Call): void {
    const { dialog, dialledUri: rings } = consultation;
    const session = dialog?.session;
    if (session !== undefined && consultation.state.kind === "confirmed") {
      const toTag = session.remoteTag === nullTag ? "0" : session.remoteTag;
      const replaces = printReplaces({
        callId: session.callId,
        toTag,
        fromTag: session.localTag,
        isEarlyOnly: false,
      });
      this.#begin(call, { uri: session.remoteTarget.toString(), replaces });
      return;
    }
    if (rings === undefined) {
      this.#progress(call, 481);
      return;
    }
    consultation.send({ kind: "hang-up" });
    this.#begin(call, { uri: rings, replaces: undefined });
  }

  #begin(call: Call, to: Destination): void {
    const { runtime, signal } = this.#options;
    const runner: Runner<TransferState, TransferEvent> = new Runner<TransferState, TransferEvent>({
      machine: transferMachine(`sip transfer ${call.parts.id}`),
      runtime,
      signal,
      perform: (effect) => this.#perform(call, effect as TransferEffect, runner), // what the machine gave the runner
    });
    this.#forgetOld();
    this.#asked.set(call.leg, { runner, endAt: later(runtime.clock.now(), 2 * subscriptionSec * 1000) });
    runner.send({ kind: "refer", to });
  }

  #perform(call: Call, effect: TransferEffect, runner: Runner<TransferState, TransferEvent>): void {
    switch (effect.kind) {
      case "refer": {
        const lines = [
          rawLine(headers.referTo, referToValue(effect.to)),
          rawLine(headers.referredBy, `<${call.parts.record}>`),
        ];
        call.dialog?.refer(lines, (status) => runner.send({ kind: "answered", status }));
        return;
      }
      case "bye-also":
        call.setByeLines([rawLine(headers.also, `<${effect.to.uri}>`)]);
        return;
      case "progress":
        this.#progress(call, effect.status);
        if (runner.state.kind === "done" && effect.status === 200) call.send({ kind: "hang-up" });
        return;
      default:
        unreachable(effect);
    }
  }

  #progress(call: Call, status: number): void {
    this.#options.notify({ kind: "transfer-progress", call: call.parts.id, status });
  }

  /**
   * A NOTIFY about a transfer we asked for: what to do once it is answered; undefined if there is no such transfer. The
   * dialog may be over already.
   */
  referNotified(leg: string, request: SipRequest): (() => void) | undefined {
    const asked = this.#asked.get(leg);
    if (asked === undefined || asked.endAt < this.#options.runtime.clock.now()) return undefined;
    const isLast = firstOf(request, headers.subscriptionState)?.value.toLowerCase() === "terminated";
    const status = sipfragStatus(request.body) ?? (isLast ? 100 : undefined);
    if (isLast) this.#asked.delete(leg);
    return () => {
      if (status !== undefined) asked.runner.send({ kind: "notified", status, isLast });
    };
  }

  #forgetOld(): void {
    const now = this.#options.runtime.clock.now();
    for (const [leg, { endAt }] of this.#asked) if (endAt < now) this.#asked.delete(leg);
  }

  /** REFER of theirs: we call the target, and tell them how it goes. */
  referred(
    call: Call,
    request: SipRequest,
    reply: (status: number, lines: readonly HeaderLine[]) => void,
  ): void {
    const referral = readReferral(request);
    const place = call.place;
    if (
      typeof referral === "number" ||
      place === undefined ||
      this.#successions.get(call)?.isPending === true
    ) {
      reply(typeof referral === "number" ? referral : 491, []);
      return;
    }
    reply(202, referral.hasSubscription ? [] : [rawLine(headers.referSub, "false")]);
    const reporter = referral.hasSubscription ? this.#reporter(call, request) : undefined;
    reporter?.report(100, false);
    this.#succeed(call, referral.uri, place, referral.lines, reporter);
  }

  /** BYE with Also, for phones that do not know REFER. */
  byeCame(call: Call, request: SipRequest): void {
    const also = valuesOf(request, headers.also)[0]?.uri;
    const place = call.place;
    if (also?.kind !== "sip" || place === undefined) return;
    const by = soleOf(request, headers.from).uri.text;
    this.#succeed(call, asRequestUri(also), place, [rawLine(headers.requestedBy, `<${by}>`)], undefined);
  }

  #succeed(
    old: Call,
    uri: string,
    place: MediaPlace,
    lines: readonly HeaderLine[],
    reporter: Reporter | undefined,
  ): void {
    const { id, core } = old.parts;
    const succession = this.#succession(reporter);
    this.#successions.set(old, succession);
    const next = this.#options.placeFor(core, id, uri, place, lines, (notice) =>
      succession.heardNext(notice),
    );
    if (next === undefined) {
      this.#successions.delete(old);
      reporter?.report(404, true);
      return;
    }
    succession.begin(old, next);
  }

  #succession(reporter: Reporter | undefined): Succession {
    const { registry, notify } = this.#options;
    return new Succession({ reporter, notify, takenOver: (next) => registry.setId(next) });
  }

  /** NOTIFYs with the status of the call they asked for (RFC 3515 §2.4.5). */
  #reporter(call: Call, request: SipRequest): Reporter {
    const count = (this.#referCounts.get(call) ?? 0) + 1;
    this.#referCounts.set(call, count);
    const id = count > 1 ? `;id=${soleOf(request, headers.cseq).number}` : "";
    return {
      report: (status, isLast) => {
        const state = isLast ? "terminated;reason=noresource" : `active;expires=${subscriptionSec}`;
        const lines = [rawLine(headers.event, `refer${id}`), rawLine(headers.subscriptionState, state)];
        call.dialog?.notifyPeer(lines, `SIP/2.0 ${status} ${reasonPhrase(status)}\r\n`);
      },
    };
  }

  /** An INVITE with Replaces; the status to refuse it with, or undefined once it has taken the place (RFC 3891 §3). */
  replace(
    core: LineCore,
    uas: IncomingInviteRequest,
    transaction: ServerTransaction,
    replaces: Replaces,
  ): number | undefined {
    const { callId, toTag, fromTag, isEarlyOnly } = replaces;
    const old = this.#options.registry.byLeg(legKey(callId, toTag));
    if (old === undefined) return 481;
    if (old.state.kind === "ended") return 603;
    // "A tag of zero" stands for a peer without one (§3).
    const dialog = old.parts.core.core.dialogs.get(`${callId}${toTag}${fromTag === "0" ? nullTag : fromTag}`);
    const isTheirs = old.state.kind === "offered" || old.state.kind === "ringing";
    if (dialog === undefined || isTheirs || old.place === undefined) return 481;
    if (isEarlyOnly && !dialog.early) return 486;
    this.#takeOver(core, uas, transaction, old, !dialog.early);
    return undefined;
  }

  #takeOver(
    core: LineCore,
    uas: IncomingInviteRequest,
    transaction: ServerTransaction,
    old: Call,
    wasUp: boolean,
  ): void {
    const { id, settings } = old.parts;
    const { place } = old;
    if (place === undefined) return;
    const succession = this.#succession(undefined);
    const next = this.#options.takeFor(core, id, uas, transaction, (notice) => succession.heardNext(notice));
    next.send({ kind: "answer", place });
    // A new call that is not acceptable leaves the old one as it was.
    if (next.state.kind !== "accepting") return;
    this.#successions.set(old, succession);
    succession.begin(old, next);
    const peer = callerOf(transaction.request, settings.isRemotePartyIdUsed);
    succession.takeOver({ kind: "answered", call: id, peer }, wasUp);
  }
}
