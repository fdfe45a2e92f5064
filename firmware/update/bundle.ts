// An image on its way from the network into a slot: what was pushed is read in order, by one reader.

/** Bytes that come while they are read. */
export class Bundle implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = [];
  #end: { readonly error: Error | undefined } | undefined;
  #wake = (): void => undefined;

  push(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#wake();
  }

  /** Nothing more comes; with an error the reader fails. */
  end(error: Error | undefined): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else if (this.#end === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (this.#end.error === undefined) return;
      else throw this.#end.error;
    }
  }
}
