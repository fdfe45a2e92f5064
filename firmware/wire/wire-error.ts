// The one error a decoder may throw: a peer's bytes are wrong, and exactly where.

export type WireErrorCode = "truncated" | "bad-length" | "bad-value" | "bad-checksum" | "trailing";

/** A peer's bytes are wrong. Callers at the socket count it, log it at debug and drop the message. */
export class WireError extends Error {
  readonly code: WireErrorCode;
  /** Byte (or character) offset in the whole message where reading stopped. */
  readonly offset: number;
  readonly #detail: string;
  #path: string;

  constructor(code: WireErrorCode, offset: number, detail: string) {
    super();
    this.name = "WireError";
    this.code = code;
    this.offset = offset;
    this.#detail = detail;
    this.#path = "";
  }

  /** Message and field names from the outside in, e.g. `cdp.tlvs[3].addresses`. */
  get path(): string {
    return this.#path;
  }

  override get message(): string {
    return `${this.#path || "message"} at ${this.offset}: ${this.#detail} (${this.code})`;
  }

  /** Called on the way out by each enclosing field; returns itself to be rethrown. */
  within(name: string): this {
    const joint = this.#path === "" || this.#path.startsWith("[") ? "" : ".";
    this.#path = `${name}${joint}${this.#path}`;
    return this;
  }
}

/** Runs `read` and, if it throws a WireError, names the field it happened in. */
export function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof WireError) throw error.within(name);
    throw error;
  }
}
