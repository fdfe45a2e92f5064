// What a fleet asks of each of its phones, whatever the protocol.
import type { CallState } from "#firmware/call/view.ts";

export interface FleetPhone {
  /** When it was in, on the fleet's clock; undefined while it is not. */
  registeredAtMs(): number | undefined;
  lift(): void;
  dial(digits: string): void;
  hangUp(): void;
  /** Of its first call; undefined without one. */
  callState(): CallState | undefined;
  /** RTP packets that came in its latest call. */
  receivedPackets(): number;
  /** Takes its leave of the server. */
  leave(): void;
  /** Nothing of it is left. */
  stop(): void;
}
