// A way to one peer: where messages go to and come from. UDP, or a connection.
import type { SipMessage } from "#firmware/sip/message/message.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";

export type TransportName = "UDP" | "TCP" | "TLS";

export interface Flow {
  readonly transport: TransportName;
  readonly remote: Endpoint;
  /** Nothing is lost or doubled on the way: no retransmission. */
  readonly isReliable: boolean;
  /** What Via and Contact say about us there, `192.0.2.7:5060`. */
  readonly sentBy: string;
  /** Never blocks. What cannot be delivered is reported by the transport as `unreachable`. */
  send(message: SipMessage): void;
}

/** A message that came in, stamped with where it came from, and the way back. */
export interface Arrival<M extends SipMessage = SipMessage> {
  readonly message: M;
  /** Where a response to this request goes (RFC 3261 §18.2.2); for a response: where it came from. */
  readonly flow: Flow;
  readonly source: Endpoint;
}
