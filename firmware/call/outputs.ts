// What lamps, sound, streams and ports should be, derived from the state after every step; the difference to what
// they were becomes orders. Nothing else switches a tone off or gives a port back, so nothing can forget to.

import type { AudioPath } from "#hal/contract/audio.ts";
import type { MediaCommand, StreamSpec } from "#hal/contract/media.ts";
import type { LampId, LampMode } from "#hal/contract/panel.ts";
import type { Volumes } from "./audio.ts";
import { defaultVolumes } from "./audio.ts";
import type { LocalMedia, RingOrder, ToneName } from "./intents.ts";

/** Ports of one call or channel on their way from the media host. */
export type Ports =
  | { readonly kind: "none" }
  | { readonly kind: "reserving" }
  | ({ readonly kind: "reserved" } & LocalMedia)
  | { readonly kind: "failed" };

export const noPorts: Ports = { kind: "none" };

/** Who holds or wants ports: a call, or a channel of a call manager. */
export interface PortsOwner {
  readonly owner: string;
  readonly ports: Ports;
}

/** A digit key held down: heard by these streams until it is let go. `serial` tells two presses apart. */
export interface HeldDigit {
  readonly digit: string;
  readonly serial: number;
  readonly ids: readonly string[];
}

export interface Outputs {
  readonly path: AudioPath | undefined;
  readonly isMuted: boolean;
  readonly volumes: Volumes;
  readonly tone: ToneName | undefined;
  readonly ring: RingOrder | undefined;
  readonly owners: readonly PortsOwner[];
  readonly streams: readonly StreamSpec[];
  /** Streams this person hears and speaks to. */
  readonly listen: readonly string[];
  readonly digit: HeldDigit | undefined;
  readonly lamps: Readonly<Partial<Record<LampId, LampMode>>>;
}

export const silentOutputs: Outputs = {
  path: undefined,
  isMuted: false,
  volumes: defaultVolumes,
  tone: undefined,
  ring: undefined,
  owners: [],
  streams: [],
  listen: [],
  digit: undefined,
  lamps: {},
};

/** Orders to the hardware and the media host. */
export type OutputEffect =
  | { readonly kind: "reserve"; readonly owner: string }
  | { readonly kind: "release"; readonly portsId: number }
  | { readonly kind: "media"; readonly command: MediaCommand }
  | { readonly kind: "tone"; readonly tone: ToneName | undefined }
  | { readonly kind: "ring"; readonly ring: RingOrder | undefined }
  | { readonly kind: "path"; readonly path: AudioPath | undefined }
  | { readonly kind: "microphone"; readonly isMuted: boolean }
  | { readonly kind: "volume"; readonly output: AudioPath | "ringer"; readonly percent: number }
  | { readonly kind: "lamp"; readonly lamp: LampId; readonly mode: LampMode };

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** The orders that lead from one picture to the next. Streams end before their ports are released. */
export function changes(before: Outputs, after: Outputs): readonly OutputEffect[] {
  return [
    ...soundChanges(before, after),
    ...digitChanges(before.digit, after.digit),
    ...streamChanges(before, after),
    ...portChanges(before.owners, after.owners),
    ...lampChanges(before.lamps, after.lamps),
  ];
}

function* soundChanges(before: Outputs, after: Outputs): Iterable<OutputEffect> {
  if (before.ring !== undefined && !same(before.ring, after.ring)) yield { kind: "ring", ring: undefined };
  for (const output of ["handset", "headset", "speaker", "ringer"] as const) {
    const percent = after.volumes[output];
    if (percent !== before.volumes[output]) yield { kind: "volume", output, percent };
  }
  if (before.path !== after.path) yield { kind: "path", path: after.path };
  if (before.isMuted !== after.isMuted) {
    yield { kind: "microphone", isMuted: after.isMuted };
    yield { kind: "media", command: { kind: "mute", isMuted: after.isMuted } };
  }
  if (before.tone !== after.tone) yield { kind: "tone", tone: after.tone };
  if (after.ring !== undefined && !same(before.ring, after.ring)) yield { kind: "ring", ring: after.ring };
}

function* digitChanges(before: HeldDigit | undefined, after: HeldDigit | undefined): Iterable<OutputEffect> {
  const isSame = before?.serial === after?.serial;
  for (const id of before?.ids ?? []) {
    if (!isSame || after?.ids.includes(id) !== true)
      yield { kind: "media", command: { kind: "end-digit", id } };
  }
  if (after === undefined || isSame) return;
  for (const id of after.ids)
    yield { kind: "media", command: { kind: "send-digit", id, digit: after.digit, durationMs: undefined } };
}

function* streamChanges(before: Outputs, after: Outputs): Iterable<OutputEffect> {
  for (const spec of after.streams) {
    const old = before.streams.find(({ id }) => id === spec.id);
    if (!same(old, spec)) yield { kind: "media", command: { kind: "stream", spec } };
  }
  if (!same(before.listen, after.listen))
    yield { kind: "media", command: { kind: "listen", ids: after.listen } };
  for (const { id } of before.streams) {
    if (!after.streams.some((spec) => spec.id === id))
      yield { kind: "media", command: { kind: "end-stream", id } };
  }
}

function* portChanges(before: readonly PortsOwner[], after: readonly PortsOwner[]): Iterable<OutputEffect> {
  const reserved = (owners: readonly PortsOwner[]): Set<number> =>
    new Set(owners.flatMap(({ ports }) => (ports.kind === "reserved" ? [ports.portsId] : [])));
  const kept = reserved(after);
  for (const portsId of reserved(before)) if (!kept.has(portsId)) yield { kind: "release", portsId };
  const asked = new Set(before.filter(({ ports }) => ports.kind === "reserving").map(({ owner }) => owner));
  for (const { owner, ports } of after) {
    if (ports.kind === "reserving" && !asked.has(owner)) yield { kind: "reserve", owner };
  }
}

function* lampChanges(before: Outputs["lamps"], after: Outputs["lamps"]): Iterable<OutputEffect> {
  const lamps = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<LampId>; // keys of both records
  for (const lamp of lamps) {
    const mode = after[lamp] ?? "off";
    if ((before[lamp] ?? "off") !== mode) yield { kind: "lamp", lamp, mode };
  }
}
