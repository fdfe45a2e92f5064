// SIP over UDP: one socket on the control port, and one for requests where their source port is not fixed.
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, type SipMessage } from "#firmware/sip/message/message.ts";
import { parseMessage } from "#firmware/sip/message/parse.ts";
import { printMessage } from "#firmware/sip/message/print.ts";
import type { Datagram, Endpoint, Marking, Sockets, UdpSocket } from "#hal/contract/sockets.ts";
import { responseTarget, stamped } from "./arrival.ts";
import type { Arrival, Flow } from "./flow.ts";
import { isKeepAlive } from "./noise.ts";

/** What every transport reports. */
export interface TransportUser {
  arrived(arrival: Arrival): void;
  /** Bytes that are no message; `error` is a WireError. */
  unreadable(error: unknown, source: Endpoint): void;
  unreachable(flow: { readonly transport: string; readonly remote: Endpoint }): void;
}

export interface UdpOptions {
  readonly sockets: Sockets;
  readonly controlPort: number;
  readonly isSourcePortFixed: boolean;
  readonly marking: Marking;
  readonly user: TransportUser;
  readonly signal: AbortSignal;
  /** Address and port for Via and Contact. */
  sentBy(): string;
}

/** UDP for the whole phone. */
export class UdpTransport {
  readonly #options: UdpOptions;
  readonly #listening: UdpSocket;
  readonly #sending: UdpSocket;
  #keepAlives = 0;

  /** HalError `busy` when the control port is taken. */
  constructor(options: UdpOptions) {
    this.#options = options;
    const { sockets, marking, controlPort, signal } = options;
    this.#listening = sockets.openUdp({ port: controlPort, marking });
    this.#sending = options.isSourcePortFixed ? this.#listening : sockets.openUdp({ marking });
    for (const socket of new Set([this.#listening, this.#sending])) {
      socket.datagrams.subscribe((datagram) => this.#receive(datagram, socket), { signal });
      socket.failures.subscribe(({ to }) => options.user.unreachable({ transport: "UDP", remote: to }), {
        signal,
      });
      signal.addEventListener("abort", () => socket.close(), { once: true });
    }
  }

  /** Keep-alives that were swallowed. */
  get keepAliveCount(): number {
    return this.#keepAlives;
  }

  /** The way to a peer for requests of ours. */
  flowTo(remote: Endpoint): Flow {
    return this.#flow(this.#sending, remote);
  }

  /** Two line ends: keeps a NAT's binding (RFC 5626 names STUN; registrars swallow this everywhere). */
  keepAlive(remote: Endpoint): void {
    this.#sending.send(new Uint8Array([0x0d, 0x0a, 0x0d, 0x0a]), remote);
  }

  #flow(socket: UdpSocket, remote: Endpoint): Flow {
    return {
      transport: "UDP",
      remote,
      isReliable: false,
      sentBy: this.#options.sentBy(),
      send: (message) => socket.send(printMessage(message), remote),
    };
  }

  #receive(datagram: Datagram, socket: UdpSocket): void {
    const { bytes, from } = datagram;
    if (isKeepAlive(bytes)) {
      this.#keepAlives++;
      return;
    }
    let message: SipMessage;
    try {
      message = parseMessage(bytes);
    } catch (error) {
      this.#options.user.unreadable(error, from);
      return;
    }
    if (message.kind === "response") {
      this.#options.user.arrived({ message, flow: this.#flow(socket, from), source: from });
      return;
    }
    const request = stamped(message, from);
    const flow = this.#flow(socket, responseTarget(request, from));
    this.#options.user.arrived({ message: request, flow, source: from });
  }
}

/** The public port a NAT gave us, from the top Via of a response; undefined where the peer does not tell. */
export function seenAs(response: SipMessage): { address: string | undefined; port: number | undefined } {
  const parameters = firstOf(response, headers.via)?.parameters;
  const port = Number(parameters?.get("rport") ?? "");
  return {
    address: parameters?.get("received"),
    port: Number.isInteger(port) && port > 0 ? port : undefined,
  };
}
