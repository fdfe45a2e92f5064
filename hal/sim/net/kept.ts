// Streams that keep what came before the first subscriber: chunks of a connection, accepted connections, an ending.
import { Emitter, type Stream } from "#hal/contract/stream.ts";

/** Keeps values until somebody subscribes; they then follow in order, not inside `subscribe`. */
export class KeptStream<T> implements Stream<T> {
  readonly #emitter = new Emitter<T>();
  readonly #kept: T[] = [];
  readonly #drained: () => void;
  #isFlushing = false;

  /** `drained` is called when what was kept has been given out. */
  constructor(drained: () => void = () => undefined) {
    this.#drained = drained;
  }

  /** Values that nobody has seen yet. */
  get kept(): readonly T[] {
    return this.#kept;
  }

  /** True when values go straight through. */
  get isFlowing(): boolean {
    return this.#emitter.listenerCount > 0 && this.#kept.length === 0;
  }

  emit(value: T): void {
    if (this.isFlowing) this.#emitter.emit(value);
    else this.#kept.push(value);
  }

  subscribe(listener: (value: T) => void, options: { signal: AbortSignal }): void {
    this.#emitter.subscribe(listener, options);
    if (this.#kept.length === 0 || this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushing = false;
    while (this.#emitter.listenerCount > 0) {
      const value = this.#kept.shift();
      if (value === undefined) break;
      this.#emitter.emit(value);
    }
    this.#drained();
  }
}
