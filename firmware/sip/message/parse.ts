// Bytes to messages (RFC 3261 §7, §18.3, RFC 4475). A message that cannot be told apart from noise is a WireError; one
// that is wrong but can be answered carries its flaw.
import { latin1 } from "#firmware/wire/bytes.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { headerId, headers } from "./headers.ts";
import type { HeaderLine, SipMessage } from "./message.ts";
import { isToken } from "./scanner.ts";
import { parseLength } from "./values.ts";

/** Longest header part that is looked at; a UDP datagram cannot hold more. */
export const maxHeadBytes = 65_535;

const cr = 0x0d;
const lf = 0x0a;

/** Offset just past the empty line that ends the headers, from `start`; -1 when it is not there. */
export function headEnd(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(lf, start); at >= 0; at = bytes.indexOf(lf, at + 1)) {
    if (bytes[at - 1] === cr && bytes[at + 1] === cr && bytes[at + 2] === lf) return at + 3;
  }
  return -1;
}

/** Line ends before the start line are skipped (RFC 3261 §7.5). */
export function skipLineEnds(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === cr || bytes[at] === lf) at++;
  return at;
}

interface Head {
  readonly lines: HeaderLine[];
  readonly flaw: WireError | undefined;
}

/** CR without LF or LF without CR: copied into an answer it would be a line of its own for somebody. */
const loneLineEnd = /\r(?!\n)|(?<!\r)\n/g;

const isFold = (code: number): boolean => code === 0x20 || code === 0x09;

/** Header lines of `text` from `at` on; folded lines are joined by one space (RFC 3261 §7.3.1). */
function parseLines(text: string, start: number): Head {
  const lines: HeaderLine[] = [];
  let flaw: WireError | undefined;
  let at = start;
  while (at < text.length) {
    const begin = at;
    let end = text.indexOf("\r\n", at);
    if (end < 0) end = text.length;
    at = end + 2;
    let line = text.slice(begin, end);
    while (at < text.length && isFold(text.charCodeAt(at))) {
      end = text.indexOf("\r\n", at);
      if (end < 0) end = text.length;
      line = `${line.trimEnd()} ${text.slice(at, end).trimStart()}`;
      at = end + 2;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon).trimEnd();
    if (colon < 0 || !isToken(name)) {
      flaw ??= new WireError("bad-value", begin, `"${line.slice(0, 40)}" is no header line`);
      continue;
    }
    lines.push({ id: headerId(name), name, value: line.slice(colon + 1).trim() });
  }
  return { lines, flaw };
}

/** How many bytes the body has by Content-Length; undefined without one. */
function declaredLength(lines: readonly HeaderLine[]): {
  length: number | undefined;
  flaw: WireError | undefined;
} {
  let length: number | undefined;
  for (const line of lines) {
    if (line.id !== headers.contentLength.id) continue;
    try {
      const value = parseLength(line.value);
      if (length !== undefined && length !== value)
        return { length, flaw: new WireError("bad-length", 0, `Content-Length is ${length} and ${value}`) };
      length = value;
    } catch (error) {
      if (error instanceof WireError) return { length, flaw: error.within("Content-Length") };
      throw error;
    }
  }
  return { length, flaw: undefined };
}

/** Header lines of a stream's head and the length of the body that follows; a flaw means: answer and close. */
export function streamLength(head: Uint8Array): { length: number; flaw: WireError | undefined } {
  const text = latin1(head);
  const { lines } = parseLines(text, text.indexOf("\r\n") + 2);
  const { length, flaw } = declaredLength(lines);
  if (flaw !== undefined || length !== undefined) return { length: length ?? 0, flaw };
  return { length: 0, flaw: new WireError("bad-length", 0, "no Content-Length on a stream") };
}

const responseLine = /^SIP\/2\.0 (\d{3})(?: (.*))?$/is;
const versionText = /^SIP\/\d+\.\d+$/i;

function parseStart(line: string): SipMessage {
  const shared = { headers: [], body: new Uint8Array(0) };
  const response = responseLine.exec(line);
  if (response !== null) {
    const status = Number(response[1]);
    if (status < 100 || status > 699) throw new WireError("bad-value", 8, `status ${status} is none`);
    return { kind: "response", status, reason: response[2] ?? "", ...shared };
  }
  if (/^SIP\//i.test(line)) throw new WireError("bad-value", 0, `"${line.slice(0, 40)}" is no status line`);
  const first = line.indexOf(" ");
  const last = line.trimEnd().lastIndexOf(" ");
  const method = line.slice(0, Math.max(first, 0));
  const version = line.slice(last + 1).trimEnd();
  if (!isToken(method) || last <= first || !versionText.test(version))
    throw new WireError("bad-value", 0, `"${line.slice(0, 40)}" is no request line`);
  const uri = line.slice(first + 1, last);
  const isClean = !/[\s<>]/.test(uri) && uri !== "" && version === line.slice(last + 1);
  const flaw = isClean
    ? undefined
    : new WireError("bad-value", first, `the request line has spaces or brackets`);
  return { kind: "request", method, uri, version: version.toUpperCase(), flaw, ...shared };
}

/**
 * Reads one whole message: a datagram, or what a framer cut from a stream. Octets beyond Content-Length are dropped;
 * fewer than it are a flaw; without it the body goes to the end (RFC 3261 §18.3). Throws WireError.
 */
export function parseMessage(bytes: Uint8Array): SipMessage {
  const start = skipLineEnds(bytes);
  if (start === bytes.length) throw new WireError("truncated", start, "nothing but line ends");
  const end = headEnd(bytes, start);
  const bodyStart = end < 0 ? bytes.length : end;
  if (bodyStart - start > maxHeadBytes) throw new WireError("bad-length", start, "headers without end");
  const raw = latin1(bytes.subarray(start, end < 0 ? bodyStart : bodyStart - 2));
  const text = raw.replace(loneLineEnd, " ");
  const split = text === raw ? undefined : new WireError("bad-value", start, "half a line end inside a line");
  const lineEnd = text.indexOf("\r\n");
  const message = parseStart(lineEnd < 0 ? text : text.slice(0, lineEnd));
  const head = lineEnd < 0 ? { lines: [], flaw: undefined } : parseLines(text, lineEnd + 2);
  const { length, flaw } = declaredLength(head.lines);
  const available = bytes.length - bodyStart;
  const short =
    length !== undefined && length > available
      ? new WireError("truncated", bodyStart, `Content-Length is ${length}, ${available} bytes are there`)
      : undefined;
  const body = bytes.slice(bodyStart, bodyStart + Math.min(length ?? available, available));
  return { ...message, headers: head.lines, body, flaw: message.flaw ?? split ?? head.flaw ?? flaw ?? short };
}
