// One call at work: carries out on sip.js's dialogs what its machine decides, and tells it what they report.
import type {
  Body,
  IncomingInviteRequest,
  IncomingResponseMessage,
  InviteUserAgentClient,
  OutgoingInviteRequestDelegate,
  Session,
  SessionDelegate,
  SessionDialog,
} from "sip.js/lib/core/index.js";
import type { CallId } from "#firmware/call/intents.ts";
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import type { LineCore } from "#firmware/sip/core/line-core.ts";
import type { CoreMessages } from "#firmware/sip/core/to-core.ts";
import type { Proofs } from "#firmware/sip/credentials.ts";
import type { HostGlobals } from "#firmware/sip/host-globals.ts";
import type { Target } from "#firmware/sip/locate.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from "#firmware/sip/message/message.ts";
import { readable } from "#firmware/sip/message/octets.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import type { SipSettings } from "#firmware/sip/settings.ts";
import type { ServerTransaction } from "#firmware/sip/transaction/table.ts";
import { latin1 } from "#firmware/wire/bytes.ts";
import { unreachable } from "#hal/contract/errors.ts";
import {
  acceptLines,
  contactPlace,
  divertedLine,
  inviteLines,
  printed,
  reinviteLines,
  warningLine,
} from "./lines.ts";
import { callMachine } from "./machine.ts";
import { calleeOf } from "./party.ts";
import type { Attempt, CallEffect, CallEvent, CallState } from "./state.ts";
import { adviceOf, alertInfoOf, expiresOf, sdpOf, timerAsked, timerGranted } from "./wishes.ts";

/** What a call is made of and lives in. */
export interface CallParts {
  readonly runtime: Runtime;
  readonly host: HostGlobals;
  readonly messages: CoreMessages;
  readonly core: LineCore;
  readonly settings: SipSettings;
  readonly id: CallId;
  readonly proofs: Proofs;
  /** The line's address of record. */
  readonly record: string;
  readonly signal: AbortSignal;
  notify(notice: SipNotice): void;
  /** RTP-RxStat and RTP-TxStat, where they are wanted. */
  statistics(): readonly HeaderLine[];
  /** The machine has ended; stragglers are still sorted out for a while. */
  ended(): void;
}

/** How a call of ours presents itself. */
export interface OutgoingParts {
  readonly callId: string;
  readonly fromTag: string;
  readonly fromUri: string;
  /** Octets, with quotes and backslashes escaped. */
  readonly fromName: string;
  readonly toUri: string;
  readonly lines: readonly HeaderLine[];
  targetsOf(attempt: Attempt): readonly Target[] | Promise<readonly Target[]>;
}

/** The requests a dialog of this call may bring that are not about its session. */
export interface DialogUser {
  delegate(call: Call): SessionDelegate;
}

interface Leg {
  readonly session: SessionDialog;
  ack(): void;
}

/** First CSeq of a dialog is 101 (reference row SIP-010). */
const sequenceBefore = 100;

/** One call. */
export class Call {
  readonly parts: CallParts;
  readonly #dialogUser: DialogUser;
  readonly #runner: Runner<CallState, CallEvent>;
  readonly #legs = new Map<string, Leg>();
  readonly #outgoing: OutgoingParts | undefined;
  #targets: readonly Target[] = [];
  #cseq = sequenceBefore;
  #uac: InviteUserAgentClient | undefined;
  #uas: IncomingInviteRequest | undefined;
  #transaction: ServerTransaction | undefined;
  #session: SessionDialog | undefined;
  #reuas: IncomingInviteRequest | undefined;
  #reack: (() => void) | undefined;

  constructor(
    parts: CallParts,
    dialogUser: DialogUser,
    outgoing: OutgoingParts | undefined,
    sessionId: number,
  ) {
    this.parts = parts;
    this.#dialogUser = dialogUser;
    this.#outgoing = outgoing;
    const { settings, runtime, signal, id } = parts;
    const machine = callMachine({
      name: `sip call ${id}`,
      settings,
      inviteExpiresSec: settings.inviteExpiresSec,
      sessionExpiresSec: settings.sessionExpiresSec,
      sessionId,
      isCallIdOurs: outgoing !== undefined,
    });
    this.#runner = new Runner<CallState, CallEvent>({
      machine,
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
  get session(): SessionDialog | undefined {
    return this.#session;
  }

  /** The INVITE of theirs. */
  get transaction(): ServerTransaction | undefined {
    return this.#transaction;
  }

  /** Where the INVITE of ours goes; in a dialog the route set decides. */
  get targets(): readonly Target[] {
    return this.#targets;
  }

  /** Call-ID, and our tag in it: what tells the two ends of a call to oneself apart. */
  get leg(): string {
    if (this.#outgoing !== undefined) return legKey(this.#outgoing.callId, this.#outgoing.fromTag);
    const { request, toTag } = this.#transaction ?? {};
    return legKey(request === undefined ? "" : (firstOf(request, headers.callId) ?? ""), toTag ?? "");
  }

  send(event: CallEvent): void {
    this.#runner.send(event);
  }

  /** An INVITE of theirs. */
  invited(
    uas: IncomingInviteRequest,
    transaction: ServerTransaction,
    offer: Extract<CallEvent, { kind: "invited" }>["offer"],
  ): void {
    this.#uas = uas;
    this.#transaction = transaction;
    const inside = uas as unknown as { toTag: string }; // one To tag for all responses, CANCEL's too (RFC 3261 §9.2)
    inside.toTag = transaction.toTag;
    const { request } = transaction;
    this.send({ kind: "invited", offer, expiresSec: expiresOf(request), timer: timerAsked(request) });
  }

  /** Runs code of sip.js for this call. */
  run<T>(act: () => T): T | undefined {
    return this.parts.core.run(this.leg, act);
  }

  #perform(effect: CallEffect): void {
    switch (effect.kind) {
      case "invite":
        this.#invite(effect.attempt, effect.sdp);
        return;
      case "cancel":
        this.parts.core.outgoingOf(this.#uac?.message.branch ?? "")?.cancel();
        return;
      case "ack":
        this.#session = this.#legs.get(effect.dialog)?.session;
        this.#legs.get(effect.dialog)?.ack();
        return;
      case "end-extra": {
        const leg = this.#legs.get(effect.dialog);
        leg?.ack();
        this.run(() => leg?.session.bye());
        return;
      }
      case "bye":
        this.run(() => this.#session?.bye(undefined, { extraHeaders: printed(this.parts.statistics()) }));
        return;
      case "reply":
        this.#reply(effect);
        return;
      case "reinvite":
        this.#reinvite(effect.sdp);
        return;
      case "reack":
        this.#reack?.();
        this.#reack = undefined;
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

  #invite(attempt: Attempt, sdp: Uint8Array | undefined): void {
    const found = this.#outgoing?.targetsOf(attempt) ?? [];
    if (!(found instanceof Promise)) {
      this.#inviteAt(found, attempt, sdp);
      return;
    }
    const { signal, runtime } = this.parts;
    found.then(
      (targets) => {
        if (this.state.kind === "cancelling") this.#refusedHere(487);
        else this.#inviteAt(targets, attempt, sdp);
      },
      (error: unknown) => {
        if (!signal.aborted) runtime.fail("sip call", error);
      },
    );
  }

  /** A final response nobody sent. */
  #refusedHere(status: number): void {
    const advice = { contacts: [], unsupported: [], leastSessionSec: 0 };
    this.send({ kind: "rejected", status, reason: "", isLocal: true, advice });
  }

  #inviteAt(targets: readonly Target[], attempt: Attempt, sdp: Uint8Array | undefined): void {
    const { core, settings, runtime, messages } = this.parts;
    const outgoing = this.#outgoing;
    if (outgoing === undefined) return;
    if (targets.length === 0) {
      this.#refusedHere(404);
      return;
    }
    this.#targets = targets;
    this.#cseq = Math.max(this.#cseq, this.#uac?.message.cseq ?? 0) + 1;
    const extra = [...inviteLines(settings, attempt, runtime.clock.wall()), ...outgoing.lines];
    this.#uac = this.run(() => {
      const message = core.core.makeOutgoingRequestMessage(
        "INVITE",
        messages.uri(attempt.uri),
        messages.uri(outgoing.fromUri),
        messages.uri(outgoing.toUri),
        {
          callId: outgoing.callId,
          fromTag: outgoing.fromTag,
          fromDisplayName: outgoing.fromName,
          cseq: this.#cseq,
        },
        printed(extra),
        bodyOf(sdp),
      );
      return core.core.invite(message, this.#delegate()) as InviteUserAgentClient; // that is what a core makes
    });
  }

  #delegate(): OutgoingInviteRequestDelegate {
    const outside = (act: () => void): void => this.parts.host.outside(act);
    return {
      onProgress: ({ message, session, prack }) => outside(() => this.#progressed(message, session, prack)),
      onTrying: () =>
        outside(() =>
          this.send({ kind: "progress", status: 100, dialog: "", sdp: undefined, alertInfo: undefined }),
        ),
      onAccept: ({ message, session, ack }) =>
        outside(() => this.#accepted(message, session, () => this.run(() => ack()))),
      onRedirect: ({ message }) => outside(() => this.#rejected(message)),
      onReject: ({ message }) => outside(() => this.#rejected(message)),
    };
  }

  #progressed(message: IncomingResponseMessage, session: Session, prack: () => unknown): void {
    const response = this.#responseOf(message);
    const isReliable = message.hasHeader("Require") && message.hasHeader("RSeq");
    if (isReliable) this.run(prack);
    this.send({
      kind: "progress",
      status: message.statusCode ?? 180,
      dialog: session.id,
      sdp: response === undefined ? undefined : sdpOf(response),
      alertInfo: response === undefined ? undefined : alertInfoOf(response),
    });
  }

  #accepted(message: IncomingResponseMessage, session: Session, ack: () => void): void {
    const response = this.#responseOf(message);
    const dialog = session as SessionDialog; // what a core's sessions are
    dialog.delegate = this.#dialogUser.delegate(this);
    refreshTarget(dialog, message);
    this.#legs.set(session.id, { session: dialog, ack });
    if (response === undefined) return;
    const { settings, runtime } = this.parts;
    this.send({
      kind: "accepted",
      dialog: session.id,
      sdp: sdpOf(response),
      peer: calleeOf(response, settings.isRemotePartyIdUsed),
      timer: timerGranted(response, runtime.clock.now()),
    });
  }

  #rejected(message: IncomingResponseMessage): void {
    const response = this.#responseOf(message);
    if (response === undefined) return;
    const { status, reason } = response;
    const isLocal = !this.parts.core.isFromNetwork(response);
    this.send({ kind: "rejected", status, reason: readable(reason), isLocal, advice: adviceOf(response) });
  }

  #responseOf(message: IncomingResponseMessage): SipResponse | undefined {
    const original = this.parts.messages.original(message);
    return original?.kind === "response" ? original : undefined;
  }

  #reply(effect: Extract<CallEffect, { kind: "reply" }>): void {
    const uas = this.#uas;
    const request = this.#transaction?.request;
    if (uas === undefined || request === undefined) return;
    const { status } = effect;
    const { settings, runtime } = this.parts;
    this.run(() => {
      if (status < 200) uas.progress({ statusCode: status });
      else if (status < 300) {
        const lines = acceptLines(timerAsked(request), settings.sessionExpiresSec, runtime.clock.wall());
        const { session } = uas.accept({
          statusCode: status,
          extraHeaders: printed(lines),
          ...withBody(effect.sdp),
        });
        this.#session = session as SessionDialog; // what a core's sessions are
        this.#session.delegate = this.#dialogUser.delegate(this);
        const inside = this.#session as unknown as {
          dialogState: { localSequenceNumber: number | undefined };
        };
        inside.dialogState.localSequenceNumber ??= sequenceBefore; // sip.js begins at 1
      } else if (status < 400) {
        const { messages, record } = this.parts;
        uas.redirect([messages.uri(`<${effect.contact ?? ""}>`)], {
          statusCode: status,
          extraHeaders: printed([divertedLine(record)]),
        });
      } else {
        const warning = effect.warning === undefined ? [] : [warningLine(effect.warning)];
        uas.reject({ statusCode: status, extraHeaders: printed(warning) });
      }
    });
  }

  #reinvite(sdp: Uint8Array | undefined): void {
    const { state } = this;
    const timer = state.kind === "confirmed" ? state.timer : undefined;
    const outside = (act: () => void): void => this.parts.host.outside(act);
    const rejected = ({ message }: { message: IncomingResponseMessage }): void =>
      outside(() => this.send({ kind: "rerejected", status: message.statusCode ?? 500 }));
    const sent = this.run(() =>
      this.#session?.invite(
        {
          onAccept: ({ message, ack }) =>
            outside(() => {
              if (this.#session !== undefined) refreshTarget(this.#session, message);
              this.#reack = () => this.run(() => ack());
              const response = this.#responseOf(message);
              const granted =
                response === undefined ? undefined : timerGranted(response, this.parts.runtime.clock.now());
              this.send({
                kind: "reaccepted",
                sdp: response === undefined ? undefined : sdpOf(response),
                timer: granted,
              });
            }),
          onRedirect: rejected,
          onReject: rejected,
        },
        { extraHeaders: printed(reinviteLines(timer)), ...withBody(sdp) },
      ),
    );
    // A re-INVITE of theirs is open: as a glare, it is tried again.
    if (sent === undefined) this.send({ kind: "rerejected", status: 491 });
  }

  /** A re-INVITE of theirs. */
  reinvited(uas: IncomingInviteRequest, offer: Extract<CallEvent, { kind: "reoffered" }>["offer"]): void {
    this.#reuas = uas;
    this.send({ kind: "reoffered", offer, timer: undefined });
  }

  #rereply(effect: Extract<CallEffect, { kind: "rereply" }>): void {
    const uas = this.#reuas;
    const warning = effect.warning === undefined ? [] : [warningLine(effect.warning)];
    this.run(() => {
      if (effect.status < 300)
        uas?.accept({
          statusCode: effect.status,
          extraHeaders: printed([contactPlace]),
          ...withBody(effect.sdp),
        });
      else uas?.reject({ statusCode: effect.status, extraHeaders: printed(warning) });
    });
  }
}

export const legKey = (callId: string, localTag: string): string => `${callId};${localTag}`;

const withBody = (sdp: Uint8Array | undefined): { body?: Body } => {
  const body = bodyOf(sdp);
  return body === undefined ? {} : { body };
};

function bodyOf(sdp: Uint8Array | undefined): Body | undefined {
  if (sdp === undefined) return undefined;
  return { contentDisposition: "session", contentType: "application/sdp", content: latin1(sdp) };
}

/** "…the 2xx … moves the remote target" (RFC 3261 §12.2.1.2): sip.js does so only for requests of the peer. */
function refreshTarget(dialog: SessionDialog, message: IncomingResponseMessage): void {
  const contact = message.parseHeader("Contact") as { uri: unknown } | undefined; // filled in by to-core.ts
  const inside = dialog as unknown as { dialogState: { remoteTarget: unknown } };
  if (contact !== undefined) inside.dialogState.remoteTarget = contact.uri;
}

/** A request of theirs, as ours. */
export function requestOf(
  messages: CoreMessages,
  message: Parameters<CoreMessages["original"]>[0],
): SipRequest | undefined {
  const original: SipMessage | undefined = messages.original(message);
  return original?.kind === "request" ? original : undefined;
}
