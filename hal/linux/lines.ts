// Lines of a stream, to whoever waits for the next one.

export class Lines {
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  readonly #unread: string[] = [];
  #rest = "";
  #end: Error | undefined;

  push(chunk: string): void {
    const parts = (this.#rest + chunk).split("\n");
    this.#rest = parts.pop() ?? "";
    for (const line of parts) {
      const waiter = this.#waiting.shift();
      if (waiter === undefined) this.#unread.push(line);
      else waiter.resolve(line);
    }
  }

  /** No more come: those that wait now, or later, hear why. */
  end(error: Error): void {
    this.#end ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  next(): Promise<string> {
    const line = this.#unread.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}
