// What stands around the handset in a story, on whatever tier: the names of the place, faults of the catalogue, the cable,
// another telephone. A story that uses only this is told on every tier that can play it.
import type { FaultName } from "#test/lab/faults.ts";
import type { Heard } from "./echo.ts";

/** Names and addresses as people and panels tell them. */
export interface Place {
  /** Address of the machine with DHCP, files and the registrar. */
  readonly server: string;
  /** The registrar as the phone names it, `address:port`. */
  readonly registrar: string;
  /** The handset's own number. */
  readonly user: string;
  /** What every address of the phone begins with. */
  readonly network: string;
}

/** Another telephone of the same registrar, and the person at it. */
export interface OtherPhone {
  readonly number: string;
  /** Calls this number; resolves when it has begun to. */
  call(number: string): Promise<void>;
  /** Waits until it rings, and takes the call. */
  answer(): Promise<void>;
  /** Waits until it rings, and says that it is busy. */
  refuse(): Promise<void>;
  /** Ends its call. */
  hangUp(): Promise<void>;
  /** Calls that it has, of any state. */
  calls(): Promise<number>;
  /** Listens for two seconds: does each hear what the other says? The worse of both. */
  bothHear(): Promise<Heard>;
  /** Listens for a while: does what the handset says get there? */
  hearsUs(): Promise<boolean>;
}

/** How a tier plays it. */
export interface Around {
  readonly place: Place;
  /** From now on this fault instead of any other; undefined: none. */
  fault(name: FaultName | undefined): Promise<void>;
  /** Pulls the handset's network cable, or puts it back. */
  cable(is: "unplugged" | "plugged"): Promise<void>;
  /** Registered when it resolves; the same one each time. */
  otherPhone(): Promise<OtherPhone>;
}
