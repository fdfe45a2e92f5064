// A gateway of the telephone network in front of the site: a scripted SIP peer with sound, which does what a ladder says.
import { headers } from "#firmware/sip/message/headers.ts";
import { type SipMessage, soleOf, tagOf } from "#firmware/sip/message/message.ts";
import type { Sockets } from "#hal/contract/sockets.ts";
import type { Clock } from "#hal/contract/time.ts";
import { LabMedia } from "#test/lab/sip/rtp-echo.ts";
import { type AskParts, Peer, peerSdp } from "#test/unit/sip/peer.ts";

export const gatewayAddress = "10.77.110.30";
const mediaPort = 4000;

/** Who the gateway talks to. */
export interface Called {
  readonly number: string;
  readonly address: string;
}

/** One call of its own after the other; calls to it are answered through `peer`. */
export class Gateway {
  readonly peer: Peer;
  readonly media: LabMedia;
  #calls = 0;
  #parts: AskParts = {};

  constructor(sockets: Sockets, clock: Clock, signal: AbortSignal) {
    this.peer = new Peer({ host: () => sockets }, clock, gatewayAddress);
    this.media = new LabMedia(sockets, clock, mediaPort);
    this.media.setEchoing(false);
    signal.addEventListener("abort", () => this.media.close(), { once: true });
  }

  /** Its session description. */
  get sdp(): string {
    return peerSdp({ address: gatewayAddress, port: mediaPort });
  }

  /** What is said from now on goes to this phone. */
  face(called: Called): void {
    this.peer.target = { address: called.address, port: 5060 };
  }

  /** INVITE to a phone. */
  invite(called: Called, more: AskParts = {}): void {
    this.face(called);
    const uri = `sip:${called.number}@${called.address}:5060;user=phone`;
    this.#parts = {
      callId: `gateway-${++this.#calls}@${gatewayAddress}`,
      branch: `z9hG4bKgateway${this.#calls}`,
      from: `"PBX" <sip:2000@${gatewayAddress}>`,
      to: uri,
      uri,
      sdp: this.sdp,
      ...more,
    };
    this.peer.ask("INVITE", this.#parts);
  }

  /** The ACK of a 2xx is of the dialog, that of another response of the transaction (RFC 3261 §17.1.1.3). */
  ack(): void {
    const last = this.#lastResponse("INVITE");
    const isAccepted = last.kind === "response" && last.status < 300;
    const { sdp: _, branch = "", ...parts } = this.#parts;
    this.peer.ask("ACK", {
      ...parts,
      toTag: tagOf(last, headers.to) ?? "",
      branch: isAccepted ? `${branch}ack` : branch,
      lines: [],
    });
  }

  cancel(): void {
    const { sdp: _, ...parts } = this.#parts;
    this.peer.ask("CANCEL", { ...parts, lines: [] });
  }

  bye(): void {
    const { sdp: _, branch = "", ...parts } = this.#parts;
    const toTag = tagOf(this.#lastResponse("INVITE"), headers.to) ?? "";
    this.peer.ask("BYE", { ...parts, toTag, cseq: 2, branch: `${branch}bye`, lines: [] });
  }

  /** Plays the milliwatt to where the phone's newest session description wants it. */
  play(): void {
    const body = this.peer.got
      .map(({ message }) => new TextDecoder().decode(message.body))
      .findLast((text) => text.includes("m=audio"));
    const [, address = ""] = /c=IN IP4 (\S+)/.exec(body ?? "") ?? [];
    const [, port = ""] = /m=audio (\d+)/.exec(body ?? "") ?? [];
    this.media.play({ address, port: Number(port) });
  }

  #lastResponse(method: string): SipMessage {
    const found = this.peer.got.findLast(
      ({ message }) =>
        message.kind === "response" &&
        soleOf(message, headers.cseq).method === method &&
        soleOf(message, headers.callId) === this.#parts.callId,
    );
    if (found === undefined)
      throw new Error(`no response to ${method}; there are: ${this.peer.kinds.join(" ")}`);
    return found.message;
  }
}
