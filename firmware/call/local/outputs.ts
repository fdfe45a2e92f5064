// What local calls want heard, rung and lit, derived from their stages.
import type { Desk } from "#firmware/call/desk.ts";
import type { CallId, RingOrder, ToneName } from "#firmware/call/intents.ts";
import type { Outputs } from "#firmware/call/outputs.ts";
import type { StreamSpec } from "#hal/contract/media.ts";
import { isActive, type LocalCall, type LocalState } from "./calls.ts";

/** Streams this person hears and speaks to: the call that has the ear, early media, or a conference. */
export function listenTo(local: LocalState): readonly CallId[] {
  return local.calls
    .filter((call) => {
      const { kind } = call.stage;
      const canHear = kind === "talking" || kind === "ring-out" || kind === "proceeding";
      return canHear && isActive(call) && call.media !== undefined && call.ports.kind === "reserved";
    })
    .map(({ id }) => id);
}

/** The tone that belongs to a stage. Ringback gives way to early media as soon as some was heard (RFC 3960 §3.2). */
function toneOf(call: LocalCall): ToneName | undefined {
  const { stage } = call;
  switch (stage.kind) {
    case "dialling":
    case "failed":
    case "over":
      return stage.tone;
    case "ring-out":
      return call.isHeard ? undefined : stage.ringback;
    default:
      return undefined;
  }
}

function tone(desk: Desk, local: LocalState): ToneName | undefined {
  if (local.forgotten === "warning") return "permanent";
  if (desk.audio.path === undefined) return undefined;
  if (desk.passingTone !== undefined) return desk.passingTone.tone;
  const active = local.calls.find(isActive);
  const own = active === undefined ? undefined : toneOf(active);
  if (own !== undefined || active === undefined) return own;
  const waiting = local.calls.find(({ stage }) => stage.kind === "ring-in");
  return waiting?.stage.kind === "ring-in" ? waiting.stage.waiting : undefined;
}

function ring(desk: Desk, local: LocalState): RingOrder | undefined {
  if (local.calls.some(isActive)) return undefined;
  const shown = local.calls.find(({ id, stage }) => id === local.focus && stage.kind === "ring-in");
  const ringing = shown ?? local.calls.find(({ stage }) => stage.kind === "ring-in");
  if (ringing?.stage.kind === "ring-in")
    return { name: ringing.stage.ring, isOnce: ringing.stage.ring === "dr5" };
  const reminds = local.remindUntil !== undefined && desk.audio.path === undefined;
  return reminds ? { name: "dr5", isOnce: true } : undefined;
}

/** Codecs that keep the shape of a tone; through any other digits distort, and need events (reference row DTM-007). */
const toneCodecs = ["pcmu", "pcma", "g722", "l16"];

function streams(desk: Desk, local: LocalState): readonly StreamSpec[] {
  const { hasSilenceSuppression, inBandDigitDbfs } = desk.settings;
  return local.calls.flatMap(({ id, ports, media }) => {
    if (ports.kind !== "reserved" || media === undefined) return [];
    const keepsTones = toneCodecs.includes(media.send?.encoding.toLowerCase() ?? "");
    const inBand = inBandDigitDbfs === undefined || !keepsTones ? {} : { inBandDigitDbfs };
    return [{ id, portsId: ports.portsId, ...media, hasSilenceSuppression, ...inBand }];
  });
}

/** Everything but the lamps, which follow from the view. */
export function localOutputs(desk: Desk, local: LocalState): Omit<Outputs, "lamps"> {
  const pressed = desk.pressedDigit;
  return {
    path: desk.audio.path ?? (local.forgotten === "warning" ? "handset" : undefined),
    isMuted: desk.audio.isMuted,
    volumes: desk.audio.volumes,
    tone: tone(desk, local),
    ring: ring(desk, local),
    owners: local.calls.map(({ id, ports }) => ({ owner: id, ports })),
    streams: streams(desk, local),
    listen: listenTo(local),
    digit: pressed && { digit: pressed.digit, serial: pressed.serial, ids: listenTo(local) },
  };
}
