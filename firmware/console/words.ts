// Reads the words of a command line one by one. A word that does not fit is a ConfigError naming it and what was
// expected in its place.
import { ConfigError } from "#hal/contract/errors.ts";

/** Longest line that is read. */
export const mostLineCharacters = 512;

/** Splits a line at blanks; double quotes hold a word together. */
export function splitWords(line: string): readonly string[] {
  return [...line.slice(0, mostLineCharacters).matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? "",
  );
}

/** The words behind a command's own. */
export class Words {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get hasMore(): boolean {
    return this.#at < this.#words.length;
  }

  /** Any word; `name` is what the usage calls it. */
  text(name: string): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw new ConfigError("missing-field", "console", name, "missing");
    this.#at++;
    return word;
  }

  /** One of these, in any case. */
  choice<T extends string>(name: string, choices: readonly T[]): T {
    const word = this.text(name);
    const found = choices.find((choice) => choice.toLowerCase() === word.toLowerCase());
    if (found !== undefined) return found;
    throw new ConfigError("bad-value", "console", name, `"${word}" is none of ${choices.join(", ")}`);
  }

  /** A whole number in this range. */
  integer(name: string, least: number, most: number): number {
    const word = this.text(name);
    const value = /^[0-9]{1,9}$/.test(word) ? Number(word) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new ConfigError("bad-value", "console", name, `"${word}" is no number from ${least} to ${most}`);
  }

  integerOr(name: string, least: number, most: number, otherwise: number): number {
    return this.hasMore ? this.integer(name, least, most) : otherwise;
  }

  /** A dotted IPv4 address. */
  address(name: string): string {
    const word = this.text(name);
    const parts = word.split(".");
    if (parts.length === 4 && parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255))
      return word;
    throw new ConfigError("bad-value", "console", name, `"${word}" is no dotted address`);
  }

  /** Everything that is left. */
  rest(): readonly string[] {
    const rest = this.#words.slice(this.#at);
    this.#at = this.#words.length;
    return rest;
  }

  /** Nothing may be left. */
  end(): void {
    const word = this.#words[this.#at];
    if (word !== undefined) throw new ConfigError("bad-value", "console", word, "not expected here");
  }
}
