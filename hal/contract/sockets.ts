// UDP, TCP and TLS once the phone has an address.
import type { HalError } from "./errors.ts";
import type { Ip4 } from "./network.ts";
import type { Stream } from "./stream.ts";
import type { MonoMs } from "./time.ts";

/** Where a datagram or connection goes to or comes from. The address may be IPv6 on parsing, not on sending yet. */
export interface Endpoint {
  readonly address: Ip4;
  readonly port: number;
}

/** How packets are marked. DSCP 0–63; priority is the 802.1p value 0–7 where the traffic is tagged. */
export interface Marking {
  readonly dscp: number;
  readonly priority?: number;
}

export interface UdpOptions {
  /** Local port; 0 or absent: any free one. */
  readonly port?: number;
  readonly marking?: Marking;
  /** May send to a broadcast address. */
  readonly canBroadcast?: boolean;
  /** Multicast groups to join. */
  readonly groups?: readonly Ip4[];
}

export interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: Endpoint;
  /** The local address it was sent to: own, broadcast or group; undefined where the platform cannot tell. */
  readonly to: Ip4 | undefined;
  readonly at: MonoMs;
}

/** A datagram that could not be delivered: an ICMP error came back for `to`. */
export interface UdpFailure {
  readonly to: Endpoint;
  readonly error: HalError;
}

export interface UdpSocket {
  readonly localPort: number;
  readonly datagrams: Stream<Datagram>;
  /** ICMP errors for datagrams this socket sent. */
  readonly failures: Stream<UdpFailure>;
  /** Never blocks; a datagram that the kernel refuses at once is reported in `failures`. */
  send(bytes: Uint8Array, to: Endpoint): void;
  close(): void;
}

/** Why a connection is over. */
export type CloseReason =
  | { readonly kind: "finished" }
  | { readonly kind: "failed"; readonly error: HalError };

/** A byte stream. Chunks that arrive before the first subscriber are kept for it. */
export interface Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly chunks: Stream<Uint8Array>;
  /** Once, when the peer closed, the connection broke, or `close` finished. */
  readonly closed: Stream<CloseReason>;
  /** Queues all of `bytes` as one write: it leaves in one segment where it fits. */
  write(bytes: Uint8Array): void;
  /** Bytes queued and not yet taken by the kernel. */
  readonly queuedBytes: number;
  /** FIN after what is queued. */
  close(): void;
  /** RST at once. */
  reset(): void;
}

export interface ConnectOptions {
  readonly timeoutMs: number;
  readonly marking?: Marking;
  readonly signal: AbortSignal;
}

export interface TlsOptions extends ConnectOptions {
  /** Name the certificate must carry, also sent as SNI where it is no address. */
  readonly serverName: string;
  /** PEM certificates trusted beside the built-in set. */
  readonly trusted: readonly string[];
  readonly alpn?: readonly string[];
}

/** What a TLS peer proved. */
export interface PeerCertificate {
  /** SHA-256 of the DER form, lower-case hex. */
  readonly fingerprint: string;
  readonly subject: string;
  readonly validFromUnixMs: number;
  readonly validToUnixMs: number;
}

/** A listening socket. Nothing listens unless configuration says so. */
export interface Listener {
  readonly local: Endpoint;
  readonly connections: Stream<Connection>;
  close(): void;
}

export interface Sockets {
  /** HalError `busy` when the port is taken, `unreachable` without an address. */
  openUdp(options: UdpOptions): UdpSocket;
  /** Rejects with HalError `refused`, `unreachable` or `timeout`, or with the signal's reason. */
  connectTcp(to: Endpoint, options: ConnectOptions): Promise<Connection>;
  /** As connectTcp; a certificate that does not check out is HalError `denied` naming what was wrong. */
  connectTls(to: Endpoint, options: TlsOptions): Promise<{ connection: Connection; peer: PeerCertificate }>;
  listenTcp(port: number, options: { signal: AbortSignal }): Promise<Listener>;
}
