// Keys with a line of their own, and several keypads as one: a handset may have a matrix for the digits and single
// lines for the rest.
import type { InputLine, LineEdge } from "#hal/contract/bus.ts";
import type { KeyEvent, KeyId, Keypad } from "#hal/contract/panel.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";

export interface DirectKeypadConfig {
  /** True where a pressed key pulls its line high. */
  readonly isHighWhenDown: boolean;
  /** The line must keep its level so long, pressed or let go. */
  readonly debounceMs: number;
}

/**
 * Watches each line. A key that is held at the start is told as pressed. Times are the edges' own, so a press that was over
 * before anybody could look at it counts all the same.
 */
export function createDirectKeypad(options: {
  readonly lines: ReadonlyMap<KeyId, InputLine>;
  readonly config: DirectKeypadConfig;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Keypad {
  const { lines, config, clock, signal } = options;
  const events = new Emitter<KeyEvent>();
  const down = new Set<KeyId>();
  const alarms = new Map<KeyId, Alarm>();

  for (const [key, line] of lines) {
    let last: LineEdge = { isHigh: line.read(), at: clock.now() };
    const settled = (edge: LineEdge): void => {
      const isDown = edge.isHigh === config.isHighWhenDown;
      if (isDown === down.has(key)) return;
      if (isDown) down.add(key);
      else down.delete(key);
      events.emit({ key, isDown, at: later(edge.at, config.debounceMs) });
    };
    const wait = (edge: LineEdge): void => {
      if (edge.at - last.at >= config.debounceMs) settled(last);
      last = edge;
      alarms.get(key)?.cancel();
      alarms.set(
        key,
        clock.alarm(later(edge.at, config.debounceMs), () => settled(edge)),
      );
    };
    line.edges.subscribe(wait, { signal });
    wait(last);
  }
  signal.addEventListener(
    "abort",
    () => {
      for (const alarm of alarms.values()) alarm.cancel();
    },
    { once: true },
  );
  return { keys: [...lines.keys()], events };
}

/** All keys of several keypads; no key may be on two. */
export function joinKeypads(keypads: readonly Keypad[], signal: AbortSignal): Keypad {
  const events = new Emitter<KeyEvent>();
  for (const keypad of keypads) keypad.events.subscribe((event) => events.emit(event), { signal });
  return { keys: keypads.flatMap(({ keys }) => keys), events };
}
