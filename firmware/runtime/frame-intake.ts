// What a protocol that lives on the port's own frames (CDP, LLDP) does with each of them: a budget, so that a storm of
// frames is not looked at (reference boot-and-provisioning 2.7 rule 6), one place where a bad one becomes a count.
import { WireError } from "#firmware/wire/wire-error.ts";
import type { LinkPort, LinkState, ReceivedFrame } from "#hal/contract/link.ts";
import type { Log } from "./log.ts";

/** What came in, since the start. */
export interface FrameCounters {
  /** In our VLAN; the three below are not counted here but for `malformed` and `overBudget`. */
  readonly received: number;
  /** Refused by the decoder. */
  readonly malformed: number;
  /** More than ten in a second. */
  readonly overBudget: number;
  /** Another protocol of the group, another VLAN, or our own frame come back. */
  readonly foreign: number;
}

export interface FrameIntakeOptions<T extends object> {
  readonly link: LinkPort;
  readonly frames: Parameters<LinkPort["listen"]>[0];
  readonly log: Log;
  /** Whether a frame with this VLAN id is ours; 0 is untagged. */
  isOurs(vlanId: number): boolean;
  /** What a frame says; undefined where it is not for us. Throws WireError. */
  read(bytes: Uint8Array): T | undefined;
  take(value: T): void;
  /** Carrier came or went; also told at the start where there is carrier. */
  follow(state: LinkState): void;
  readonly signal: AbortSignal;
}

export interface FrameIntake {
  counters(): FrameCounters;
  /** Tells `follow` that carrier went, and came again where there is any. */
  restart(): void;
}

/** Looked at per second and port (reference 2.7 rule 6; for LLDP our decision). */
const framesPerSecond = 10;

/** Listens until `signal` aborts. */
export function startFrameIntake<T extends object>(options: FrameIntakeOptions<T>): FrameIntake {
  const { link, log, signal } = options;
  const counters = { received: 0, malformed: 0, overBudget: 0, foreign: 0 };
  let second = { since: Number.NEGATIVE_INFINITY, used: 0 };

  const isGranted = (nowMs: number): boolean => {
    if (nowMs - second.since >= 1000) second = { since: nowMs, used: 0 };
    return second.used++ < framesPerSecond;
  };
  const take = (frame: ReceivedFrame): void => {
    if (!options.isOurs(frame.tag?.vlanId ?? 0)) return void counters.foreign++;
    counters.received++;
    if (!isGranted(frame.at)) return void counters.overBudget++;
    const value = read(frame.bytes);
    if (value === "malformed") counters.malformed++;
    else if (value === undefined) counters.foreign++;
    else options.take(value);
  };
  const read = (bytes: Uint8Array): T | undefined | "malformed" => {
    try {
      return options.read(bytes);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      log.debug(`dropped: ${error.message}`);
      return "malformed";
    }
  };

  link.listen(options.frames, take, { signal });
  link.changes.subscribe((state) => options.follow(state), { signal });
  if (link.state().isUp) options.follow(link.state());
  return {
    counters: () => ({ ...counters }),
    restart() {
      options.follow({ ...link.state(), isUp: false });
      if (link.state().isUp) options.follow(link.state());
    },
  };
}
