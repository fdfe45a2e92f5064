// The key that updates are signed with: that of OFFHOOK_IMAGE_KEY, a file, else one that this machine made for itself and
// keeps in its cache. A phone takes updates of the key whose public half is in its verified root, and no others.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signWith,
} from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, say } from "./cache.ts";

export interface ImageKey {
  /** The file it came from: PKCS #8 in PEM, as `openssl genpkey -algorithm ed25519` makes it. */
  readonly path: string;
  /** The public half, 64 hexadecimal digits (RFC 8032 §5.1.5). */
  readonly publicHex: string;
  /** An Ed25519 signature, 128 hexadecimal digits. */
  sign(bytes: Uint8Array): string;
}

const ownPath = join(cacheFolder, "development-key.pem");

function publicHexOf(key: KeyObject): string {
  const { x } = createPublicKey(key).export({ format: "jwk" }); // RFC 8037 §2: the public key, base64url
  return Buffer.from(x ?? "", "base64url").toString("hex");
}

/** Reads it, or makes this machine's own. Throws where the file holds none. */
export function readKey(): ImageKey {
  const path = process.env["OFFHOOK_IMAGE_KEY"] ?? ownPath;
  if (path === ownPath && !existsSync(path)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    say(`a development key was made: ${path}`);
  }
  const key = createPrivateKey(readFileSync(path));
  if (key.asymmetricKeyType !== "ed25519")
    throw new Error(`${path}: a key of type ${key.asymmetricKeyType}, ed25519 belongs`);
  return {
    path,
    publicHex: publicHexOf(key),
    sign: (bytes) => signWith(null, bytes, key).toString("hex"),
  };
}
