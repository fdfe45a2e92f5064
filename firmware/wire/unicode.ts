// Text of files and messages whose encoding nobody declares.
import { latin1 } from "./bytes.ts";

/** UTF-8 without its byte order mark; what is not valid UTF-8 is ISO 8859-1. Never fails. */
export function unicodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return latin1(bytes); // not UTF-8: every byte is a character
  }
}
