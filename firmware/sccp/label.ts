// Texts as servers send them: label codes (80 nn, 1E nn) beside plain characters, in ISO 8859-1 or UTF-8
// (sccp reference 4.6). Codes become private-use characters, for ui/ to put words in their place.
import { fromLatin1 } from "#firmware/wire/bytes.ts";
import { extendedLabelCodes, labelCodes } from "./notices.ts";

/** Character sets by negotiated version: phones up to version 11 get ISO 8859-1, newer ones UTF-8 (1.1). */
export function isUtf8(version: number): boolean {
  return version > 11;
}

/** `raw` has one character per byte, as the message fields give it. Bytes that are no UTF-8 are read as ISO 8859-1. */
export function readText(raw: string, version: number): string {
  let text = "";
  let plain = "";
  const flush = (): void => {
    text += isUtf8(version) ? decodeUtf8(plain) : plain;
    plain = "";
  };
  for (let i = 0; i < raw.length; i++) {
    const byte = raw.charCodeAt(i);
    const isLead = byte === 0x1e || (byte === 0x80 && !continuesUtf8(plain, version));
    if (!isLead || i + 1 >= raw.length) {
      plain += raw[i];
      continue;
    }
    flush();
    text += String.fromCharCode((byte === 0x80 ? labelCodes : extendedLabelCodes) + raw.charCodeAt(++i));
  }
  flush();
  return text;
}

/** The label code of a text that is nothing but one code of the 80 nn kind; undefined otherwise. */
export function loneLabelCode(text: string): number | undefined {
  const code = text.charCodeAt(0) - labelCodes;
  return text.length === 1 && code >= 0 && code < 256 ? code : undefined;
}

/** 0x80 is also the second byte of some UTF-8 characters: it is one only right after a lead byte. */
function continuesUtf8(plain: string, version: number): boolean {
  if (!isUtf8(version) || plain === "") return false;
  for (let back = 1; back <= 3 && back <= plain.length; back++) {
    const byte = plain.charCodeAt(plain.length - back);
    if (byte >= 0x80 && byte <= 0xbf) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back;
  }
  return false;
}

function decodeUtf8(raw: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(fromLatin1(raw));
  } catch {
    // Not UTF-8 after all: servers mix the two, and a wrong letter is better than none.
    return raw;
  }
}
