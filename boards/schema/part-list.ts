// The parts of a board as `show hal` has them: what was opened, what stands in for what is missing, what failed later.
import { HalError } from "#hal/contract/errors.ts";
import type { PartStatus } from "#hal/contract/hal.ts";
import { Emitter } from "#hal/contract/stream.ts";

interface Entry {
  readonly part: string;
  readonly attached: string;
  state: PartStatus["state"];
  detail: string | undefined;
  failures: number;
}

/** A part that cannot be opened is replaced and named; one that fails later is degraded until it is opened again. */
export class PartList {
  /** Parts that stopped working. */
  readonly changes = new Emitter<PartStatus>();
  readonly #entries = new Map<string, Entry>();
  readonly #told: (part: string, error: HalError) => void;

  /** `told` hears of each part's first failure, for the log. */
  constructor(told: (part: string, error: HalError) => void) {
    this.#told = told;
  }

  /** Opens a part; with HalError it is missing and `instead` takes its place. */
  open<Part>(
    part: string,
    attached: string,
    make: (failed: (error: HalError) => void) => Part,
    instead: () => Part,
  ): Part {
    const entry: Entry = { part, attached, state: "working", detail: undefined, failures: 0 };
    this.#entries.set(part, entry);
    try {
      return make((error) => this.#failed(entry, error));
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      entry.state = "missing";
      entry.detail = error.message;
      this.#told(part, error);
      return instead();
    }
  }

  /** A part of this name lost one of its lines or wires. */
  failed(part: string, error: HalError): void {
    const entry = this.#entries.get(part);
    if (entry !== undefined) this.#failed(entry, error);
  }

  /** A part that this board does not have, or knows the state of by itself. */
  note(status: PartStatus): void {
    this.#entries.set(status.part, { ...status, failures: 0 });
  }

  list(): readonly PartStatus[] {
    return [...this.#entries.values()].map(statusOf);
  }

  #failed(entry: Entry, error: HalError): void {
    entry.failures++;
    entry.detail = error.message;
    const wasWorking = entry.state === "working";
    if (entry.state !== "missing") entry.state = "degraded";
    if (!wasWorking) return;
    this.#told(entry.part, error);
    this.changes.emit(statusOf(entry));
  }
}

const statusOf = ({ part, attached, state, detail, failures }: Entry): PartStatus => ({
  part,
  attached,
  state,
  detail: failures > 1 ? `${detail} (${failures} times)` : detail,
});
