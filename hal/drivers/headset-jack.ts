// The switch in a headset jack: settled, because a plug scrapes along it on its way in.
import type { HeadsetJack } from "#hal/contract/audio.ts";
import type { InputLine } from "#hal/contract/bus.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";

/** A plug takes about a quarter of a second to go in. */
const settleMs = 300;

/** Watches one line. */
export function createHeadsetJack(options: {
  readonly line: InputLine;
  readonly isHighWhenPlugged: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): HeadsetJack {
  const { line, isHighWhenPlugged, clock, signal } = options;
  const events = new Emitter<{ readonly isPlugged: boolean }>();
  const look = (): boolean => line.read() === isHighWhenPlugged;
  let isPlugged = look();
  let alarm: Alarm | undefined;
  const settled = (): void => {
    const now = look();
    if (now === isPlugged) return;
    isPlugged = now;
    events.emit({ isPlugged });
  };
  line.edges.subscribe(
    () => {
      alarm?.cancel();
      alarm = clock.alarm(later(clock.now(), settleMs), settled);
    },
    { signal },
  );
  signal.addEventListener("abort", () => alarm?.cancel(), { once: true });
  return { isPlugged: () => isPlugged, events };
}
