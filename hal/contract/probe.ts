// Asking the network itself: echo requests and the path to a host, for a person at the console.
import type { Ip4 } from "./network.ts";

/** What came back for one probe. */
export type ProbeAnswer =
  | { readonly kind: "reply"; readonly tookMs: number }
  /** A router on the way let it die: TTL used up. */
  | { readonly kind: "expired"; readonly from: Ip4; readonly tookMs: number }
  | { readonly kind: "unreachable"; readonly from: Ip4 | undefined }
  | { readonly kind: "silent" };

export interface ProbeRequest {
  readonly to: Ip4;
  /** Payload bytes, 0–1480. */
  readonly sizeBytes: number;
  readonly timeoutMs: number;
  /** Hops it may take; 64 unless told. */
  readonly ttl?: number;
  readonly signal: AbortSignal;
}

/** ICMP echo. HalError `unsupported` where the platform cannot, `unreachable` without an address. */
export interface Prober {
  probe(request: ProbeRequest): Promise<ProbeAnswer>;
}
