// Digest access authentication for SIP: RFC 8760 over RFC 7616 and RFC 2617. Pure; texts are octets.
import { headers } from "#firmware/sip/message/headers.ts";
import { type SipResponse, valuesOf } from "#firmware/sip/message/message.ts";
import { quoted } from "#firmware/sip/message/parameters.ts";
import type { AuthValue } from "#firmware/sip/message/values.ts";
import { fromLatin1 } from "#firmware/wire/bytes.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { DigestAlgorithm, Digests } from "#hal/contract/names.ts";

/** Who we are to a realm. Octets. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A challenge this phone can answer. */
export interface Challenge {
  /** From 407: answered in Proxy-Authorization. */
  readonly isProxy: boolean;
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  /** As the server wrote it; undefined when it wrote none, which means MD5. */
  readonly algorithm: string | undefined;
  readonly qop: "auth" | "auth-int" | undefined;
  readonly isStale: boolean;
}

const hashes: Readonly<Record<string, DigestAlgorithm>> = {
  md5: "md5",
  "sha-256": "sha256",
  "sha-512-256": "sha512-256",
};

const plain = (algorithm: string | undefined): string =>
  (algorithm ?? "md5").toLowerCase().replace(/-sess$/, "");
const isSession = (algorithm: string | undefined): boolean => /-sess$/i.test(algorithm ?? "");

/** Undefined for a scheme, an algorithm or a quality of protection nobody here knows: such a challenge is ignored. */
export function readChallenge(value: AuthValue, isProxy: boolean): Challenge | undefined {
  const { scheme, parameters } = value;
  const realm = parameters.get("realm");
  const nonce = parameters.get("nonce");
  const algorithm = parameters.get("algorithm");
  if (scheme !== "digest" || realm === undefined || nonce === undefined) return undefined;
  if (hashes[plain(algorithm)] === undefined) return undefined;
  const offered = parameters
    .get("qop")
    ?.split(",")
    .map((option) => option.trim().toLowerCase());
  const qop = offered?.includes("auth") ? "auth" : offered?.includes("auth-int") ? "auth-int" : undefined;
  if (offered !== undefined && qop === undefined) return undefined;
  const isStale = parameters.get("stale")?.toLowerCase() === "true";
  return { isProxy, realm, nonce, opaque: parameters.get("opaque"), algorithm, qop, isStale };
}

/**
 * The challenges of a 401 or 407 that can be answered, one per realm: the topmost of several, as RFC 8760 §2.4 wants
 * it. A challenge that cannot even be read is ignored like one that is not understood.
 */
export function challengesOf(response: SipResponse): readonly Challenge[] {
  const found: Challenge[] = [];
  for (const type of [headers.wwwAuthenticate, headers.proxyAuthenticate]) {
    const isProxy = type === headers.proxyAuthenticate;
    for (const line of response.headers) {
      if (line.id !== type.id) continue;
      const challenge = readable(() => readChallenge(type.parse(line.value), isProxy));
      const isKnown = found.some(
        ({ realm, isProxy: other }) => realm === challenge?.realm && other === isProxy,
      );
      if (challenge !== undefined && !isKnown) found.push(challenge);
    }
  }
  return found;
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** The request that is to be vouched for. */
export interface Vouched {
  readonly method: string;
  readonly uri: string;
  readonly body: Uint8Array;
}

/** What changes from one use of a nonce to the next. */
export interface NonceUse {
  /** 1 for the first use of the nonce. */
  readonly count: number;
  readonly clientNonce: string;
}

/** The response value: lower-case hex (RFC 7616 §3.4.1). */
export function digestResponse(
  challenge: Challenge,
  credentials: Credentials,
  vouched: Vouched,
  use: NonceUse,
  digests: Digests,
): string {
  const algorithm = hashes[plain(challenge.algorithm)] ?? "md5";
  const hashBytes = (bytes: Uint8Array): string =>
    Array.from(digests.digest(algorithm, bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const hash = (text: string): string => hashBytes(fromLatin1(text));
  const secret = hash(`${credentials.username}:${challenge.realm}:${credentials.password}`);
  const a1 = isSession(challenge.algorithm)
    ? hash(`${secret}:${challenge.nonce}:${use.clientNonce}`)
    : secret;
  const entity = challenge.qop === "auth-int" ? `:${hashBytes(vouched.body)}` : "";
  const a2 = hash(`${vouched.method}:${vouched.uri}${entity}`);
  const middle =
    challenge.qop === undefined
      ? challenge.nonce
      : `${challenge.nonce}:${nonceCount(use.count)}:${use.clientNonce}:${challenge.qop}`;
  return hash(`${a1}:${middle}:${a2}`);
}

const nonceCount = (count: number): string => count.toString(16).padStart(8, "0");

/** The value of Authorization or Proxy-Authorization: qop, nc and algorithm unquoted (RFC 3261 §22.4, RFC 7616 §3.4). */
export function credentialsValue(
  challenge: Challenge,
  credentials: Credentials,
  vouched: Vouched,
  use: NonceUse,
  digests: Digests,
): string {
  const response = digestResponse(challenge, credentials, vouched, use, digests);
  const parts = [
    `username=${quoted(credentials.username)}`,
    `realm=${quoted(challenge.realm)}`,
    `nonce=${quoted(challenge.nonce)}`,
    `uri=${quoted(vouched.uri)}`,
    `response="${response}"`,
  ];
  if (challenge.algorithm !== undefined) parts.push(`algorithm=${challenge.algorithm}`);
  if (challenge.qop !== undefined || isSession(challenge.algorithm))
    parts.push(`cnonce="${use.clientNonce}"`);
  if (challenge.opaque !== undefined) parts.push(`opaque=${quoted(challenge.opaque)}`);
  if (challenge.qop !== undefined) parts.push(`qop=${challenge.qop}`, `nc=${nonceCount(use.count)}`);
  return `Digest ${parts.join(", ")}`;
}

/** The nonce for next time, from Authentication-Info of a 2xx (RFC 7616 §3.5). */
export function nextNonceOf(response: SipResponse): string | undefined {
  const info = valuesOf(response, headers.authenticationInfo)[0];
  return info === undefined ? undefined : /(?:^|[\s,])nextnonce\s*=\s*"([^"]*)"/i.exec(info)?.[1];
}
