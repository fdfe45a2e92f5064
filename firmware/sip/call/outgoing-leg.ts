// The INVITE of ours: sent, proved, cancelled, and the dialogs its answers make (RFC 3261 §13.2).
import type {
  IncomingResponseMessage,
  InviteUserAgentClient,
  OutgoingInviteRequestDelegate,
  Session,
  SessionDialog,
} from "sip.js/lib/core/index.js";
import type { Target } from "#firmware/sip/locate.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, line, type SipResponse } from "#firmware/sip/message/message.ts";
import { readable } from "#firmware/sip/message/octets.ts";
import { refreshTarget, sdpBody } from "./dialog.ts";
import { inviteLines, printed } from "./lines.ts";
import { type OutgoingParts, type Owner, sequenceBefore } from "./parts.ts";
import { calleeOf } from "./party.ts";
import type { Attempt } from "./state.ts";
import { adviceOf, alertInfoOf, requires, sdpOf, timerGranted, warningOf } from "./wishes.ts";

/** A dialog an answer made. */
interface Answered {
  readonly session: SessionDialog;
  ack(): void;
}

/** The caller's side of a call. */
export class OutgoingLeg {
  readonly outgoing: OutgoingParts;
  readonly #owner: Owner;
  readonly #answered = new Map<string, Answered>();
  #targets: readonly Target[] = [];
  #attempt: Attempt | undefined;
  #cseq = sequenceBefore;
  #uac: InviteUserAgentClient | undefined;

  constructor(owner: Owner, outgoing: OutgoingParts) {
    this.#owner = owner;
    this.outgoing = outgoing;
  }

  /** Where the INVITE goes; in a dialog the route set decides. */
  get targets(): readonly Target[] {
    return this.#targets;
  }

  /** The INVITE goes to this one now: if it is sent again, corrected or with a proof, those before it are left out. */
  trying({ endpoint }: Target): void {
    const at = this.#targets.findIndex((target) => target.endpoint === endpoint);
    if (at > 0) this.#targets = this.#targets.slice(at);
  }

  invite(attempt: Attempt, sdp: Uint8Array | undefined): void {
    const isSamePlace = this.#attempt?.uri === attempt.uri && this.#attempt.proxy === attempt.proxy;
    this.#attempt = attempt;
    const found = isSamePlace ? this.#targets : this.outgoing.targetsOf(attempt);
    if (!(found instanceof Promise)) {
      this.#inviteAt(found, attempt, sdp);
      return;
    }
    const { signal, runtime } = this.#owner.parts;
    found.then(
      (targets) => {
        if (this.#owner.state.kind === "cancelling") this.#refusedHere(487);
        else this.#inviteAt(targets, attempt, sdp);
      },
      (error: unknown) => {
        if (!signal.aborted) runtime.fail("sip call", error);
      },
    );
  }

  cancel(): void {
    this.#owner.parts.core.outgoingOf(this.#uac?.message.branch ?? "")?.cancel();
  }

  /** Acknowledges a dialog's 2xx; the dialog. */
  acknowledge(dialog: string): SessionDialog | undefined {
    const answered = this.#answered.get(dialog);
    answered?.ack();
    return answered?.session;
  }

  /** A final response nobody sent. */
  #refusedHere(status: number): void {
    const advice = { contacts: [], unsupported: [], leastSessionSec: 0, retryAfterSec: undefined };
    this.#owner.send({ kind: "rejected", status, reason: "", isLocal: true, advice });
  }

  #inviteAt(targets: readonly Target[], attempt: Attempt, sdp: Uint8Array | undefined): void {
    const { core, settings, runtime, messages } = this.#owner.parts;
    const { callId, fromTag, fromUri, fromName, toUri, lines } = this.outgoing;
    if (targets.length === 0) {
      this.#refusedHere(404);
      return;
    }
    this.#targets = targets;
    this.#cseq = Math.max(this.#cseq, this.#uac?.message.cseq ?? 0) + 1;
    const extra = printed([...inviteLines(settings, attempt, runtime.clock.wall()), ...lines]);
    const options = { callId, fromTag, fromDisplayName: fromName, cseq: this.#cseq };
    this.#uac = this.#owner.run(() => {
      const { uri } = messages;
      const message = core.core.makeOutgoingRequestMessage(
        "INVITE",
        uri(attempt.uri),
        uri(fromUri),
        uri(toUri),
        options,
        extra,
        sdpBody(sdp),
      );
      return core.core.invite(message, this.#delegate()) as InviteUserAgentClient; // that is what a core makes
    });
  }

  #delegate(): OutgoingInviteRequestDelegate {
    const { host } = this.#owner.parts;
    const trying = {
      kind: "progress",
      status: 100,
      dialog: "",
      sdp: undefined,
      alertInfo: undefined,
    } as const;
    return {
      onTrying: () => host.outside(() => this.#owner.send(trying)),
      onProgress: ({ message, session, prack }) =>
        host.outside(() => this.#progressed(message, session, prack)),
      onAccept: ({ message, session, ack }) =>
        host.outside(() => this.#accepted(message, session, () => ack())),
      onRedirect: ({ message }) => host.outside(() => this.#rejected(message)),
      onReject: ({ message }) => host.outside(() => this.#rejected(message)),
    };
  }

  #progressed(
    message: IncomingResponseMessage,
    session: Session,
    prack: (options: { extraHeaders: string[] }) => unknown,
  ): void {
    const response = this.#responseOf(message);
    if (response === undefined) return;
    if (requires(response, "100rel")) {
      const responseNumber = firstOf(response, headers.responseNumber) ?? 0;
      const sequence = firstOf(response, headers.cseq) ?? { number: 0, method: "INVITE" };
      const rack = line(headers.rack, { responseNumber, sequence });
      this.#owner.run(() => prack({ extraHeaders: printed([rack]) }));
    }
    const { status } = response;
    const alertInfo = alertInfoOf(response);
    this.#owner.send({ kind: "progress", status, dialog: session.id, sdp: sdpOf(response), alertInfo });
  }

  #accepted(message: IncomingResponseMessage, session: Session, ack: () => void): void {
    const response = this.#responseOf(message);
    if (response === undefined) return;
    const dialog = session as SessionDialog; // what a core's sessions are
    dialog.delegate = this.#owner.delegate();
    refreshTarget(dialog, message);
    this.#answered.set(session.id, { session: dialog, ack: () => this.#owner.run(ack) });
    const { settings, runtime } = this.#owner.parts;
    this.#owner.send({
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
    const isLocal = !this.#owner.parts.core.isFromNetwork(response);
    this.#owner.send({
      kind: "rejected",
      status,
      reason: readable(warningOf(response) ?? reason),
      isLocal,
      advice: adviceOf(response),
    });
  }

  #responseOf(message: IncomingResponseMessage): SipResponse | undefined {
    const original = this.#owner.parts.messages.original(message);
    return original?.kind === "response" ? original : undefined;
  }
}
