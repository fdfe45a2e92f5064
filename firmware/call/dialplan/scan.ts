// Tags of a dial plan with their places. Plans are written by hand and by old tools: attributes may repeat, tags may
// be mistyped, and everything around a mistake must still be read. So this is no general XML reader.
import { ConfigError } from "#hal/contract/errors.ts";

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Attribute extends Place {
  readonly name: string;
  readonly value: string;
}

export type Token =
  | ({
      readonly kind: "open";
      readonly name: string;
      readonly attributes: readonly Attribute[];
      readonly isEmpty: boolean;
    } & Place)
  /** `hasSlash`: written `</NAME/>`. */
  | ({ readonly kind: "close"; readonly name: string; readonly hasSlash: boolean } & Place)
  | ({ readonly kind: "text"; readonly text: string } & Place)
  /** What could not be read; the rest of that tag was skipped. */
  | ({ readonly kind: "mistake"; readonly expected: string } & Place);

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Replaces the five named entities and numbers; anything else stays as written. */
function plainOf(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return Object.hasOwn(entities, name) ? (entities[name] ?? whole) : whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

class Scanner {
  readonly #text: string;
  readonly #lineStarts: readonly number[];
  #at = 0;
  /** What the tag under way failed at. */
  #mistake: Token & { readonly kind: "mistake" } = { kind: "mistake", expected: "", line: 1, column: 1 };

  constructor(text: string) {
    this.#text = text;
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  *tokens(): Iterable<Token> {
    while (this.#at < this.#text.length) {
      const token = this.#next();
      if (token !== undefined) yield token;
    }
  }

  #place(at: number = this.#at): Place {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.#lineStarts[low] ?? 0) + 1 };
  }

  #starts(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  /** Goes behind the next `end`; false: there is none, and the text is over. */
  #skipPast(end: string): boolean {
    const found = this.#text.indexOf(end, this.#at);
    this.#at = found < 0 ? this.#text.length : found + end.length;
    return found >= 0;
  }

  #next(): Token | undefined {
    const place = this.#place();
    if (this.#starts("<!--"))
      return this.#skipPast("-->")
        ? undefined
        : { kind: "mistake", expected: "the end of the comment", ...place };
    if (this.#starts("<?") || this.#starts("<!")) {
      this.#skipPast(">");
      return undefined;
    }
    if (!this.#starts("<")) return this.#plainText(place);
    try {
      return this.#tag(place);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#leaveTag();
      return this.#mistake;
    }
  }

  /** Ends the tag under way; what follows it is read all the same. */
  #fail(expected: string): never {
    const place = this.#place();
    this.#mistake = { kind: "mistake", expected, ...place };
    throw new ConfigError("malformed", "dial plan", `${place.line}:${place.column}`, `expected ${expected}`);
  }

  #plainText(place: Place): Token | undefined {
    const end = this.#text.indexOf("<", this.#at);
    const text = this.#text.slice(this.#at, end < 0 ? undefined : end).trim();
    this.#at = end < 0 ? this.#text.length : end;
    return text === "" ? undefined : { kind: "text", text: plainOf(text), ...place };
  }

  /** Behind a mistake: to the end of the tag, or to the next one where the end is missing. */
  #leaveTag(): void {
    while (this.#at < this.#text.length && !this.#starts("<")) {
      this.#at++;
      if (this.#text.charAt(this.#at - 1) === ">") return;
    }
  }

  #blanks(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++;
  }

  #name(what: string): string {
    const name = /^[A-Za-z_][A-Za-z0-9_.:-]*/.exec(this.#text.slice(this.#at, this.#at + 64))?.[0];
    if (name === undefined) this.#fail(what);
    this.#at += name.length;
    return name;
  }

  #tag(place: Place): Token {
    this.#at++;
    const isClose = this.#starts("/");
    if (isClose) this.#at++;
    const name = this.#name("a tag's name");
    if (isClose) return this.#closeTag(name, place);
    const attributes: Attribute[] = [];
    for (;;) {
      this.#blanks();
      if (this.#starts("/>") || this.#starts(">")) {
        const isEmpty = this.#starts("/");
        this.#at += isEmpty ? 2 : 1;
        return { kind: "open", name, attributes, isEmpty, ...place };
      }
      attributes.push(this.#attribute());
    }
  }

  #closeTag(name: string, place: Place): Token {
    this.#blanks();
    const hasSlash = this.#starts("/");
    if (hasSlash) this.#at++;
    if (!this.#starts(">")) this.#fail(`">" after </${name}`);
    this.#at++;
    return { kind: "close", name, hasSlash, ...place };
  }

  #attribute(): Attribute {
    const place = this.#place();
    const name = this.#name('an attribute, "/>" or ">"');
    this.#blanks();
    if (!this.#starts("=")) this.#fail(`"=" after ${name}`);
    this.#at++;
    this.#blanks();
    const quote = this.#text.charAt(this.#at);
    if (quote !== '"' && quote !== "'") this.#fail(`a quoted value for ${name}`);
    const end = this.#text.indexOf(quote, this.#at + 1);
    const value = this.#text.slice(this.#at + 1, end < 0 ? undefined : end);
    if (end < 0 || value.includes("<")) this.#fail(`the closing quote of ${name}`);
    this.#at = end + 1;
    return { name, value: plainOf(value), ...place };
  }
}

/** The tags of a text, in order. Never throws: what cannot be read is a token too. */
export function scanTags(text: string): Iterable<Token> {
  return new Scanner(text).tokens();
}
