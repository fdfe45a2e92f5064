// What the phone has been asked to prove, for one registration or one call: a nonce per realm, counted up, renewed when
// stale, and given up when a realm refuses twice (RFC 3261 §22, RFC 8760).
import { hexDigits } from "#firmware/runtime/chance.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  type HeaderLine,
  rawLine,
  type SipRequest,
  type SipResponse,
} from "#firmware/sip/message/message.ts";
import type { Digests } from "#hal/contract/names.ts";
import type { Random } from "#hal/contract/random.ts";
import { type Challenge, type Credentials, challengesOf, credentialsValue, nextNonceOf } from "./digest.ts";

/** A server that finds nonce after nonce stale is broken. */
export const mostStaleInARow = 10;

/** What to do about a 401 or 407. */
export type Verdict =
  | { readonly kind: "retry" }
  /** A realm refused correct use of the password, or was never asked with one. */
  | { readonly kind: "refused"; readonly realm: string }
  /** Nothing in it can be answered. */
  | { readonly kind: "not-understood" }
  | { readonly kind: "endless-stale"; readonly realm: string };

interface Held {
  challenge: Challenge;
  uses: number;
  /** Answers with this nonce that were not refused yet are not known to be good. */
  isProven: boolean;
  staleInARow: number;
  /** Who asked: another server does not know this one's nonces. */
  readonly from: string;
}

/** One session's proofs. A session is a registration, or a call with all its requests (one Call-ID). */
export class Proofs {
  readonly #held = new Map<string, Held>();
  readonly #credentials: Credentials | undefined;
  readonly #digests: Digests;
  readonly #random: Random;

  constructor(credentials: Credentials | undefined, digests: Digests, random: Random) {
    this.#credentials = credentials;
    this.#digests = digests;
    this.#random = random;
  }

  /** Takes up the challenges of a 401 or 407 from server `from` to a request that carried what `lines` gave last. */
  challenged(response: SipResponse, from = ""): Verdict {
    const challenges = challengesOf(response);
    if (challenges.length === 0 || this.#credentials === undefined) return { kind: "not-understood" };
    for (const challenge of challenges) {
      const key = `${challenge.isProxy ? "proxy" : "server"} ${challenge.realm}`;
      const held = this.#held.get(key);
      if (held === undefined || held.from !== from || (held.isProven && !challenge.isStale)) {
        // A nonce that served before has run out: a server need not say stale (RFC 3261 §22.1 lets it challenge anew).
        this.#held.set(key, { challenge, uses: 0, isProven: false, staleInARow: 0, from });
        continue;
      }
      if (!challenge.isStale) return { kind: "refused", realm: challenge.realm };
      if (held.staleInARow + 1 >= mostStaleInARow) return { kind: "endless-stale", realm: challenge.realm };
      this.#held.set(key, { challenge, uses: 0, isProven: false, staleInARow: held.staleInARow + 1, from });
    }
    return { kind: "retry" };
  }

  /** A final response that is no challenge: what was sent is good, and Authentication-Info may bring a new nonce. */
  accepted(response: SipResponse): void {
    const nonce = nextNonceOf(response);
    for (const held of this.#held.values()) {
      if (held.uses === 0) continue;
      held.isProven = true;
      held.staleInARow = 0;
      if (nonce === undefined || held.challenge.isProxy) continue;
      held.challenge = { ...held.challenge, nonce };
      held.uses = 0;
    }
  }

  /** The proofs for a request, one line per realm; none before the first challenge. */
  lines(request: Pick<SipRequest, "method" | "uri" | "body">): readonly HeaderLine[] {
    const credentials = this.#credentials;
    if (credentials === undefined) return [];
    return [...this.#held.values()].map((held) => {
      held.uses++;
      const use = { count: held.uses, clientNonce: hexDigits(this.#random, 16) };
      const value = credentialsValue(held.challenge, credentials, request, use, this.#digests);
      return rawLine(held.challenge.isProxy ? headers.proxyAuthorization : headers.authorization, value);
    });
  }

  /** Forgets everything: the next request goes without proof. */
  clear(): void {
    this.#held.clear();
  }

  /** Proxy credentials for another session with the same outbound proxy (RFC 3261 §22.3). */
  inheritProxyFrom(other: Proofs): void {
    for (const [key, held] of other.#held)
      if (held.challenge.isProxy && held.isProven) this.#held.set(key, held);
  }
}
