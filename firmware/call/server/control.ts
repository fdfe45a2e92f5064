// A terminal as a whole: a server's notices and a person's presses, one event at a time.
import { losesHeadset } from "#firmware/call/audio.ts";
import { type CallEvent, setAudio } from "#firmware/call/desk.ts";
import type { Timer } from "#firmware/runtime/machine.ts";
import type { ServerState } from "#firmware/sccp/notices.ts";
import { hearMedia, hearPorts, requestsDue } from "./channels.ts";
import { press } from "./keys.ts";
import { obey } from "./orders.ts";
import {
  blankTerminal,
  changeCall,
  type ServerTurn,
  type Terminal,
  type TimedText,
  without,
} from "./terminal.ts";

export function hearServer(turn: ServerTurn, event: CallEvent): void {
  switch (event.kind) {
    case "intent":
      press(turn, event.intent);
      return;
    case "sccp":
      if (event.notice.kind === "server") linkChanged(turn, event.notice.state);
      else if (event.notice.kind === "order") obey(turn, event.notice.order);
      return;
    case "ports":
      hearPorts(
        turn,
        event.owner,
        event.local === undefined ? { kind: "failed" } : { kind: "reserved", ...event.local },
      );
      return;
    case "media":
      hearMedia(turn, event.report);
      return;
    case "headset":
      if (!event.isPlugged) setAudio(turn, losesHeadset(turn.desk.audio).audio);
      return;
    case "sip":
    case "boot":
    case "time":
    case "settings":
    case "stop":
      return;
  }
}

/** A server that is gone takes its orders with it; calls whose sound runs are kept until the person hangs up. */
function linkChanged(turn: ServerTurn, link: ServerState): void {
  const wasRegistered = turn.server.link.kind === "registered";
  const isSame = link.kind === "registered" && wasRegistered;
  turn.server = isSame ? { ...turn.server, link } : { ...withoutOrders(turn.server), link };
}

function withoutOrders(server: Terminal): Terminal {
  const calls = server.calls
    .filter(({ at }) => server.channels.some((channel) => channel.at.ref === at.ref || channel.at.ref === 0))
    .filter(({ state, isKept }) => isKept || state === "connected" || state === "whisper")
    .map((call) => ({ ...call, isKept: true, prompt: undefined, keys: undefined }));
  const focus = calls.some(({ id }) => id === server.focus) ? server.focus : calls.at(-1)?.id;
  const { buttons, lines, speedDials, features, services, channels, counters, selectedLine } = server;
  return {
    ...blankTerminal,
    calls,
    focus,
    // what stands beside the keys stays readable until the next server says otherwise
    ...{ buttons, lines, speedDials, features, services, selectedLine },
    channels: calls.length === 0 ? [] : channels,
    counters,
  };
}

/** Timeouts of texts run out here; a number that waits for a call, and counters, not for ever. */
export function serverTimers(server: Terminal): readonly Timer[] {
  const timers: Timer[] = [];
  const add = (name: string, text: TimedText | undefined): void => {
    if (text?.until !== undefined) timers.push({ name, at: text.until });
  };
  add("idle prompt", server.idlePrompt);
  add("notify", server.notify);
  for (const [priority, text] of server.priorityNotify) add(`notify ${priority}`, text);
  for (const { id, prompt } of server.calls) add(`prompt ${id}`, prompt);
  if (server.pending !== undefined) timers.push({ name: "number to dial", at: server.pending.until });
  const due = server.requests.map(({ dueAt }) => dueAt).sort((a, b) => a - b)[0];
  if (due !== undefined) timers.push({ name: "final counters", at: due });
  return timers;
}

export function serverTimer(turn: ServerTurn, name: string): void {
  const { server } = turn;
  switch (name) {
    case "idle prompt":
      turn.server = { ...server, idlePrompt: undefined };
      return;
    case "notify":
      turn.server = { ...server, notify: undefined };
      return;
    case "number to dial":
      turn.server = { ...server, pending: undefined };
      return;
    case "final counters":
      requestsDue(turn);
      return;
    default:
      break;
  }
  const [what, which = ""] = name.split(" ");
  if (what === "notify")
    turn.server = { ...server, priorityNotify: without(server.priorityNotify, Number(which)) };
  else if (what === "prompt") changeCall(turn, which, { prompt: undefined });
}
