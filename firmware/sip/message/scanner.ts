// A cursor over one header value. White space may stand between the parts of most headers (RFC 3261 §25.1).
import { WireError, type WireErrorCode } from "#firmware/wire/wire-error.ts";

/** Character classes of RFC 3261 §25.1, as tables over one octet. */
function table(characters: string): Uint8Array {
  const isIn = new Uint8Array(256);
  for (const character of characters) isIn[character.charCodeAt(0)] = 1;
  return isIn;
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const tokenOctets = table(`${alphanumeric}-.!%*_+\`'~`);

function isAll(text: string, octets: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (octets[text.charCodeAt(i)] !== 1) return false;
  return text !== "";
}

/** RFC 3261 §25.1 `token`. */
export function isToken(text: string): boolean {
  return isAll(text, tokenOctets);
}

/** Call-IDs are compared octet by octet: whatever a peer makes them of is taken, as long as nothing is blank. */
export function isCallId(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** Whole number of `text`, which holds digits only, at most `limit`. */
export function wholeNumber(text: string, limit: number, what: string): number {
  if (!/^\d+$/.test(text))
    throw new WireError("bad-value", 0, `${what} is a number, not "${text.slice(0, 40)}"`);
  const value = Number(text);
  if (value > limit)
    throw new WireError("bad-value", 0, `${what} is at most ${limit}, not ${text.slice(0, 40)}`);
  return value;
}

const endTables = new Map<string, Uint8Array>();

/** White space and these, as a table; few different ones are ever asked for. */
function endsOf(ends: string): Uint8Array {
  const present = endTables.get(ends);
  if (present !== undefined) return present;
  const made = table(` \t${ends}`);
  endTables.set(ends, made);
  return made;
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

/** Reads from left to right; every failure is a WireError with the offset in the header value. */
export class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  fail(detail: string, code: WireErrorCode = "bad-value"): WireError {
    return new WireError(code, this.at, detail);
  }

  skipSpace(): void {
    while (this.at < this.text.length && isSpace(this.text.charCodeAt(this.at))) this.at++;
  }

  /** True, and past it, if `character` comes next (after white space). */
  accept(character: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  expect(character: string, where: string): void {
    if (!this.accept(character)) throw this.fail(`${where} needs "${character}" here`);
  }

  token(what: string): string {
    this.skipSpace();
    const start = this.at;
    while (this.at < this.text.length && tokenOctets[this.text.charCodeAt(this.at)] === 1) this.at++;
    if (this.at === start) throw this.fail(`${what} is missing`);
    return this.text.slice(start, this.at);
  }

  /** Everything up to white space or one of `ends`. */
  run(ends: string, what: string): string {
    this.skipSpace();
    const start = this.at;
    const isEnd = endsOf(ends);
    while (this.at < this.text.length && isEnd[this.text.charCodeAt(this.at)] !== 1) this.at++;
    if (this.at === start) throw this.fail(`${what} is missing`);
    return this.text.slice(start, this.at);
  }

  /** A quoted string that begins here, without quotes and escapes (RFC 3261 §25.1 `quoted-string`). */
  quoted(what: string): string {
    this.skipSpace();
    const start = this.at;
    let text = "";
    for (let at = start + 1; at < this.text.length; at++) {
      const character = this.text[at] as string; // inside the text
      if (character === '"') {
        this.at = at + 1;
        return text;
      }
      if (character === "\\") {
        at++;
        if (at < this.text.length) text += this.text[at];
      } else {
        text += character;
      }
    }
    throw this.fail(`${what}: the quoted string has no end`, "truncated");
  }

  end(what: string): void {
    this.skipSpace();
    if (!this.isAtEnd)
      throw this.fail(`"${this.text.slice(this.at, this.at + 20)}" after ${what}`, "trailing");
  }
}

/** Where the list item that begins at `start` ends: at a comma outside quotes and angle brackets, or at the end. */
function itemEnd(text: string, start: number): number {
  let isQuoted = false;
  let isBracketed = false;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isQuoted) {
      if (code === 0x5c) at++;
      else if (code === 0x22) isQuoted = false;
    } else if (code === 0x22 && !isBracketed) isQuoted = true;
    else if (code === 0x3c) isBracketed = true;
    else if (code === 0x3e) isBracketed = false;
    else if (code === 0x2c && !isBracketed) return at;
  }
  return text.length;
}

/** The items of a comma-separated header value; commas in quotes and angle brackets do not count. */
export function listItems(text: string): readonly string[] {
  if (!text.includes(",")) return [text.trim()];
  const items: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const end = itemEnd(text, at);
    items.push(text.slice(at, end).trim());
    at = end + 1;
  }
  return items;
}
