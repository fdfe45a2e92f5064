// Digests and HMACs by Node's OpenSSL.
import { createHash, createHmac } from "node:crypto";
import type { Digests } from "#hal/contract/names.ts";

/** Every algorithm of the contract. */
export const digests: Digests = {
  digest: (algorithm, bytes) => new Uint8Array(createHash(algorithm).update(bytes).digest()),
  hmac: (algorithm, key, bytes) => new Uint8Array(createHmac(algorithm, key).update(bytes).digest()),
};
