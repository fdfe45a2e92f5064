// The hook switch: polarity, settle time, flash. A contact bounces for milliseconds when the handset lands.
import type { InputLine, LineEdge } from "#hal/contract/bus.ts";
import type { HookEvent, HookSwitch } from "#hal/contract/panel.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later, type MonoMs } from "#hal/contract/time.ts";

export interface HookSwitchConfig {
  /** True where the line is high while the handset is lifted (a normally open contact to ground with a pull-up). */
  readonly isHighOffHook: boolean;
  /** The line must keep its level so long. */
  readonly settleMs: number;
  /** An on-hook of this length is a flash, not a hang-up; undefined: the board has no flash. */
  readonly flash: { readonly minMs: number; readonly maxMs: number } | undefined;
}

/**
 * Watches one line. With flash configured a hang-up is known only `flash.maxMs` after it happened. Times are the edges' own:
 * what happened while nobody could look is told afterwards, in order.
 */
export function createHookSwitch(options: {
  readonly line: InputLine;
  readonly config: HookSwitchConfig;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): HookSwitch {
  const { line, config, clock, signal } = options;
  const events = new Emitter<HookEvent>();
  let isOffHook = line.read() === config.isHighOffHook;
  let settling: Alarm | undefined;
  let last: LineEdge | undefined;
  /** Since when the handset is down, while that may still become a flash. */
  let downSince: MonoMs | undefined;
  let downDecided: Alarm | undefined;

  const tell = (kind: HookEvent["kind"], at: MonoMs): void => events.emit({ kind, at });
  const isLiftedBy = (edge: LineEdge): boolean => edge.isHigh === config.isHighOffHook;
  const hangUp = (at: MonoMs): void => {
    downSince = undefined;
    isOffHook = false;
    tell("on-hook", at);
  };

  const settled = (edge: LineEdge): void => {
    const { at } = edge;
    const isLifted = isLiftedBy(edge);
    const wasLifted = isOffHook && downSince === undefined;
    if (isLifted === wasLifted) return;
    if (!isLifted) {
      if (config.flash === undefined) {
        hangUp(at);
      } else {
        downSince = at;
        const until = later(at, config.flash.maxMs);
        downDecided = clock.alarm(until, () => {
          const isRisen = last !== undefined && isLiftedBy(last) && last.at < until;
          if (!isRisen) hangUp(at); // else the settle time decides
        });
      }
      return;
    }
    if (downSince === undefined) {
      isOffHook = true;
      tell("off-hook", at);
      return;
    }
    downDecided?.cancel();
    const downMs = at - downSince;
    downSince = undefined;
    if (config.flash !== undefined && downMs >= config.flash.minMs) tell("flash", at);
  };

  line.edges.subscribe(
    (edge) => {
      settling?.cancel();
      if (last !== undefined && edge.at - last.at >= config.settleMs) settled(last);
      last = edge;
      // The moment that counts is the last edge, not the end of the settle time.
      settling = clock.alarm(later(edge.at, config.settleMs), () => settled(edge));
    },
    { signal },
  );
  signal.addEventListener(
    "abort",
    () => {
      settling?.cancel();
      downDecided?.cancel();
    },
    { once: true },
  );
  return { isOffHook: () => isOffHook, events };
}
