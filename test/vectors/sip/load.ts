// SIP vectors: captured conversations as text, and the torture messages as bytes.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One datagram of a captured conversation. */
export interface Datagram {
  readonly from: string;
  readonly to: string;
  readonly bytes: Uint8Array;
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Line ends of the file stand for CRLF. */
export function conversation(name: string): readonly Datagram[] {
  const text = readFileSync(join(import.meta.dirname, `${name}.txt`), "utf8");
  const parts = text.split(/^=== (\S+) > (\S+)\n/m).slice(1);
  const datagrams: Datagram[] = [];
  for (let i = 0; i + 2 < parts.length; i += 3) {
    const body = (parts[i + 2] ?? "").replace(/\n<no line end>\n$/, "").replaceAll("\n", "\r\n");
    datagrams.push({ from: parts[i] ?? "", to: parts[i + 1] ?? "", bytes: ascii(body) });
  }
  return datagrams;
}

/** Names of the captured conversations. */
export const conversations = ["call-pjsip-baresip", "registration-kamailio-baresip"] as const;

/** One message of RFC 4475 by the RFC's name. */
export function torture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, "rfc4475", `${name}.dat`)));
}

export const tortureNames: readonly string[] = readdirSync(join(import.meta.dirname, "rfc4475"))
  .filter((name) => name.endsWith(".dat"))
  .map((name) => name.slice(0, -4))
  .sort();
