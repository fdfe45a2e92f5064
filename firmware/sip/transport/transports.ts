// Every transport of the phone behind one door: flows to targets, messages that arrive, peers that cannot be reached.
import type { Runtime } from "#firmware/runtime/runner.ts";
import type { Target } from "#firmware/sip/locate.ts";
import type { SipSettings } from "#firmware/sip/settings.ts";
import type { Sockets } from "#hal/contract/sockets.ts";
import type { Flow } from "./flow.ts";
import { StreamTransport } from "./streams.ts";
import { type TransportUser, UdpTransport } from "./udp.ts";

export interface TransportsOptions {
  readonly runtime: Runtime;
  readonly sockets: Sockets;
  readonly settings: SipSettings;
  readonly user: TransportUser;
  readonly signal: AbortSignal;
  /** Address and port for Via and Contact over UDP. */
  sentBy(): string;
  /** PEM certificates trusted beside the built-in set. */
  trusted(): readonly string[];
  /** Replaces the own address there; undefined: nothing does. */
  publicAddress(): string | undefined;
}

/** The phone's transports. */
export class Transports {
  readonly #udp: UdpTransport;
  readonly #streams: StreamTransport;

  /** HalError `busy` when the control port is taken. */
  constructor(options: TransportsOptions) {
    const { runtime, sockets, settings, user, signal, sentBy, publicAddress, trusted } = options;
    const { controlPort, isSourcePortFixed, marking } = settings;
    this.#udp = new UdpTransport({ sockets, controlPort, isSourcePortFixed, marking, user, signal, sentBy });
    this.#streams = new StreamTransport({ runtime, sockets, marking, trusted, user, signal, publicAddress });
  }

  /** At once for UDP and for a connection that is there. Rejects with HalError. */
  flowTo(target: Target): Flow | Promise<Flow> {
    return target.transport === "UDP" ? this.#udp.flowTo(target.endpoint) : this.#streams.flowTo(target);
  }

  /** Keeps a NAT's binding, or a connection, towards a registrar open. */
  keepAlive(target: Pick<Target, "transport" | "endpoint">): void {
    if (target.transport === "UDP") this.#udp.keepAlive(target.endpoint);
    else this.#streams.keepAlive(target.transport, target.endpoint);
  }
}
