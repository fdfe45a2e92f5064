// Who this handset is, and the image it runs.
import type { Mac } from "./link.ts";

export interface Identity {
  /** From the interface's permanent address, else the board, else the command line. */
  readonly mac: Mac;
  readonly serial: string;
  readonly hardwareRevision: string;
  /** Product name as sent in CDP, LLDP and User-Agent; never another vendor's. */
  readonly product: string;
  /** Version of this software, e.g. `0.1.0`. */
  readonly version: string;
  /** Commit it was built from; "unknown" in a work tree without one. */
  readonly commit: string;
}

export type SlotState =
  | "good"
  /** Nothing in it that can be started. */
  | "bad"
  /** Tried at the next start, or running and not confirmed yet. */
  | "trying"
  /** It was tried and never confirmed: the boot loader went back to the other one. */
  | "failed";

export interface ImageSlot {
  readonly name: "A" | "B";
  readonly version: string | undefined;
  readonly state: SlotState;
  readonly isRunning: boolean;
  /** How far it is, while an image is written into it. */
  readonly writtenPct?: number | undefined;
}

export interface InstallOptions {
  readonly name: string;
  readonly signal: AbortSignal;
  /** Hears how far it is, where that is known. */
  progress?(percent: number): void;
}

/** The two image slots. On a tier without slots the running program is the one good slot. */
export interface ImageSlots {
  list(): readonly ImageSlot[];
  /** Marks the running slot good: it has proved itself. Resolves when durable. */
  confirm(): Promise<void>;
  /**
   * Verifies a bundle and writes it to the slot that does not run, bad until the end, then tries it at the next start. The
   * bundle is read no faster than it is written. HalError `denied` for a signature that does not hold, another board, or a
   * name inside that is not `name`; `busy` while the running slot is on trial itself; `unsupported` on a tier that cannot:
   * then nothing has changed. The next start is the running slot's after every error.
   */
  install(bundle: AsyncIterable<Uint8Array>, options: InstallOptions): Promise<ImageSlot>;
}

/** Restarts the board or the program. */
export interface Restarter {
  /** Ends this process in order; the supervisor, or a person, starts it again. `board`: the whole board restarts. */
  restart(what: "program" | "board"): Promise<void>;
}
