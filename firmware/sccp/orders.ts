// Server messages as orders to the terminal: one message, no memory. What needs memory (templates, user data in
// pieces, registration) is elsewhere; a message that is no order gives none.
import type { CallRef } from "#firmware/call/intents.ts";
import { readText } from "./label.ts";
import { mediaOrders } from "./media-orders.ts";
import { type CallParties, callInfoTexts } from "./messages/call-info.ts";
import type { ServerMessage } from "./messages/server-messages.ts";
import type { LampTarget, ServerCallInfo, ServerForward, ServerOrder } from "./notices.ts";
import { callStateOf, lampModeOf, ringOf, toneOf } from "./tones.ts";

/** What the meaning of a message depends on. */
export interface OrderContext {
  readonly version: number;
  /** Encodings the phone can play. */
  readonly encodings: readonly string[];
}

/** Stimulus ids whose lamps are not a feature's (sccp reference 4.4). */
const lineStimulus = 0x09;
const messagesStimulus = 0x0f;

const refOf = (message: { readonly line: number; readonly callRef: number }): CallRef => ({
  line: message.line,
  ref: message.callRef,
});

/** The orders in one message, in the order they take effect. */
export function ordersOf(message: ServerMessage, context: OrderContext): readonly ServerOrder[] {
  return (
    callOrders(message, context) ??
    soundOrders(message) ??
    textOrders(message, context) ??
    keyOrders(message, context) ??
    mediaOrders(message, context.encodings) ??
    []
  );
}

function callOrders(message: ServerMessage, { version }: OrderContext): readonly ServerOrder[] | undefined {
  switch (message.kind) {
    case "callState": {
      const state = callStateOf(message.state);
      return state === undefined ? [] : [{ kind: "call-state", at: refOf(message), state }];
    }
    case "callInfo":
      return [{ kind: "call-info", at: refOf(message), info: infoOf(message, message, version) }];
    case "callInfoV2":
      return [
        {
          kind: "call-info",
          at: refOf(message),
          info: infoOf(message, callInfoTexts(version, message.texts), version),
        },
      ];
    case "dialedNumber":
      return [{ kind: "dialled-number", at: refOf(message), number: readText(message.number, version) }];
    case "backSpaceRes":
      return [{ kind: "backspace", at: refOf(message) }];
    case "callSelectStatRes":
      return [{ kind: "call-selected", at: refOf(message), isSelected: message.isSelected !== 0 }];
    case "callHistoryInfo":
      return [{ kind: "call-history", at: refOf(message), as: dispositionOf(message.disposition) }];
    case "activateCallPlane":
      return [{ kind: "call-plane", line: message.line }];
    case "deactivateCallPlane":
      return [{ kind: "call-plane", line: undefined }];
    default:
      return undefined;
  }
}

function soundOrders(message: ServerMessage): readonly ServerOrder[] | undefined {
  switch (message.kind) {
    case "startTone":
      return [
        {
          kind: "tone",
          at: refOf(message),
          tone: toneOf(message.tone),
          direction: message.direction === 1 ? "network" : message.direction === 2 ? "both" : "user",
        },
      ];
    case "stopTone":
      return [{ kind: "tone-stop", at: refOf(message) }];
    case "setRinger":
      return [
        { kind: "ringer", at: refOf(message), mode: ringOf(message.mode), isOnce: message.duration === 2 },
      ];
    case "setSpeakerMode":
      return [{ kind: "speaker", isOn: message.mode === 1 }];
    case "setMicroMode":
      return [{ kind: "microphone", isOn: message.mode === 1 }];
    case "setLamp":
      return [{ kind: "lamp", target: lampTarget(message), mode: lampModeOf(message.mode) }];
    default:
      return undefined;
  }
}

function textOrders(message: ServerMessage, { version }: OrderContext): readonly ServerOrder[] | undefined {
  switch (message.kind) {
    case "displayPromptStatus":
    case "displayPromptStatusV2":
      return [
        {
          kind: "prompt",
          at: refOf(message),
          text: readText(message.text, version),
          timeoutSec: message.timeoutSec,
        },
      ];
    case "clearPromptStatus":
      return [{ kind: "clear-prompt", at: refOf(message) }];
    case "displayNotify":
    case "displayNotifyV2":
      return [notify(undefined, message.text, message.timeoutSec, version)];
    case "displayPriNotify":
    case "displayPriNotifyV2":
      return [notify(message.priority, message.text, message.timeoutSec, version)];
    case "clearNotify":
      return [{ kind: "clear-notify", priority: undefined }];
    case "clearPriNotify":
      return [{ kind: "clear-notify", priority: message.priority }];
    case "displayText":
      return [{ kind: "display-text", text: readText(message.text, version) }];
    case "clearDisplay":
      return [{ kind: "clear-display" }];
    case "timeDateRes":
      return [{ kind: "time", time: { ...message, unixMs: message.unixSec * 1000 } }];
    default:
      return undefined;
  }
}

function keyOrders(message: ServerMessage, { version }: OrderContext): readonly ServerOrder[] | undefined {
  switch (message.kind) {
    case "selectSoftKeys":
      return [{ kind: "softkeys", at: refOf(message), set: message.set, mask: message.mask }];
    case "lineStatRes":
      return [lineInfo(message.line, [message.number, message.name, message.label], version)];
    case "lineStatV2Res":
      return [lineInfo(message.line, message.texts, version)];
    case "speedDialStatRes":
      return [speedDial(message.instance, [message.number, message.label], version)];
    case "speedDialStatV2Res":
      return [speedDial(message.instance, message.texts, version)];
    case "featureStatRes":
    case "featureStatV2Res":
      return [
        {
          kind: "feature",
          instance: message.index,
          stimulus: message.feature,
          label: readText(message.label, version),
          status: message.status,
        },
      ];
    case "serviceUrlStatRes":
      return [service(message.index, [message.url, message.label], version)];
    case "serviceUrlStatV2Res":
      return [service(message.index, message.texts, version)];
    case "forwardStatRes":
      return [{ kind: "forward", line: message.line, forward: forwardOf(message, version) }];
    default:
      return undefined;
  }
}

function lampTarget(message: { readonly stimulus: number; readonly instance: number }): LampTarget {
  const { stimulus, instance } = message;
  if (stimulus === lineStimulus) return { kind: "line", instance };
  if (stimulus === messagesStimulus) return { kind: "messages", instance };
  return { kind: "other", stimulus, instance };
}

function notify(priority: number | undefined, raw: string, timeoutSec: number, version: number): ServerOrder {
  return { kind: "notify", priority, text: readText(raw, version), timeoutSec };
}

/** chan_skinny leaves the label empty: fall back to the name, then to the number (3.2). */
function lineInfo(instance: number, texts: readonly string[], version: number): ServerOrder {
  const [number = "", name = "", label = ""] = texts.map((raw) => readText(raw, version));
  return { kind: "line-info", instance, number, name, label: label || name || number };
}

function speedDial(instance: number, texts: readonly string[], version: number): ServerOrder {
  const [number = "", label = ""] = texts.map((raw) => readText(raw, version));
  return { kind: "speed-dial", instance, number, label: label || number };
}

function service(instance: number, texts: readonly string[], version: number): ServerOrder {
  const [url = "", label = ""] = texts.map((raw) => readText(raw, version));
  return { kind: "service", instance, url, label };
}

function forwardOf(
  message: Extract<ServerMessage, { readonly kind: "forwardStatRes" }>,
  version: number,
): ServerForward {
  const target = (isOn: number, raw: string): string | undefined =>
    isOn === 0 ? undefined : readText(raw, version);
  return {
    all: target(message.all, message.allNumber),
    busy: target(message.busy, message.busyNumber),
    noAnswer: target(message.noAnswer, message.noAnswerNumber),
  };
}

function infoOf(
  head: { readonly type: number; readonly presentation: number },
  parties: CallParties,
  version: number,
): ServerCallInfo {
  const party = (name: string, number: string) => ({
    name: readText(name, version),
    number: readText(number, version),
  });
  return {
    direction: head.type === 1 ? "in" : head.type === 3 ? "forwarded" : "out",
    calling: party(parties.callingName, parties.callingNumber),
    called: party(parties.calledName, parties.calledNumber),
    originalCalled: party(parties.originalCalledName, parties.originalCalledNumber),
    lastRedirecting: party(parties.lastRedirectingName, parties.lastRedirectingNumber),
    // Bits 0 and 1 restrict the calling name and number, 2 and 3 the called ones (3.6).
    isCallingRestricted: (head.presentation & 0x3) !== 0,
    isCalledRestricted: (head.presentation & 0xc) !== 0,
  };
}

function dispositionOf(id: number): "ignore" | "placed" | "received" | "missed" | "unknown" {
  return (["ignore", "placed", "received", "missed"] as const)[id] ?? "unknown";
}
