// Every transport of the phone behind one door: flows to targets, messages that arrive, peers that cannot be reached.
import type { Target } from "#firmware/sip/locate.ts";
import type { SipSettings } from "#firmware/sip/settings.ts";
import type { Endpoint, Sockets } from "#hal/contract/sockets.ts";
import type { Flow } from "./flow.ts";
import { type TransportUser, UdpTransport } from "./udp.ts";

export interface TransportsOptions {
  readonly sockets: Sockets;
  readonly settings: SipSettings;
  readonly user: TransportUser;
  readonly signal: AbortSignal;
  /** Address and port for Via and Contact over UDP. */
  sentBy(): string;
}

/** The phone's transports. */
export class Transports {
  readonly #udp: UdpTransport;

  /** HalError `busy` when the control port is taken. */
  constructor(options: TransportsOptions) {
    const { sockets, settings, user, signal, sentBy } = options;
    const { controlPort, isSourcePortFixed, marking } = settings;
    this.#udp = new UdpTransport({ sockets, controlPort, isSourcePortFixed, marking, user, signal, sentBy });
  }

  flowTo(target: Target): Flow {
    return this.#udp.flowTo(target.endpoint);
  }

  /** Keeps a NAT's binding towards a registrar open. */
  keepAlive(remote: Endpoint): void {
    this.#udp.keepAlive(remote);
  }
}
