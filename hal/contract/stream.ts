// Typed streams of events: tiny, no string names, no unsubscribe function to forget.

/** Somebody's events. Listeners must not throw; they end with the signal. */
export interface Stream<T> {
  subscribe(listener: (value: T) => void, options: { signal: AbortSignal }): void;
}

/** The sending end of a stream; keeps no history. */
export class Emitter<T> implements Stream<T> {
  readonly #listeners = new Set<(value: T) => void>();

  subscribe(listener: (value: T) => void, options: { signal: AbortSignal }): void {
    if (options.signal.aborted) return;
    const entry = (value: T): void => listener(value);
    this.#listeners.add(entry);
    options.signal.addEventListener("abort", () => this.#listeners.delete(entry), { once: true });
  }

  /** Calls every listener that is subscribed now, in order of subscription. */
  emit(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  /** How many listeners there are; a shutdown test expects none. */
  get listenerCount(): number {
    return this.#listeners.size;
  }
}
