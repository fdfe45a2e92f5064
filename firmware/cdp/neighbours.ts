// The table of neighbours: at most four, each with its hold time.
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { CdpNeighbour } from "./notices.ts";
import { mostNeighbours } from "./timing.ts";

export interface Entry {
  readonly neighbour: CdpNeighbour;
  readonly heardAt: MonoMs;
  readonly forgetAt: MonoMs;
}

/** A device and its port are one neighbour, whatever else changes. */
function isSame(a: CdpNeighbour, b: CdpNeighbour): boolean {
  return a.mac === b.mac && a.deviceId === b.deviceId && a.portId === b.portId;
}

/** What the table knew of this neighbour. */
export function known(table: readonly Entry[], neighbour: CdpNeighbour): Entry | undefined {
  return table.find((entry) => isSame(entry.neighbour, neighbour));
}

/** With this neighbour heard just now; the one heard longest ago makes room. */
export function heard(table: readonly Entry[], neighbour: CdpNeighbour, now: MonoMs): readonly Entry[] {
  const others = table.filter((entry) => !isSame(entry.neighbour, neighbour));
  const newestFirst = [...others].sort((a, b) => b.heardAt - a.heardAt).slice(0, mostNeighbours - 1);
  return [{ neighbour, heardAt: now, forgetAt: later(now, neighbour.ttlSec * 1000) }, ...newestFirst];
}

/** Without this neighbour. */
export function without(table: readonly Entry[], neighbour: CdpNeighbour): readonly Entry[] {
  return table.filter((entry) => !isSame(entry.neighbour, neighbour));
}

/** When the first hold time runs out; undefined for an empty table. */
export function nextForgetAt(table: readonly Entry[]): MonoMs | undefined {
  return table.reduce<MonoMs | undefined>(
    (first, { forgetAt }) => (first === undefined || forgetAt < first ? forgetAt : first),
    undefined,
  );
}

/** True when two frames of a neighbour say the same; the hold time alone is no news. */
export function saysTheSame(a: CdpNeighbour, b: CdpNeighbour): boolean {
  return JSON.stringify({ ...a, ttlSec: 0 }) === JSON.stringify({ ...b, ttlSec: 0 });
}
