// A password or key that cannot be printed by accident: text, JSON and log lines show stars.

/** What stands wherever a secret would be printed. */
export const stars = "********";

/** Holds a secret; `reveal` is the only way to it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** For the one place that needs it: a digest, a comparison, the store. Never for a log, a notice or a screen. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return stars;
  }

  toJSON(): string {
    return stars;
  }
}
