// What is the same whoever controls the calls: the handset, what was typed on hook, passing tones and messages, the
// call log, the time. And the draft a step works on: handlers change it, the machine takes the result.
import type { BootView } from "#firmware/boot/notices.ts";
import type { SccpNotice } from "#firmware/sccp/notices.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import type { MediaReport } from "#hal/contract/media.ts";
import type { DigitKey } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { later } from "#hal/contract/time.ts";
import { type AudioState, idleAudio, type Volumes } from "./audio.ts";
import { addEntry, commitMs, emptyLog, type LogKind } from "./call-log.ts";
import type { Intent, LocalMedia, SessionIntent, StationIntent, ToneName } from "./intents.ts";
import type { OutputEffect } from "./outputs.ts";
import { type CallSettings, defaultCallSettings, type PreferenceName } from "./settings.ts";
import type { CallLog, LocalTime, LogEntry, PromptCode, PromptView } from "./view.ts";

/** Everything that can happen to the calls. */
export type CallEvent =
  | { readonly kind: "intent"; readonly intent: Intent }
  | { readonly kind: "sip"; readonly notice: SipNotice }
  | { readonly kind: "sccp"; readonly notice: SccpNotice }
  /** The media host's answer to `reserve`; undefined: none left. */
  | { readonly kind: "ports"; readonly owner: string; readonly local: LocalMedia | undefined }
  | { readonly kind: "media"; readonly report: MediaReport }
  | { readonly kind: "headset"; readonly isPlugged: boolean }
  | { readonly kind: "boot"; readonly boot: BootView }
  | { readonly kind: "time"; readonly time: LocalTime; readonly unixMs: number }
  | { readonly kind: "settings"; readonly settings: CallSettings }
  /** Configuration was dropped or the phone goes to an earlier phase: every call ends. */
  | { readonly kind: "stop" };

/** Everything the calls want done. */
export type CallEffect =
  | OutputEffect
  | { readonly kind: "session"; readonly intent: SessionIntent }
  | { readonly kind: "station"; readonly intent: StationIntent }
  /** A person changed it with a key; to be kept, and to come back with the next settings. */
  | { readonly kind: "preference"; readonly name: PreferenceName; readonly isOn: boolean }
  | { readonly kind: "forward"; readonly target: string | undefined }
  | { readonly kind: "store"; readonly log: CallLog; readonly volumes: Volumes }
  /** A service button was pressed. */
  | { readonly kind: "open-service"; readonly url: string };

/** Digits typed before anything was lifted. */
export interface PreDial {
  readonly digits: string;
  readonly suggestion: string | undefined;
  /** Forgotten then. */
  readonly clearsAt: MonoMs;
}

/** A message of the phone itself that covers the prompt line for a while. */
export interface PassingPrompt {
  readonly prompt: PromptView;
  readonly until: MonoMs;
}

/** A short sound over whatever is heard: a key's DTMF, a confirmation. */
export interface PassingTone {
  readonly tone: ToneName;
  readonly until: MonoMs;
}

/** A digit key that is down and goes to the other party; let go by itself when its release is not seen. */
export interface PressedDigit {
  readonly digit: DigitKey;
  readonly serial: number;
  readonly until: MonoMs;
}

export interface Desk {
  readonly settings: CallSettings;
  readonly audio: AudioState;
  readonly preDial: PreDial | undefined;
  readonly passingPrompt: PassingPrompt | undefined;
  readonly passingTone: PassingTone | undefined;
  readonly pressedDigit: PressedDigit | undefined;
  readonly log: CallLog;
  /** When log and volumes are written; undefined: nothing changed. */
  readonly commitAt: MonoMs | undefined;
  readonly boot: BootView;
  readonly time: LocalTime | undefined;
  /** Wall time minus monotonic time; undefined until somebody told the time. */
  readonly wallOffsetMs: number | undefined;
  /** Counts calls, channels and digits made here, to tell them apart. */
  readonly counted: number;
}

export const idleDesk: Desk = {
  settings: defaultCallSettings,
  audio: idleAudio,
  preDial: undefined,
  passingPrompt: undefined,
  passingTone: undefined,
  pressedDigit: undefined,
  log: emptyLog,
  commitAt: undefined,
  boot: { phase: "power", trouble: undefined, warnings: [], retryAt: undefined },
  time: undefined,
  wallOffsetMs: undefined,
  counted: 0,
};

/** One step under way. */
export interface Turn {
  readonly now: MonoMs;
  readonly effects: CallEffect[];
  desk: Desk;
}

/** How long the phone's own messages stay. */
const promptMs = 5_000;

/** Longest sound of a key whose release was not seen. */
const keyToneMs = 2_000;

/** Longest digit sent to the other party. */
const longestDigitMs = 8_000;

/** How long digits typed on hook are kept. */
export const preDialMs = 30_000;

export function emit(turn: Turn, effect: CallEffect): void {
  turn.effects.push(effect);
}

/** Shows a message of the phone itself for some seconds. */
export function say(
  turn: Turn,
  code: PromptCode,
  facts: Readonly<Record<string, string | number>> = {},
): void {
  const prompt: PromptView = { kind: "code", code, facts };
  turn.desk = { ...turn.desk, passingPrompt: { prompt, until: later(turn.now, promptMs) } };
}

/** Plays a tone over what is heard, for `spanMs`. */
export function beep(turn: Turn, tone: ToneName, spanMs: number = keyToneMs): void {
  turn.desk = { ...turn.desk, passingTone: { tone, until: later(turn.now, spanMs) } };
}

/** A digit key went down while there is somebody to hear it: it sounds there until it is let go. */
export function holdDigit(turn: Turn, digit: DigitKey): void {
  const serial = turn.desk.counted + 1;
  const pressedDigit = { digit, serial, until: later(turn.now, longestDigitMs) };
  turn.desk = { ...turn.desk, counted: serial, pressedDigit };
}

/** A digit key was let go: its sounds end, here and there. */
export function releaseDigit(turn: Turn, digit: DigitKey): void {
  const { passingTone, pressedDigit } = turn.desk;
  if (passingTone?.tone === `dtmf-${digit}`) turn.desk = { ...turn.desk, passingTone: undefined };
  if (pressedDigit?.digit === digit) turn.desk = { ...turn.desk, pressedDigit: undefined };
}

/** With the last path a key's sound ends too, also of one that is still down: the next lift is for the dial tone. */
export function setAudio(turn: Turn, audio: AudioState): void {
  const { audio: before } = turn.desk;
  turn.desk = { ...turn.desk, audio };
  if (before.path !== undefined && audio.path === undefined)
    turn.desk = { ...turn.desk, passingTone: undefined, pressedDigit: undefined };
  if (audio.volumes !== before.volumes) touch(turn);
}

/** Digits typed on hook; empty: none any more. */
export function setPreDial(turn: Turn, digits: string, suggestion: string | undefined): void {
  const clearsAt = later(turn.now, preDialMs);
  turn.desk = { ...turn.desk, preDial: digits === "" ? undefined : { digits, suggestion, clearsAt } };
}

/** Wall time of this step, where it is known. */
export function wallNow(turn: Turn): number | undefined {
  const { wallOffsetMs } = turn.desk;
  return wallOffsetMs === undefined ? undefined : Math.round(turn.now + wallOffsetMs);
}

export function logCall(turn: Turn, kind: LogKind, entry: LogEntry): void {
  turn.desk = { ...turn.desk, log: addEntry(turn.desk.log, kind, entry) };
  touch(turn);
}

/** Log or volumes changed: they are written once, some time after the first change. */
function touch(turn: Turn): void {
  if (turn.desk.commitAt === undefined) turn.desk = { ...turn.desk, commitAt: later(turn.now, commitMs) };
}

/** A new id for a call made here. */
export function newCallId(turn: Turn): string {
  const counted = turn.desk.counted + 1;
  turn.desk = { ...turn.desk, counted };
  return `out-${counted}`;
}
