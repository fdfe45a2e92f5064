// The dialog of a call that is up: re-INVITE, BYE, REFER, NOTIFY from here, and what sip.js does not keep of it itself.
import type { Body, IncomingResponseMessage, SessionDialog } from "sip.js/lib/core/index.js";
import type { HeaderLine } from "#firmware/sip/message/message.ts";
import { latin1 } from "#firmware/wire/bytes.ts";
import { contactPlace, printed, reinviteLines } from "./lines.ts";
import type { Owner } from "./parts.ts";
import { sdpOf, timerGranted } from "./wishes.ts";

/** Fields of a dialog that sip.js's types keep to themselves. */
interface DialogInside {
  readonly dialogState: { remoteTarget: unknown; remoteSequenceNumber: number | undefined };
}

const insideOf = (session: SessionDialog): DialogInside => session as unknown as DialogInside;

/** "…the 2xx … moves the remote target" (RFC 3261 §12.2.1.2): sip.js does so only for requests of the peer. */
export function refreshTarget(session: SessionDialog, message: IncomingResponseMessage): void {
  const contact = message.parseHeader("Contact") as { uri: unknown } | undefined; // filled in by to-core.ts
  if (contact !== undefined) insideOf(session).dialogState.remoteTarget = contact.uri;
}

/** A session description as sip.js takes it. */
export function sdpBody(sdp: Uint8Array | undefined): Body | undefined {
  if (sdp === undefined) return undefined;
  return { contentDisposition: "session", contentType: "application/sdp", content: latin1(sdp) };
}

/** The part of sip.js's options that is the session description; nothing for none. */
export function withBody(sdp: Uint8Array | undefined): { body?: Body } {
  const body = sdpBody(sdp);
  return body === undefined ? {} : { body };
}

/** One confirmed dialog. */
export class CallDialog {
  readonly session: SessionDialog;
  readonly #owner: Owner;
  #reack: (() => void) | undefined;

  constructor(owner: Owner, session: SessionDialog) {
    this.#owner = owner;
    this.session = session;
  }

  bye(lines: readonly HeaderLine[]): void {
    this.#owner.run(() => this.session.bye(undefined, { extraHeaders: printed(lines) }));
  }

  reinvite(sdp: Uint8Array | undefined): void {
    const owner = this.#owner;
    const timer = owner.state.kind === "confirmed" ? owner.state.timer : undefined;
    const outside = (act: () => void): void => owner.parts.host.outside(act);
    const rejected = ({ message }: { message: IncomingResponseMessage }): void =>
      outside(() => owner.send({ kind: "rerejected", status: message.statusCode ?? 500 }));
    const delegate = {
      onAccept: ({ message, ack }: { message: IncomingResponseMessage; ack: () => unknown }): void =>
        outside(() => this.#reaccepted(message, () => owner.run(ack))),
      onRedirect: rejected,
      onReject: rejected,
    };
    const options = { extraHeaders: printed(reinviteLines(timer)), ...withBody(sdp) };
    // sip.js refuses while a re-INVITE of theirs is open: as a glare, it is tried again.
    if (owner.run(() => this.session.invite(delegate, options)) === undefined)
      owner.send({ kind: "rerejected", status: 491 });
  }

  /** The ACK of the 2xx to a re-INVITE. */
  reack(): void {
    this.#reack?.();
    this.#reack = undefined;
  }

  #reaccepted(message: IncomingResponseMessage, ack: () => void): void {
    refreshTarget(this.session, message);
    this.#reack = ack;
    const { messages, runtime } = this.#owner.parts;
    const response = messages.original(message);
    if (response?.kind !== "response") return;
    const timer = timerGranted(response, runtime.clock.now());
    this.#owner.send({ kind: "reaccepted", sdp: sdpOf(response), timer });
  }

  /** Asks the other side to call somebody (RFC 3515). */
  refer(lines: readonly HeaderLine[], answered: (status: number) => void): void {
    const outside = ({ message }: { message: IncomingResponseMessage }): void =>
      this.#owner.parts.host.outside(() => answered(message.statusCode ?? 500));
    const delegate = { onAccept: outside, onRedirect: outside, onReject: outside };
    const extraHeaders = printed([contactPlace, ...lines]);
    if (this.#owner.run(() => this.session.refer(delegate, { extraHeaders })) === undefined) answered(481);
  }

  /** Tells the other side how a referred call fares. */
  notifyPeer(lines: readonly HeaderLine[], fragment: string): void {
    const contentType = "message/sipfrag;version=2.0";
    const body: Body = { contentDisposition: "render", contentType, content: fragment };
    const extraHeaders = printed([contactPlace, ...lines]);
    this.#owner.run(() => this.session.notify(undefined, { extraHeaders, body }));
  }

  /** True if a request with this CSeq may come now; it counts then (RFC 3261 §12.2.2). For methods sip.js does not know. */
  takeSequence(number: number): boolean {
    const { dialogState } = insideOf(this.session);
    const before = dialogState.remoteSequenceNumber;
    if (before !== undefined && number <= before) return false;
    dialogState.remoteSequenceNumber = number;
    return true;
  }

  /** Where requests of the dialog go from now on. */
  moveTarget(uri: string): void {
    insideOf(this.session).dialogState.remoteTarget = this.#owner.parts.messages.uri(uri);
  }
}
