// One call takes the place of another under the same id: a transferee's new call, or a call that came with Replaces.
// Whoever listens above hears of one call whose other party changed.
import type { SipNotice } from "#firmware/sip/notices.ts";
import type { Call } from "./call.ts";

/** What is told to the party that asked for the transfer. */
export interface Reporter {
  /** Status of the new call; `isLast`: nothing more will come. */
  report(status: number, isLast: boolean): void;
}

export interface SuccessionOptions {
  readonly reporter: Reporter | undefined;
  /** Where notices go in the end. */
  notify(notice: SipNotice): void;
  /** The new call stands for the id from now on. */
  takenOver(next: Call): void;
}

/** Two calls with one id, until one of them is the call. */
export class Succession {
  readonly #options: SuccessionOptions;
  #old: Call | undefined;
  #next: Call | undefined;
  /** The old call's end, kept back while the new one may still succeed. */
  #heldBack: SipNotice | undefined;
  #media: SipNotice | undefined;
  #isDecided = false;
  #hasSucceeded = false;

  constructor(options: SuccessionOptions) {
    this.#options = options;
  }

  begin(old: Call, next: Call): void {
    this.#old = old;
    this.#next = next;
  }

  /** True while both calls are there. */
  get isPending(): boolean {
    return !this.#isDecided;
  }

  /** A notice of the old call. */
  heardOld(notice: SipNotice): void {
    if (this.#hasSucceeded) return; // it is another's call now
    if (notice.kind === "ended" && !this.#isDecided) this.#heldBack = notice;
    else this.#options.notify(notice);
  }

  /** A notice of the new call. */
  heardNext(notice: SipNotice): void {
    if (this.#isDecided) {
      if (this.#hasSucceeded) this.#options.notify(notice);
      return;
    }
    switch (notice.kind) {
      case "progress":
        this.#options.reporter?.report(notice.status, false);
        return;
      case "media":
        this.#media = notice;
        return;
      case "answered":
        this.takeOver(notice);
        return;
      case "ended":
        this.#failed(notice.status ?? 487);
        return;
      default:
        return;
    }
  }

  /** The new call is up: the old one goes, the person talks on under the same id. */
  takeOver(answered: Extract<SipNotice, { kind: "answered" }>, wasUp = true): void {
    const { notify, reporter, takenOver } = this.#options;
    this.#isDecided = true;
    this.#hasSucceeded = true;
    if (this.#next !== undefined) takenOver(this.#next);
    notify(wasUp ? { kind: "party", call: answered.call, peer: answered.peer } : answered);
    if (wasUp) notify({ kind: "held-by-peer", call: answered.call, isHeld: false });
    if (this.#media !== undefined) notify(this.#media);
    reporter?.report(200, true);
    this.#old?.send({ kind: "replaced", isLeftToPeer: reporter !== undefined });
  }

  #failed(status: number): void {
    this.#isDecided = true;
    this.#options.reporter?.report(status, true);
    if (this.#heldBack !== undefined) this.#options.notify(this.#heldBack);
  }

  /** The person hung up: neither call is wanted. */
  hangUp(): void {
    this.#next?.send({ kind: "hang-up" });
  }
}
