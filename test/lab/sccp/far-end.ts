// Whoever is at the other end of a leg: another phone, or a number that answers by itself.
import type { Endpoint } from "#hal/contract/sockets.ts";
import type { Person } from "./ladders.ts";

export interface FarEnd extends Person {
  /** Where it hears; undefined: not known, or it does not listen now. */
  rtp(): Endpoint | undefined;
  /** Where the one it talks to hears now; undefined: on hold. */
  partnerMoved(rtp: Endpoint | undefined): void;
  /** It talks to somebody else from now on (transfer). */
  partnerChanged(partner: FarEnd): void;
  /** The one it talked to left. */
  partnerLeft(): void;
}
