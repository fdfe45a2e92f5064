// A server's orders, one by one. Whatever they say, in whatever order, the terminal stays a terminal.
import { closePath, openPath } from "#firmware/call/audio.ts";
import { emit, setAudio } from "#firmware/call/desk.ts";
import type { CallRef } from "#firmware/call/intents.ts";
import type { LampTarget, ServerOrder, ServerTime } from "#firmware/sccp/notices.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { later } from "#hal/contract/time.ts";
import { backspace, callInfo, callPlane, callState, dialledNumber } from "./calls.ts";
import { closeReceive, openReceive, requestStatistics, startSend, stopSend } from "./channels.ts";
import { changeCall, findCall, limits, put, type ServerTurn, type TimedText, without } from "./terminal.ts";

export function obey(turn: ServerTurn, order: ServerOrder): void {
  switch (order.kind) {
    case "call-state":
      callState(turn, order.at, order.state);
      return;
    case "call-info":
      callInfo(turn, order.at, order.info);
      return;
    case "dialled-number":
      dialledNumber(turn, order.at, order.number);
      return;
    case "backspace":
      backspace(turn, order.at);
      return;
    case "call-history": {
      const call = findCall(turn, order.at);
      if (call !== undefined) changeCall(turn, call.id, { history: order.as });
      return;
    }
    case "call-plane":
      callPlane(turn, order.line);
      return;
    case "call-selected":
      return; // marks calls for a join; the 7960 shows no mark
    default:
      obeyFront(turn, order);
  }
}

type CallOrder =
  | "call-state"
  | "call-info"
  | "dialled-number"
  | "backspace"
  | "call-history"
  | "call-plane"
  | "call-selected";
type FrontOrder = Exclude<ServerOrder, { readonly kind: CallOrder }>;

function obeyFront(turn: ServerTurn, order: FrontOrder): void {
  const { server } = turn;
  switch (order.kind) {
    case "tone":
      if (order.direction !== "network") turn.server = { ...server, tone: order.tone };
      return;
    case "tone-stop":
      turn.server = { ...server, tone: undefined };
      return;
    case "ringer": {
      const { mode, isOnce } = order;
      const ringer = mode === "off" ? undefined : mode === "silent" ? mode : { name: mode, isOnce };
      turn.server = { ...server, ringer };
      return;
    }
    case "speaker":
      speaker(turn, order.isOn);
      return;
    case "microphone":
      setAudio(turn, { ...turn.desk.audio, isMuted: !order.isOn });
      return;
    case "lamp":
      turn.server = { ...server, lamps: put(server.lamps, lampKey(order.target), order.mode) };
      return;
    case "softkey-sets":
      turn.server = { ...server, sets: order.sets };
      return;
    case "softkeys":
      selectKeys(turn, order.at, order.set, order.mask);
      return;
    case "prompt":
    case "clear-prompt":
    case "notify":
    case "clear-notify":
    case "display-text":
    case "clear-display":
      obeyText(turn, order);
      return;
    case "time":
      setTime(turn, order.time);
      return;
    case "date-template":
      turn.server = { ...server, dateTemplate: order.template };
      return;
    case "open-receive":
    case "close-receive":
    case "start-send":
    case "stop-send":
    case "open-multicast":
    case "close-multicast":
    case "statistics-request":
      obeyMedia(turn, order);
      return;
    default:
      configure(turn, order);
  }
}

/** On: hands-free unless the handset is up. Off: a lifted handset stays open, a call neither begins nor ends. */
function speaker(turn: ServerTurn, isOn: boolean): void {
  const { audio } = turn.desk;
  if (isOn) setAudio(turn, openPath(audio).audio);
  else if (audio.path !== "handset") {
    const closed = closePath(audio).audio;
    setAudio(turn, audio.isHandsetUp ? openPath(closed).audio : closed);
  }
}

export function lampKey(target: LampTarget): string {
  return target.kind === "other"
    ? `other ${target.stimulus} ${target.instance}`
    : `${target.kind} ${target.instance}`;
}

/** Line 0, reference 0: idle. A line with reference 0 is a busy lamp, which has no keys here. */
function selectKeys(turn: ServerTurn, at: CallRef, set: number, mask: number): void {
  if (at.line === 0 && at.ref === 0) turn.server = { ...turn.server, idleKeys: { set, mask } };
  const call = findCall(turn, at);
  if (call !== undefined) changeCall(turn, call.id, { keys: { set, mask } });
}

type TextOrder = Extract<
  ServerOrder,
  { readonly kind: "prompt" | "clear-prompt" | "notify" | "clear-notify" | "display-text" | "clear-display" }
>;

function obeyText(turn: ServerTurn, order: TextOrder): void {
  const { server } = turn;
  switch (order.kind) {
    case "prompt":
      setPrompt(turn, order.at, timed(turn, order.text, order.timeoutSec));
      return;
    case "clear-prompt":
      setPrompt(turn, order.at, undefined);
      return;
    case "notify": {
      const text = timed(turn, order.text, order.timeoutSec);
      if (order.priority === undefined) turn.server = { ...server, notify: text };
      else
        turn.server = {
          ...server,
          priorityNotify: put(server.priorityNotify, order.priority, text, limits.priorities),
        };
      return;
    }
    case "clear-notify":
      if (order.priority === undefined) turn.server = { ...server, notify: undefined };
      else turn.server = { ...server, priorityNotify: without(server.priorityNotify, order.priority) };
      return;
    case "display-text":
      turn.server = { ...server, displayText: order.text };
      return;
    case "clear-display":
      turn.server = { ...server, displayText: undefined };
      return;
  }
}

function timed(turn: ServerTurn, text: string, timeoutSec: number): TimedText {
  return { text, until: timeoutSec === 0 ? undefined : later(turn.now, timeoutSec * 1000) };
}

function setPrompt(turn: ServerTurn, at: CallRef, prompt: TimedText | undefined): void {
  const call = findCall(turn, at);
  if (call !== undefined) changeCall(turn, call.id, { prompt });
  else if (at.ref === 0) turn.server = { ...turn.server, idlePrompt: prompt };
}

/** Shown as it is told; counted on by whoever counts time. */
function setTime(turn: ServerTurn, time: ServerTime): void {
  const { unixMs, ...local } = time;
  turn.desk = { ...turn.desk, time: local, wallOffsetMs: unixMs - turn.now };
}

type MediaOrder = Extract<
  ServerOrder,
  {
    readonly kind:
      | "open-receive"
      | "close-receive"
      | "start-send"
      | "stop-send"
      | "open-multicast"
      | "close-multicast"
      | "statistics-request";
  }
>;

function obeyMedia(turn: ServerTurn, order: MediaOrder): void {
  switch (order.kind) {
    case "open-receive":
      openReceive(turn, order);
      return;
    case "close-receive":
      closeReceive(turn, order.party, order.at);
      return;
    case "start-send":
      startSend(turn, order);
      return;
    case "stop-send":
      stopSend(turn, order.party, order.at);
      return;
    case "open-multicast": {
      const { party, at } = order.channel; // the media host joins no groups: refused, as SCCP-070 allows
      emit(turn, { kind: "station", intent: { kind: "multicast-answered", party, at, isOk: false } });
      return;
    }
    case "close-multicast":
      return;
    case "statistics-request":
      requestStatistics(turn, { number: order.number, ref: order.ref, isClearing: order.isClearing });
      return;
  }
}

type ConfigurationOrder = Extract<
  ServerOrder,
  { readonly kind: "buttons" | "line-info" | "speed-dial" | "feature" | "service" | "forward" }
>;

function configure(turn: ServerTurn, order: ConfigurationOrder): void {
  const { server } = turn;
  switch (order.kind) {
    case "buttons":
      turn.server = { ...server, buttons: order.buttons };
      return;
    case "line-info": {
      const { instance, number, name, label } = order;
      turn.server = { ...server, lines: put(server.lines, instance, { number, name, label }) };
      return;
    }
    case "speed-dial": {
      const { instance, number, label } = order;
      turn.server = { ...server, speedDials: put(server.speedDials, instance, { number, label }) };
      return;
    }
    case "feature": {
      const { instance, label, status } = order;
      turn.server = { ...server, features: put(server.features, instance, { label, status }) };
      return;
    }
    case "service": {
      const { instance, url, label } = order;
      turn.server = { ...server, services: put(server.services, instance, { url, label }) };
      return;
    }
    case "forward":
      turn.server = { ...server, forwards: put(server.forwards, order.line, order.forward) };
      return;
    default:
      unreachable(order);
  }
}
