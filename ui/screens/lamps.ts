// Which lamps are lit (reference rows KEY-009 to KEY-011, KEY-015), for pages and `show lcd`: a pure function of the phone view.
// The lamps themselves are set by the call control, which also knows what a call manager ordered.
import type { PhoneView } from "#firmware/call/view.ts";
import { type LampColour, type LampId, type LampMode, lineKeys } from "#hal/contract/panel.ts";
import { ownCalls } from "./seen.ts";

export interface LampState {
  readonly mode: LampMode;
  readonly colour: LampColour;
}

const off: LampState = { mode: "off", colour: "red" };

/** Every lamp a handset may have; the composition root sets those that this one has. */
export function lampsOf(view: PhoneView): Readonly<Record<LampId, LampState>> {
  const { audio } = view;
  const [line1, line2, line3, line4, line5, line6] = lineKeys.map((_, index) => lineLamp(view, index));
  return {
    message: messageLamp(view),
    mute: audio.isMuted ? { mode: "on", colour: "red" } : off,
    headset: audio.path === "headset" ? { mode: "on", colour: "green" } : off,
    speaker: audio.path === "speaker" ? { mode: "on", colour: "green" } : off,
    line1: line1 ?? off,
    line2: line2 ?? off,
    line3: line3 ?? off,
    line4: line4 ?? off,
    line5: line5 ?? off,
    line6: line6 ?? off,
  };
}

/** The handset's lamp: flashing on an incoming call, steady on message waiting. */
function messageLamp(view: PhoneView): LampState {
  if (ownCalls(view).some((call) => call.state === "ring-in")) return { mode: "blink", colour: "red" };
  return view.hasMessages ? { mode: "on", colour: "red" } : off;
}

/** Green for calls of our own, red for somebody else's as the server tells it. */
function lineLamp(view: PhoneView, index: number): LampState {
  const calls = ownCalls(view).filter((call) => call.line === index + 1 && call.state !== "ended");
  if (calls.some((call) => call.state === "ring-in")) return { mode: "blink", colour: "amber" };
  if (calls.some((call) => call.state !== "hold")) return { mode: "on", colour: "green" };
  if (calls.length > 0) return { mode: "wink", colour: "green" };
  return { mode: view.lineKeys[index]?.lamp ?? "off", colour: "red" };
}
