// A scripted SIP peer for tests: raw datagrams in and out, nothing automatic.
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  linesOf,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from "#firmware/sip/message/message.ts";
import { parseMessage } from "#firmware/sip/message/parse.ts";
import type { UdpSocket } from "#hal/contract/sockets.ts";
import { Emitter } from "#hal/contract/stream.ts";
import type { Clock } from "#hal/contract/time.ts";
import type { Hub } from "./hub.ts";
import { phoneAddress } from "./phone.ts";

export const peerAddress = "192.0.2.9";

/** A usable SDP of a peer. */
export function peerSdp(
  more: {
    address?: string;
    port?: number;
    formats?: string;
    lines?: readonly string[];
    version?: number;
  } = {},
): string {
  const { address = peerAddress, port = 4000, formats = "0 8 101", lines = [], version = 1 } = more;
  return [
    "v=0",
    `o=peer 1 ${version} IN IP4 ${peerAddress}`,
    "s=-",
    `c=IN IP4 ${address}`,
    "t=0 0",
    `m=audio ${port} RTP/AVP ${formats}`,
    "a=rtpmap:101 telephone-event/8000",
    ...lines,
    "",
  ].join("\r\n");
}

export interface AnswerParts {
  readonly toTag?: string;
  readonly contact?: string | undefined;
  readonly lines?: readonly string[];
  readonly sdp?: string;
  readonly reason?: string;
}

export interface AskParts {
  readonly callId?: string;
  readonly cseq?: number;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly to?: string;
  readonly from?: string;
  readonly uri?: string;
  readonly branch?: string;
  readonly via?: string;
  readonly lines?: readonly string[];
  readonly sdp?: string;
  /** What `sdp` is, where it is another body. */
  readonly bodyType?: string;
}

/** One host that speaks SIP as the test says. */
export class Peer {
  readonly got: { readonly atMs: number; readonly message: SipMessage; readonly text: string }[] = [];
  /** The same as they come. */
  readonly arrived = new Emitter<SipMessage>();
  readonly address: string;
  readonly port: number;
  /** Where it sends to. */
  target = { address: phoneAddress, port: 5060 };
  readonly #socket: UdpSocket;
  #branch = 0;

  constructor(hub: Pick<Hub, "host">, clock: Clock, address = peerAddress, port = 5060) {
    this.address = address;
    this.port = port;
    this.#socket = hub.host(address).openUdp({ port });
    this.#socket.datagrams.subscribe(
      ({ bytes }) => {
        const text = new TextDecoder("latin1").decode(bytes);
        const message = parseMessage(bytes);
        this.got.push({ atMs: clock.now(), message, text });
        this.arrived.emit(message);
      },
      { signal: new AbortController().signal },
    );
  }

  /** Methods and statuses that came, in order. */
  get kinds(): readonly (string | number)[] {
    return this.got.map(({ message }) => (message.kind === "request" ? message.method : message.status));
  }

  requests(method: string): readonly SipRequest[] {
    return this.got.flatMap(({ message }) =>
      message.kind === "request" && message.method === method ? [message] : [],
    );
  }

  /** The newest request of a kind. */
  last(method: string): SipRequest {
    const found = this.requests(method).at(-1);
    if (found === undefined) throw new Error(`no ${method} among ${this.kinds.join(" ")}`);
    return found;
  }

  responses(status: number): readonly SipResponse[] {
    return this.got.flatMap(({ message }) =>
      message.kind === "response" && message.status === status ? [message] : [],
    );
  }

  send(text: string, to = this.target): void {
    this.#socket.send(Uint8Array.from(Buffer.from(text, "latin1")), to);
  }

  /** Answers a request that came. */
  answer(request: SipRequest, status: number, parts: AnswerParts = {}): void {
    const {
      toTag = "peer-tag",
      contact = `<sip:peer@${this.address}:${this.port}>`,
      lines = [],
      sdp,
    } = parts;
    const copied = [headers.via, headers.recordRoute, headers.from, headers.callId, headers.cseq].flatMap(
      (type) => linesOf(request, type).map(({ name, value }) => `${name}: ${value}`),
    );
    const to = linesOf(request, headers.to)[0]?.value ?? "";
    const isTagged =
      firstOf(request, headers.to)?.parameters.has("tag") === true || status === 100 || toTag === "";
    const body = sdp === undefined ? "" : sdp;
    this.send(
      [
        `SIP/2.0 ${status} ${parts.reason ?? "Whatever"}`,
        ...copied,
        `To: ${to}${isTagged ? "" : `;tag=${toTag}`}`,
        ...(contact === undefined || contact === "" ? [] : [`Contact: ${contact}`]),
        ...lines,
        ...(sdp === undefined ? [] : ["Content-Type: application/sdp"]),
        `Content-Length: ${body.length}`,
        "",
        body,
      ].join("\r\n"),
    );
  }

  /** Sends a request of the peer's. */
  ask(method: string, parts: AskParts = {}): void {
    const {
      callId = "peer-call@192.0.2.9",
      cseq = 1,
      fromTag = "peer-tag",
      to = "sip:100@192.0.2.1",
    } = parts;
    const branch = parts.branch ?? `z9hG4bKpeer${++this.#branch}`;
    const body = parts.sdp ?? "";
    this.send(
      [
        `${method} ${parts.uri ?? "sip:100@192.0.2.1:5060"} SIP/2.0`,
        `Via: ${parts.via ?? `SIP/2.0/UDP ${this.address}:${this.port};branch=${branch}`}`,
        "Max-Forwards: 70",
        `From: ${parts.from ?? `"Peer" <sip:200@${this.address}>`}${fromTag === "" ? "" : `;tag=${fromTag}`}`,
        `To: <${to}>${parts.toTag === undefined ? "" : `;tag=${parts.toTag}`}`,
        `Call-ID: ${callId}`,
        `CSeq: ${cseq} ${method}`,
        ...(parts.lines ?? [`Contact: <sip:peer@${this.address}:${this.port}>`]),
        ...(parts.sdp === undefined ? [] : [`Content-Type: ${parts.bodyType ?? "application/sdp"}`]),
        `Content-Length: ${body.length}`,
        "",
        body,
      ].join("\r\n"),
    );
  }
}
