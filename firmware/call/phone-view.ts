// The whole phone as one value for the screens, whoever controls the calls; and the lamps that follow from it.

import type { LocalView } from "#firmware/call/local/view.ts";
import type { LampId, LampMode } from "#hal/contract/panel.ts";
import { lineKeys as lineKeyIds } from "#hal/contract/panel.ts";
import type { AudioState } from "./audio.ts";
import type { Desk } from "./desk.ts";
import type { Outputs } from "./outputs.ts";
import type { AudioView, PhoneView } from "./view.ts";

/** What the control in charge contributes. */
export type ControlView = LocalView &
  Pick<PhoneView, "idleText"> &
  Partial<Pick<PhoneView, "dateFormat" | "is24Hour">> & {
    /** The handset light, where the server sets it. */
    readonly lamp?: LampMode;
  };

function audioView(audio: AudioState): AudioView {
  return { path: audio.path, isMuted: audio.isMuted, volume: audio.volumes[audio.path ?? "ringer"] };
}

export function phoneView(desk: Desk, control: ControlView): PhoneView {
  const { settings, audio } = desk;
  return {
    boot: desk.boot,
    lineKeys: control.lineKeys,
    selectedLine: control.selectedLine,
    calls: preDialled(desk, control),
    softkeys: control.softkeys,
    prompt: desk.passingPrompt?.prompt ?? control.prompt,
    audio: audioView(audio),
    isOffHook: audio.path !== undefined,
    time: desk.time,
    dateFormat: control.dateFormat ?? settings.dateFormat,
    is24Hour: control.is24Hour ?? settings.is24Hour,
    phoneLabel: settings.phoneLabel,
    hasMessages: control.hasMessages,
    isDoNotDisturb: control.isDoNotDisturb,
    forwardedTo: control.forwardedTo,
    idleText: control.idleText,
    log: desk.log,
  };
}

/** Digits typed on hook look like a call that collects them. */
function preDialled(desk: Desk, control: ControlView): PhoneView["calls"] {
  const { preDial } = desk;
  if (preDial === undefined) return control.calls;
  const isSelected = !control.calls.some((call) => call.isSelected && call.state === "ring-in");
  return [
    ...control.calls.map((call) => ({ ...call, isSelected: call.isSelected && !isSelected })),
    {
      id: "typed",
      line: control.selectedLine,
      state: "off-hook",
      direction: "out",
      peer: undefined,
      digits: preDial.digits,
      connectedAt: undefined,
      isSelected,
      suggestion: preDial.suggestion,
      divertedBy: undefined,
      failure: undefined,
    },
  ];
}

/** Lamps of the front: what is in use, what rings, what waits (KEY-009, 010, 011, 015). */
export function lampsFor(desk: Desk, control: ControlView): Outputs["lamps"] {
  const isRinging = control.calls.some(({ state }) => state === "ring-in");
  const waiting: LampMode = control.lamp ?? (control.hasMessages ? "on" : "off");
  const lamps: Partial<Record<LampId, LampMode>> = {
    message: isRinging && control.lamp === undefined ? "flash" : waiting,
    mute: desk.audio.isMuted ? "on" : "off",
    headset: desk.audio.path === "headset" ? "on" : "off",
    speaker: desk.audio.path === "speaker" ? "on" : "off",
  };
  for (const [index, key] of control.lineKeys.entries()) {
    const id = lineKeyIds[index];
    if (id !== undefined) lamps[id] = key.lamp;
  }
  return lamps;
}
