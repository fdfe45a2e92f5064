// The soft keys a server selected: slots of a set, masked; blank slots keep their place (sccp 3.2, 4.8).
import type { ServerCallState, ServerSoftkey } from "#firmware/sccp/notices.ts";
import { everyKey, type SelectedKeys, type Terminal } from "./terminal.ts";

/** One visible slot; `key` undefined: blank. */
export interface VisibleKey {
  /** Position in the set. */
  readonly place: number;
  readonly key: ServerSoftkey | undefined;
}

/** Sets by their usual index, for a call whose set was not selected yet. */
const usualSets: Readonly<Partial<Record<ServerCallState, number>>> = {
  connected: 1,
  hold: 2,
  "ring-in": 3,
  "call-waiting": 3,
  "off-hook": 4,
  "ring-out": 8,
  proceed: 8,
};

/** The keys of the call shown, or of the idle terminal. */
export function keysShown(server: Terminal): readonly VisibleKey[] {
  return visible(server.sets[selected(server).set] ?? [], selected(server).mask);
}

function selected(server: Terminal): SelectedKeys {
  const call = server.calls.find(({ id }) => id === server.focus);
  if (call === undefined) return server.idleKeys;
  if (call.keys !== undefined) return call.keys;
  const set = usualSets[call.state];
  return set === undefined ? server.idleKeys : { set, mask: everyKey };
}

/** Slots that are on; a blank one at the end needs no place. */
function visible(slots: readonly (ServerSoftkey | undefined)[], mask: number): readonly VisibleKey[] {
  const keys = slots
    .map((key, place): VisibleKey => ({ place, key }))
    .filter(({ place }) => place < 32 && ((mask >>> place) & 1) === 1);
  const last = keys.findLastIndex(({ key }) => key !== undefined);
  return keys.slice(0, last + 1);
}
