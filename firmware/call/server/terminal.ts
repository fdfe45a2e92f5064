// What a terminal of a call manager knows: everything here was told by the server, except digits as they were typed.

import type { Turn } from "#firmware/call/desk.ts";
import type { CallId, CallRef, RingOrder, ToneName } from "#firmware/call/intents.ts";
import type { Ports } from "#firmware/call/outputs.ts";
import type {
  ServerButton,
  ServerCallInfo,
  ServerCallState,
  ServerChannel,
  ServerForward,
  ServerSoftkey,
  ServerState,
} from "#firmware/sccp/notices.ts";
import type { StreamStatistics } from "#hal/contract/media.ts";
import type { LampMode } from "#hal/contract/panel.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import type { MonoMs } from "#hal/contract/time.ts";

/** A server's text; `until` undefined: it stays. */
export interface TimedText {
  readonly text: string;
  readonly until: MonoMs | undefined;
}

/** A selected soft-key set. */
export interface SelectedKeys {
  readonly set: number;
  readonly mask: number;
}

/** One call, by its line and reference. It is shown once its state was told. */
export interface ServerCall {
  readonly id: CallId;
  readonly at: CallRef;
  readonly state: ServerCallState;
  readonly direction: "in" | "out";
  readonly info: ServerCallInfo | undefined;
  /** Typed here, or the number the server says was dialled. */
  readonly digits: string;
  readonly connectedAt: MonoMs | undefined;
  readonly startedUnixMs: number | undefined;
  readonly keys: SelectedKeys | undefined;
  readonly prompt: TimedText | undefined;
  readonly history: "ignore" | "placed" | "received" | "missed" | "unknown";
  /** Its server is gone; the sound goes on until the person hangs up. */
  readonly isKept: boolean;
}

/** One media channel, by its pass-through party id. */
export interface Channel {
  readonly party: number;
  readonly at: CallRef;
  /** Names it towards the media host. */
  readonly owner: string;
  readonly ports: Ports;
  readonly receive: ServerChannel | undefined;
  readonly send:
    | { readonly channel: ServerChannel; readonly remote: Endpoint; readonly hasSilenceSuppression: boolean }
    | undefined;
  /** The server waits for the port. */
  readonly isAsked: boolean;
  readonly isSendAsked: boolean;
}

/** Counters of a channel, kept after its end: the server asks for them then. */
export interface Counters {
  readonly owner: string;
  readonly ref: number;
  readonly statistics: StreamStatistics | undefined;
  readonly isFinal: boolean;
}

/** A request for counters that still waits for the final ones. */
export interface StatisticsRequest {
  readonly number: string;
  readonly ref: number;
  readonly isClearing: boolean;
  readonly dueAt: MonoMs;
}

export interface LineInfo {
  readonly number: string;
  readonly name: string;
  readonly label: string;
}

export interface Terminal {
  readonly link: ServerState;
  readonly calls: readonly ServerCall[];
  readonly focus: CallId | undefined;
  readonly selectedLine: number;
  readonly buttons: readonly ServerButton[];
  readonly lines: ReadonlyMap<number, LineInfo>;
  readonly speedDials: ReadonlyMap<number, { readonly number: string; readonly label: string }>;
  readonly features: ReadonlyMap<number, { readonly label: string; readonly status: number }>;
  readonly services: ReadonlyMap<number, { readonly url: string; readonly label: string }>;
  readonly forwards: ReadonlyMap<number, ServerForward>;
  /** States of lines told with reference 0: busy lamps, not calls. */
  readonly hints: ReadonlyMap<number, ServerCallState>;
  /** By `line 1`, `messages 0`, `other 21 3`. */
  readonly lamps: ReadonlyMap<string, LampMode>;
  readonly sets: readonly (readonly (ServerSoftkey | undefined)[])[];
  readonly idleKeys: SelectedKeys;
  readonly idlePrompt: TimedText | undefined;
  readonly notify: TimedText | undefined;
  readonly priorityNotify: ReadonlyMap<number, TimedText>;
  readonly displayText: string | undefined;
  readonly dateTemplate: string | undefined;
  readonly tone: ToneName | undefined;
  readonly ringer: RingOrder | "silent" | undefined;
  readonly channels: readonly Channel[];
  readonly counters: readonly Counters[];
  readonly requests: readonly StatisticsRequest[];
  /** A number to be dialled as soon as the server opens a call for it. */
  readonly pending: { readonly number: string; readonly until: MonoMs } | undefined;
}

/** All slots of a set on. */
export const everyKey = 0xffffffff;

export const blankTerminal: Terminal = {
  link: { kind: "unregistered" },
  calls: [],
  focus: undefined,
  selectedLine: 1,
  buttons: [],
  lines: new Map(),
  speedDials: new Map(),
  features: new Map(),
  services: new Map(),
  forwards: new Map(),
  hints: new Map(),
  lamps: new Map(),
  sets: [],
  idleKeys: { set: 0, mask: everyKey },
  idlePrompt: undefined,
  notify: undefined,
  priorityNotify: new Map(),
  displayText: undefined,
  dateTemplate: undefined,
  tone: undefined,
  ringer: undefined,
  channels: [],
  counters: [],
  requests: [],
  pending: undefined,
};

/** What a server may make a terminal remember; orders beyond it are dropped. */
export const limits = {
  calls: 24,
  channels: 8,
  counters: 8,
  requests: 8,
  entries: 128,
  priorities: 16,
} as const;

/** The draft of one step over a terminal. */
export interface ServerTurn extends Turn {
  server: Terminal;
}

export function callId({ line, ref }: CallRef): CallId {
  return `sccp-${line}-${ref}`;
}

export function findCall(turn: ServerTurn, at: CallRef): ServerCall | undefined {
  const id = callId(at);
  return turn.server.calls.find((call) => call.id === id);
}

export function focusedCall({ server }: ServerTurn): ServerCall | undefined {
  return server.calls.find(({ id }) => id === server.focus);
}

export function changeCall(
  turn: ServerTurn,
  id: CallId,
  fields: Partial<Omit<ServerCall, "id" | "at">>,
): void {
  const calls = turn.server.calls.map((call) => (call.id === id ? { ...call, ...fields } : call));
  turn.server = { ...turn.server, calls };
}

/** Sets one entry, unless the map is full. */
export function put<K, V>(
  map: ReadonlyMap<K, V>,
  key: K,
  value: V,
  most: number = limits.entries,
): ReadonlyMap<K, V> {
  return map.size >= most && !map.has(key) ? map : new Map(map).set(key, value);
}

export function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
