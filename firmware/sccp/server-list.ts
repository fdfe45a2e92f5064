// Which server comes next (sccp reference 5.2, 5.5).
import type { SccpServer } from "./settings.ts";
import type { Walk } from "./state.ts";

export const freshWalk: Walk = { tried: [], text: "", isRejected: false };

/** The first server after `from` in list order, then from the beginning, that was not tried; undefined: all were. */
export function nextServer(count: number, from: number, tried: readonly number[]): number | undefined {
  for (let step = 0; step < count; step++) {
    const index = (from + step) % count;
    if (!tried.includes(index)) return index;
  }
  return undefined;
}

/** The server to stand by while `active` serves: the next one of the list, if there is one. */
export function standbyFor(servers: readonly SccpServer[], active: number): number | undefined {
  return active + 1 < servers.length ? active + 1 : undefined;
}
