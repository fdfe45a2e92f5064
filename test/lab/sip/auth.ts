// The server's side of digest, written apart from the phone's: challenges, and whether an answer proves a password.
import { createHash } from "node:crypto";
import type { AuthValue } from "#firmware/sip/message/values.ts";

export type LabAlgorithm = "MD5" | "MD5-sess" | "SHA-256" | "SHA-512-256";

export interface LabAuthOptions {
  readonly realm: string;
  /** One challenge each, the first on top. */
  readonly algorithms: readonly LabAlgorithm[];
  /** As written in the challenge; undefined: none, as servers of RFC 2069. */
  readonly qop: string | undefined;
  /** Uses of a nonce before it is stale. */
  readonly usesPerNonce: number;
}

export const plainAuth: LabAuthOptions = {
  realm: "lab",
  algorithms: ["MD5"],
  qop: "auth",
  usesPerNonce: Number.POSITIVE_INFINITY,
};

export type AuthVerdict = "good" | "bad" | "stale" | "unknown-nonce";

const hash = (algorithm: string, text: string | Uint8Array): string => {
  const base = algorithm.replace(/-sess$/i, "").toLowerCase();
  const node = { md5: "md5", "sha-256": "sha256", "sha-512-256": "sha512-256" }[base] ?? "md5";
  return createHash(node).update(text).digest("hex");
};

/** Nonces of one server. */
export class LabAuth {
  readonly options: LabAuthOptions;
  readonly #nonces = new Map<string, { uses: number; lastCount: number }>();
  #made = 0;

  constructor(options: LabAuthOptions) {
    this.options = options;
  }

  /** Values for WWW-Authenticate or Proxy-Authenticate. */
  challenges(isStale: boolean): readonly string[] {
    const nonce = `nonce-${this.options.realm}-${++this.#made}`;
    this.#nonces.set(nonce, { uses: 0, lastCount: 0 });
    const { realm, qop, algorithms } = this.options;
    const rest = `${qop === undefined ? "" : `, qop="${qop}"`}${isStale ? ", stale=TRUE" : ""}, opaque="lab-opaque"`;
    return algorithms.map(
      (algorithm) => `Digest realm="${realm}", nonce="${nonce}", algorithm=${algorithm}${rest}`,
    );
  }

  /** A server that was restarted knows none of its nonces. */
  forget(): void {
    this.#nonces.clear();
  }

  check(value: AuthValue, method: string, body: Uint8Array, password: string | undefined): AuthVerdict {
    const get = (name: string): string => value.parameters.get(name) ?? "";
    const held = this.#nonces.get(get("nonce"));
    if (held === undefined) return "unknown-nonce";
    if (password === undefined || get("opaque") !== "lab-opaque") return "bad";
    const algorithm = value.parameters.get("algorithm") ?? "MD5";
    let a1 = hash(algorithm, `${get("username")}:${get("realm")}:${password}`);
    if (/-sess$/i.test(algorithm)) a1 = hash(algorithm, `${a1}:${get("nonce")}:${get("cnonce")}`);
    const entity = get("qop") === "auth-int" ? `:${hash(algorithm, body)}` : "";
    const a2 = hash(algorithm, `${method}:${get("uri")}${entity}`);
    const middle =
      get("qop") === "" ? get("nonce") : `${get("nonce")}:${get("nc")}:${get("cnonce")}:${get("qop")}`;
    if (hash(algorithm, `${a1}:${middle}:${a2}`) !== get("response")) return "bad";
    const count = Number.parseInt(get("nc"), 16);
    if (get("qop") !== "" && count <= held.lastCount) return "bad";
    if (held.uses >= this.options.usesPerNonce) return "stale";
    held.uses++;
    held.lastCount = count;
    return "good";
  }
}
