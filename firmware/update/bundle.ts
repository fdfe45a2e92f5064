// An image on its way from the network into a slot: what was pushed is read in order, by one reader. Who pushes learns when
// there is room again, so that little of an image is ever in memory.

/** So much waits for the reader; beyond it, no room. Two windows of a fast file server. */
const mostWaitingBytes = 64 * 1024;

/** Bytes that come while they are read. */
export class Bundle implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #end: { readonly error: Error | undefined } | undefined;
  #wake = (): void => undefined;
  #room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  /** Takes them. Undefined: there is room for more; else it resolves once there is, or nothing more is read. */
  push(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#end !== undefined) return undefined;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#wake();
    if (this.#waitingBytes < mostWaitingBytes) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** Nothing more comes; with an error the reader fails. */
  end(error: Error | undefined): void {
    this.#end ??= { error };
    this.#wake();
    this.#tellRoom();
  }

  #tellRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#waitingBytes -= next.length;
        if (this.#waitingBytes < mostWaitingBytes) this.#tellRoom();
        yield next;
      } else if (this.#end === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (this.#end.error === undefined) return;
      else throw this.#end.error;
    }
  }
}
