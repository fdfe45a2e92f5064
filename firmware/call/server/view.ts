// A call manager's terminal as the screens see it: the same views as for calls controlled here.
import type { Desk } from "#firmware/call/desk.ts";
import { lineLamp } from "#firmware/call/local/view.ts";
import type { Outputs } from "#firmware/call/outputs.ts";
import type { ControlView } from "#firmware/call/phone-view.ts";
import type { CallView, LineKeyView, PromptView, SoftkeyView } from "#firmware/call/view.ts";
import type { ServerButton, ServerState } from "#firmware/sccp/notices.ts";
import type { LineState, RegistrationFailure } from "#firmware/sip/notices.ts";
import type { LampMode } from "#hal/contract/panel.ts";
import { divertedBy, peerOf, viewStates } from "./calls.ts";
import { channelStreams } from "./channels.ts";
import { lampKey } from "./orders.ts";
import { keysShown } from "./softkeys.ts";
import type { ServerCall, Terminal } from "./terminal.ts";

export function serverView(desk: Desk, server: Terminal): ControlView {
  const calls = server.calls.flatMap((call) => callView(server, call) ?? []);
  const light = server.lamps.get("messages 0") ?? "off";
  return {
    lineKeys: server.buttons.map((button) => buttonView(server, calls, button)),
    selectedLine: server.selectedLine,
    calls,
    softkeys: softkeys(desk, server),
    prompt: prompt(server),
    hasMessages: light !== "off",
    isDoNotDisturb: false,
    forwardedTo: server.forwards.get(server.selectedLine)?.all,
    idleText: server.displayText,
    lamp: server.ringer === undefined ? light : "flash",
    ...dateForm(server.dateTemplate),
  };
}

/** `D/M/YA`: the form of the date, and the 12-hour clock where an `A` ends it. */
function dateForm(template: string | undefined): Partial<Pick<ControlView, "dateFormat" | "is24Hour">> {
  if (template === undefined || template === "") return {};
  const is24Hour = !template.endsWith("A");
  return { dateFormat: is24Hour ? template : template.slice(0, -1), is24Hour };
}

function callView(server: Terminal, call: ServerCall): CallView | undefined {
  const state = viewStates[call.state];
  if (state === undefined) return undefined;
  return {
    id: call.id,
    line: call.at.line,
    state,
    direction: call.direction,
    peer: peerOf(call),
    digits: call.digits,
    connectedAt: call.connectedAt,
    isSelected: call.id === server.focus,
    suggestion: undefined,
    divertedBy: divertedBy(call),
    failure: state === "failed" ? { status: undefined, reason: "" } : undefined,
  };
}

function buttonView(server: Terminal, calls: readonly CallView[], button: ServerButton): LineKeyView {
  const { kind, instance, stimulus } = button;
  const plain = {
    state: { kind: "unprovisioned" } as const,
    lamp: "off" as LampMode,
    hasMessages: false,
    isForwarded: false,
  };
  switch (kind) {
    case "line":
      return lineView(server, calls, instance);
    case "speed-dial":
      return { kind: "speed-dial", label: server.speedDials.get(instance)?.label ?? "", ...plain };
    case "feature":
    case "busy-lamp": {
      const feature = server.features.get(instance);
      const ordered = server.lamps.get(lampKey({ kind: "other", stimulus, instance }));
      const lamp: LampMode =
        ordered ?? ((feature?.status ?? 0) > (kind === "feature" ? 0 : 1) ? "on" : "off");
      return { ...plain, kind: "feature", label: feature?.label ?? "", lamp };
    }
    case "service":
      return { kind: "service", label: server.services.get(instance)?.label ?? "", ...plain };
    case "none":
      return { kind: "none", label: "", ...plain };
  }
}

/** A line's icon follows its calls; without one, its lamp and the state told for it as a busy lamp. */
function lineView(server: Terminal, calls: readonly CallView[], instance: number): LineKeyView {
  const own = calls.filter(({ line }) => line === instance);
  const messages = server.lamps.get(`messages ${instance}`) ?? "off";
  return {
    kind: "line",
    label: server.lines.get(instance)?.label ?? "",
    state: lineState(server.link),
    lamp: own.length > 0 ? lineLamp(own) : (server.lamps.get(`line ${instance}`) ?? "off"),
    hasMessages: messages !== "off",
    isForwarded: server.forwards.get(instance)?.all !== undefined,
  };
}

function lineState(link: ServerState): LineState {
  switch (link.kind) {
    case "unregistered":
      return { kind: "registering", server: undefined };
    case "connecting":
    case "registering":
      return { kind: "registering", server: link.server };
    case "registered":
      return {
        kind: "registered",
        server: link.server,
        expiresSec: link.keepaliveSec,
        isBackup: link.isBackup,
      };
    case "failed": {
      const failure: RegistrationFailure = link.failure === "closed" ? "no-answer" : link.failure;
      return { kind: "failed", failure, status: undefined, reason: link.text, retryInMs: link.retryInMs };
    }
  }
}

function softkeys(desk: Desk, server: Terminal): readonly SoftkeyView[] {
  if (desk.preDial !== undefined)
    return (["dial", "backspace", "cancel"] as const).map((id, place) => ({
      id,
      place,
      serverLabel: undefined,
    }));
  const shown = server.calls.find(({ id }) => id === server.focus);
  if (shown?.isKept === true) return [{ id: "endCall", place: 0, serverLabel: undefined }];
  if (server.link.kind !== "registered") return [];
  return keysShown(server).map(({ key, place }) => ({
    id: key?.id ?? "blank",
    place,
    serverLabel: key?.label ?? "",
  }));
}

/** The most urgent notice, else a plain one, else what is said about the call shown, else about the idle terminal. */
function prompt(server: Terminal): PromptView | undefined {
  const urgent = Math.max(...server.priorityNotify.keys(), Number.NEGATIVE_INFINITY);
  const shown = server.calls.find(({ id }) => id === server.focus);
  if (shown?.isKept === true) return { kind: "code", code: "call-kept", facts: {} };
  const text =
    server.priorityNotify.get(urgent) ??
    server.notify ??
    (shown === undefined ? server.idlePrompt : shown.prompt);
  if (text !== undefined) return { kind: "text", text: text.text };
  return server.link.kind === "registered" ? { kind: "code", code: "your-options", facts: {} } : undefined;
}

/** Everything but the lamps, which follow from the view. */
export function serverOutputs(desk: Desk, server: Terminal): Omit<Outputs, "lamps"> {
  const { audio } = desk;
  const streams = channelStreams(server.channels);
  const tone = desk.passingTone?.tone ?? server.tone;
  const pressed = desk.pressedDigit;
  return {
    path: audio.path,
    isMuted: audio.isMuted,
    volumes: audio.volumes,
    tone: audio.path === undefined ? undefined : tone,
    ring: server.ringer === "silent" ? undefined : server.ringer,
    owners: server.channels.map(({ owner, ports }) => ({ owner, ports })),
    streams,
    listen: streams.map(({ id }) => id),
    digit: pressed && {
      digit: pressed.digit,
      serial: pressed.serial,
      ids: streams.filter(({ telephoneEvent }) => telephoneEvent !== undefined).map(({ id }) => id),
    },
  };
}
