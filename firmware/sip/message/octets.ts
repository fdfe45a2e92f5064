// Text on the SIP wire is held as octet strings: one character per byte, so that what a peer sent can be sent back
// unchanged. What a person reads is UTF-8 inside of them (RFC 3261 §7).
import { fromLatin1, latin1 } from "#firmware/wire/bytes.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });
const utf8 = new TextEncoder();

const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
};

/** What a person reads: UTF-8 where it is valid, else one character per byte (old peers send ISO 8859-1). */
export function readable(octets: string): string {
  if (isAscii(octets)) return octets;
  try {
    return strictUtf8.decode(fromLatin1(octets));
  } catch (error) {
    if (error instanceof TypeError) return octets;
    throw error;
  }
}

/** The UTF-8 octets of a text of ours, without control characters, which no header may hold. */
export function octetsOf(text: string): string {
  let clean = "";
  for (const character of text) if (character >= " " && character !== "\x7f") clean += character;
  return isAscii(clean) ? clean : latin1(utf8.encode(clean));
}
