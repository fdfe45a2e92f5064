// Name look-ups, HTTP and digests: what the runtime already does well, behind interfaces.
import type { Ip4 } from "./network.ts";

export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly regexp: string;
  readonly replacement: string;
}

/** Answers with how long they hold; ttlSec is undefined where the platform does not say. */
export interface Answer<T> {
  readonly records: readonly T[];
  readonly ttlSec: number | undefined;
}

/** DNS. HalError `not-found` (no such name or record), `timeout`, `unreachable` (no server set). */
export interface Resolver {
  /** The servers to ask, in order; from DHCP or the configuration. */
  setServers(servers: readonly Ip4[]): void;
  resolveA(name: string, options: { signal: AbortSignal }): Promise<Answer<Ip4>>;
  resolveSrv(name: string, options: { signal: AbortSignal }): Promise<Answer<SrvRecord>>;
  resolveNaptr(name: string, options: { signal: AbortSignal }): Promise<Answer<NaptrRecord>>;
}

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Plain HTTP goes here, with the whole URL in the request line (RFC 9112 §3.2.2); https is not sent through it. */
  readonly proxy?: { readonly host: string; readonly port: number };
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** For connecting, and again for the whole answer. */
  readonly timeoutMs: number;
  /** A longer answer is HalError `io`. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Plain and TLS HTTP/1.1. Redirects are not followed. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResponse>;
}

export type DigestAlgorithm = "md5" | "sha1" | "sha256" | "sha512" | "sha512-256";

/** Digests over bytes. */
export interface Digests {
  digest(algorithm: DigestAlgorithm, bytes: Uint8Array): Uint8Array;
  hmac(algorithm: DigestAlgorithm, key: Uint8Array, bytes: Uint8Array): Uint8Array;
}
