// A call control just good enough to look at the page: one call, an echo service at 600. Pure.
import type { Intent } from "#firmware/call/intents.ts";
import type { CallView, PhoneView } from "#firmware/call/view.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { call, idleView, softkeysOf } from "#test/screens/samples.ts";

/** The view after an intent. */
export function obey(view: PhoneView, intent: Intent, now: MonoMs): PhoneView {
  const held = view.calls[0];
  switch (intent.kind) {
    case "on-hook":
      return withCall({ ...view, isOffHook: false }, undefined);
    case "off-hook":
      return pickedUp({ ...view, isOffHook: true, audio: { ...view.audio, path: "handset" } }, now);
    case "line-key":
    case "speaker":
      return pickedUp({ ...view, audio: { ...view.audio, path: "speaker" } }, now);
    case "digit":
      return typed(held === undefined ? pickedUp(view, now) : view, intent.digit);
    case "mute":
      return { ...view, audio: { ...view.audio, isMuted: !view.audio.isMuted } };
    case "softkey":
      if (intent.id === "answer" || intent.id === "newCall") return pickedUp(view, now);
      if (intent.id === "dial") return dialled(view);
      return intent.id === "endCall" ? withCall(view, undefined) : view;
    case "dial":
      return dialled(withCall(view, offHook(intent.target)));
    default:
      return view;
  }
}

/** The other party answers. */
export function answered(view: PhoneView, now: MonoMs): PhoneView {
  const held = view.calls[0];
  return held?.state === "ring-out"
    ? withCall(view, { ...held, state: "connected", connectedAt: now })
    : view;
}

/** Somebody calls. */
export function ringing(view: PhoneView): PhoneView {
  const peer = {
    name: "Alice Example",
    number: "5550123",
    uri: "sip:5550123@10.77.0.10",
    isAnonymous: false,
  };
  return withCall(
    view,
    call({ state: "ring-in", direction: "in", peer, digits: "", connectedAt: undefined }),
  );
}

function offHook(digits: string): CallView {
  return call({ state: "off-hook", peer: undefined, digits, connectedAt: undefined });
}

function pickedUp(view: PhoneView, now: MonoMs): PhoneView {
  const held = view.calls[0];
  if (held === undefined) return withCall(view, offHook(""));
  return held.state === "ring-in" ? withCall(view, { ...held, state: "connected", connectedAt: now }) : view;
}

function typed(view: PhoneView, digit: string): PhoneView {
  const held = view.calls[0];
  if (held?.state !== "off-hook") return view;
  const next = withCall(view, offHook(held.digits + digit));
  return held.digits + digit === "600" ? dialled(next) : next;
}

function dialled(view: PhoneView): PhoneView {
  const digits = view.calls[0]?.digits ?? "";
  const peer = { name: digits === "600" ? "Echo service" : "", number: digits, uri: "", isAnonymous: false };
  return withCall(view, call({ state: "ring-out", peer, digits, connectedAt: undefined }));
}

function withCall(view: PhoneView, next: CallView | undefined): PhoneView {
  const isAudible = next !== undefined && next.state !== "ring-in";
  const path = isAudible ? (view.audio.path ?? "handset") : undefined;
  const audio = { ...view.audio, path, isMuted: isAudible && view.audio.isMuted };
  const calls = next === undefined ? [] : [next];
  return { ...view, calls, audio, softkeys: next === undefined ? idleView.softkeys : keysOf(next) };
}

function keysOf({ state, digits }: CallView): PhoneView["softkeys"] {
  if (state === "connected")
    return softkeysOf(["hold", "endCall", "transfer", "conference", "blindTransfer"]);
  if (state === "ring-in") return softkeysOf(["answer"]);
  if (state !== "off-hook") return softkeysOf(["endCall"]);
  return digits === ""
    ? softkeysOf(["redial", "endCall", "forwardAll"])
    : softkeysOf(["dial", "backspace", "endCall"]);
}
