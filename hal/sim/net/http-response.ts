// Reads one HTTP/1.1 response from a byte stream (RFC 9112): status line, fields, body by length, by chunks, or to the
// end of the connection. Everything is bounded; a broken response is a reason, never an exception.
import type { HttpResponse } from "#hal/contract/names.ts";
import { joined, latin1 } from "./octets.ts";

export type ResponseResult =
  | { readonly kind: "more" }
  | { readonly kind: "done"; readonly response: HttpResponse }
  | { readonly kind: "bad"; readonly why: string };

const mostHeadBytes = 32_768;
const mostChunkLineBytes = 256;
const more: ResponseResult = { kind: "more" };

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** How the body ends (RFC 9112 §6.3). */
type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "close" };

/** Takes bytes as they come until the response is whole or bad. */
export class ResponseReader {
  readonly #maxBytes: number;
  #pending: Uint8Array = new Uint8Array(0);
  /** No end of the header begins before this byte. */
  #looked = 0;
  #head: Head | undefined;
  #framing: Framing = { kind: "none" };
  #body: Uint8Array[] = [];
  #bodyBytes = 0;
  #isLastChunkRead = false;

  /** A body longer than `maxBytes` is bad. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(bytes: Uint8Array): ResponseResult {
    this.#pending = this.#pending.length === 0 ? bytes : joined(this.#pending, bytes);
    while (this.#head === undefined) {
      const end = endOfHead(this.#pending, this.#looked);
      this.#looked = end === undefined ? Math.max(0, this.#pending.length - 3) : 0;
      if (end === undefined)
        return this.#pending.length > mostHeadBytes ? bad("the header is too long") : more;
      const head = parseHead(latin1(this.#pending.subarray(0, end)));
      this.#pending = this.#pending.subarray(end + 4);
      if (head === undefined) return bad("no HTTP/1 status line and fields");
      // 1xx comes before the response (RFC 9110 §15.2).
      if (head.status < 200) continue;
      this.#head = head;
      const framing = framingOf(head);
      if (framing === undefined) return bad("content-length is no number");
      this.#framing = framing;
    }
    return this.#readBody();
  }

  /** The peer closed: whole only where the end of the connection is the end of the body. */
  end(): ResponseResult {
    return this.#head !== undefined && this.#framing.kind === "close"
      ? this.#done()
      : bad("the connection closed before the response was whole");
  }

  #readBody(): ResponseResult {
    switch (this.#framing.kind) {
      case "none":
        return this.#done();
      case "length": {
        if (this.#framing.bytes > this.#maxBytes) return this.#tooLong();
        this.#keep(this.#pending.subarray(0, this.#framing.bytes - this.#bodyBytes));
        this.#pending = new Uint8Array(0);
        return this.#bodyBytes === this.#framing.bytes ? this.#done() : more;
      }
      case "close":
        this.#keep(this.#pending);
        this.#pending = new Uint8Array(0);
        return this.#bodyBytes > this.#maxBytes ? this.#tooLong() : more;
      case "chunked":
        return this.#readChunks();
    }
  }

  /** RFC 9112 §7.1; extensions and trailer fields are skipped. */
  #readChunks(): ResponseResult {
    for (;;) {
      const lineEnd = indexOfBreak(this.#pending);
      if (lineEnd === undefined)
        return this.#pending.length > mostChunkLineBytes ? bad("a chunk line is too long") : more;
      if (this.#isLastChunkRead) {
        this.#pending = this.#pending.subarray(lineEnd + 2);
        if (lineEnd === 0) return this.#done();
        continue;
      }
      const size = /^([0-9a-fA-F]{1,8})(?:[ \t]*;.*)?$/.exec(latin1(this.#pending.subarray(0, lineEnd)))?.[1];
      if (size === undefined) return bad("a chunk has no size");
      const length = Number.parseInt(size, 16);
      if (this.#bodyBytes + length > this.#maxBytes) return this.#tooLong();
      const start = lineEnd + 2;
      if (length > 0 && this.#pending.length < start + length + 2) return more;
      this.#keep(this.#pending.subarray(start, start + length));
      this.#isLastChunkRead = length === 0;
      this.#pending = this.#pending.subarray(length === 0 ? start : start + length + 2);
    }
  }

  #keep(bytes: Uint8Array): void {
    this.#body.push(bytes);
    this.#bodyBytes += bytes.length;
  }

  #tooLong(): ResponseResult {
    return bad(`more than ${this.#maxBytes} bytes`);
  }

  #done(): ResponseResult {
    const { status, headers } = this.#head ?? { status: 0, headers: {} };
    return { kind: "done", response: { status, headers, body: joined(...this.#body) } };
  }
}

function bad(why: string): ResponseResult {
  return { kind: "bad", why };
}

function framingOf({ status, headers }: Head): Framing | undefined {
  if (status === 204 || status === 304) return { kind: "none" };
  if (/(^|[\s,])chunked\s*$/i.test(headers["transfer-encoding"] ?? "")) return { kind: "chunked" };
  const length = headers["content-length"];
  if (length === undefined) return { kind: "close" };
  return /^\d{1,15}$/.test(length) ? { kind: "length", bytes: Number(length) } : undefined;
}

/** Names in lower case; a repeated field is joined with a comma (RFC 9110 §5.3). */
function parseHead(text: string): Head | undefined {
  const [first = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/.exec(first)?.[1];
  if (status === undefined) return undefined;
  const headers = parseFields(lines);
  return headers === undefined ? undefined : { status: Number(status), headers };
}

/** Header fields of a request or response; undefined when a line is none. */
export function parseFields(lines: readonly string[]): Record<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

/** Where the empty line before the body begins, looked for from `from` on; undefined until it is there. */
export function endOfHead(bytes: Uint8Array, from = 0): number | undefined {
  for (let at = bytes.indexOf(13, from); at >= 0 && at + 3 < bytes.length; at = bytes.indexOf(13, at + 1))
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
  return undefined;
}

function indexOfBreak(bytes: Uint8Array): number | undefined {
  const at = bytes.indexOf(13);
  return at >= 0 && bytes[at + 1] === 10 ? at : undefined;
}
