// The order in which real servers say things to a phone (reference 5.8 to 5.10), as functions from a leg to messages.
import type { ServerMessage } from "#firmware/sccp/messages/server-messages.ts";
import { order } from "./order.ts";
import type { CallManagerPlay } from "./play.ts";
import { fullMask, setOf } from "./softkeys.ts";

/** One side of a call, as far as messages depend on it. */
export interface LegFacts {
  readonly play: CallManagerPlay;
  readonly line: number;
  readonly callRef: number;
  readonly isIncoming: boolean;
  readonly own: Person;
  readonly remote: Person;
  readonly dialled: string;
  /** Whoever the call was for first, when it was sent on. */
  readonly forwardedFrom: Person | undefined;
  /** The set of a connected leg: plain, or with a transfer or a conference under way. */
  readonly connectedSet: number;
  readonly ringOutSet: number;
  /** No other call is left on this phone. */
  readonly isLast: boolean;
}

export interface Person {
  readonly number: string;
  readonly name: string;
}

/** The moments of a leg. Media orders stand where the server puts them: `open` and `close` are replaced by the caller. */
export interface Ladder {
  offHook(leg: LegFacts, hasSpeaker: boolean): readonly Say[];
  firstDigit(leg: LegFacts): readonly Say[];
  moreDigits(leg: LegFacts): readonly Say[];
  complete(leg: LegFacts): readonly Say[];
  ringOut(leg: LegFacts): readonly Say[];
  ringIn(leg: LegFacts, isWaiting: boolean): readonly Say[];
  connected(leg: LegFacts): readonly Say[];
  hold(leg: LegFacts): readonly Say[];
  resume(leg: LegFacts): readonly Say[];
  failed(leg: LegFacts, how: "busy" | "congestion"): readonly Say[];
  ended(leg: LegFacts): readonly Say[];
}

/** A message, or a place for media: the leg opens or closes its channel there. */
export type Say = ServerMessage | "open" | "close" | "time";

const at = ({ line, callRef }: LegFacts) => ({ line, callRef });
const ringerOff = (leg: LegFacts): Say => order("setRinger", { mode: 1, duration: 1, line: leg.line });
const speaker = (mode: 1 | 2): Say => order("setSpeakerMode", { mode });
const lamp = (leg: LegFacts, mode: number): Say =>
  order("setLamp", { stimulus: 0x09, instance: leg.line, mode });
const messageLamp = (mode: number): Say => order("setLamp", { stimulus: 0x0f, instance: 0, mode });
const state = (leg: LegFacts, value: number): Say =>
  order("callState", { state: value, ...at(leg), precedenceLevel: leg.play.ladder === "chan-sccp" ? 3 : 0 });
const plane = (leg: LegFacts): Say => order("activateCallPlane", { line: leg.line });
const tone = (leg: LegFacts, id: number): Say => order("startTone", { tone: id, ...at(leg) });
const stopTone = (leg: LegFacts): Say => order("stopTone", at(leg));
const prompt = (leg: LegFacts, text: string, timeoutSec = 0): Say =>
  order("displayPromptStatus", { text, timeoutSec, ...at(leg) });
const dialled = (leg: LegFacts): Say => order("dialedNumber", { number: leg.dialled, ...at(leg) });

/** Selects a set; `shown` limits the slots where the server masks them. */
function keys(leg: LegFacts, set: number, shown?: number): Say {
  const { play } = leg;
  const mask = play.hasSlotMasks ? (shown ?? fullMask(play.softkeys, set)) : 0xffffffff;
  return order("selectSoftKeys", { ...at(leg), set, mask });
}

function info(leg: LegFacts): Say {
  const [calling, called] = leg.isIncoming ? [leg.remote, leg.own] : [leg.own, leg.remote];
  const first = leg.forwardedFrom;
  // chan-sccp names the phone itself as the last one that redirected, also on plain calls out.
  const last = first ?? (leg.play.ladder === "chan-sccp" && !leg.isIncoming ? leg.own : undefined);
  return order("callInfo", {
    ...at(leg),
    callingName: calling.name,
    callingNumber: calling.number,
    calledName: called.name,
    calledNumber: called.number,
    type: first !== undefined ? 3 : leg.isIncoming ? 1 : 2,
    originalCalledName: first?.name ?? called.name,
    originalCalledNumber: first?.number ?? called.number,
    lastRedirectingName: last?.name ?? "",
    lastRedirectingNumber: last?.number ?? "",
    callInstance: 1,
  });
}

const busyTone = 0x23;
const ringback = 0x24;
const reorder = 0x25;

const skinny: Ladder = {
  offHook: (leg, hasSpeaker) => [
    ringerOff(leg),
    lamp(leg, 2),
    "time",
    ...(hasSpeaker ? [speaker(1)] : []),
    state(leg, 1),
    plane(leg),
    order("clearDisplay"),
    tone(leg, 0x21),
    keys(leg, setOf.offHook),
    prompt(leg, "\x80\x20"),
  ],
  firstDigit: (leg) => [stopTone(leg), keys(leg, setOf.digits, 0b111)],
  moreDigits: () => [],
  complete: (leg) => [
    state(leg, 1),
    stopTone(leg),
    order("clearDisplay"),
    keys(leg, leg.ringOutSet),
    prompt(leg, "Dialing"),
    "open",
  ],
  ringOut: (leg) => [tone(leg, ringback), state(leg, 3), prompt(leg, "\x80\x16"), info(leg)],
  ringIn: (leg, isWaiting) => [
    ...(isWaiting ? [tone(leg, 0x2d)] : []),
    state(leg, 4),
    ...(isWaiting ? [state(leg, 9)] : []),
    keys(leg, setOf.ringIn),
    prompt(leg, `\x80\x17${leg.remote.number}`),
    order("displayPriNotify", { timeoutSec: 10, priority: 5, text: `\x80\x17${leg.remote.number}` }),
    info(leg),
    lamp(leg, 5),
    ...(isWaiting ? [] : [order("setRinger", { mode: 2, duration: 1, line: leg.line }), plane(leg)]),
  ],
  connected: (leg) =>
    leg.isIncoming
      ? [
          ringerOff(leg),
          lamp(leg, 2),
          order("clearPriNotify", { priority: 5 }),
          state(leg, 1),
          ringerOff(leg),
          plane(leg),
          stopTone(leg),
          info(leg),
          state(leg, 5),
          prompt(leg, "\x80\x18"),
          keys(leg, leg.connectedSet),
          "open",
        ]
      : [
          ringerOff(leg),
          plane(leg),
          stopTone(leg),
          info(leg),
          state(leg, 5),
          prompt(leg, "\x80\x18"),
          keys(leg, leg.connectedSet),
          dialled(leg),
          stopTone(leg),
        ],
  hold: (leg) => [plane(leg), "close", state(leg, 8), lamp(leg, 3), keys(leg, setOf.onHold)],
  resume: (leg) => [
    "open",
    ringerOff(leg),
    plane(leg),
    stopTone(leg),
    info(leg),
    state(leg, 5),
    prompt(leg, "\x80\x18"),
    keys(leg, leg.connectedSet),
  ],
  failed: (leg, how) => [
    tone(leg, how === "busy" ? busyTone : reorder),
    state(leg, how === "busy" ? 6 : 7),
    prompt(leg, how === "busy" ? "\x80\x19" : "\x80\x23"),
  ],
  ended: (leg) => [
    ...(leg.isLast ? [speaker(2)] : []),
    "close",
    stopTone(leg),
    state(leg, 2),
    order("clearPromptStatus", at(leg)),
    ringerOff(leg),
    "time",
    lamp(leg, 1),
    "time",
  ],
};

const idlePrompt: readonly Say[] = [
  order("clearPromptStatus"),
  order("displayPromptStatus", { text: "\x80\x13" }),
];

const sccp: Ladder = {
  offHook: (leg) => [
    messageLamp(1),
    speaker(1),
    lamp(leg, 2),
    state(leg, 1),
    plane(leg),
    prompt(leg, "\x80\x20", 3),
    tone(leg, 0x21),
    keys(leg, setOf.offHook),
  ],
  firstDigit: (leg) => [stopTone(leg), keys(leg, setOf.digits)],
  moreDigits: (leg) => [keys(leg, setOf.digits)],
  complete: (leg) => [stopTone(leg), lamp(leg, 5), info(leg), dialled(leg), state(leg, 12)],
  ringOut: (leg) => [
    tone(leg, ringback),
    state(leg, 3),
    prompt(leg, "\x80\x16", 3),
    keys(leg, leg.ringOutSet),
  ],
  ringIn: (leg, isWaiting) => [
    messageLamp(1),
    order("clearNotify"),
    order("clearPromptStatus", { line: leg.line }),
    ...(isWaiting ? [tone(leg, 0x2d)] : []),
    state(leg, 4),
    info(leg),
    lamp(leg, 5),
    ...(isWaiting ? [] : [order("setRinger", { mode: 3, duration: 1, ...at(leg) })]),
    keys(leg, setOf.ringIn),
    prompt(leg, `\x80\x17${leg.remote.name} (${leg.remote.number})`, 3),
  ],
  connected: (leg) => [
    ...(leg.isIncoming ? [state(leg, 1), plane(leg), state(leg, 5), "open" as const] : []),
    ...sccpTalking(leg),
    ...(leg.isIncoming ? [] : ["open" as const]),
    keys(leg, leg.connectedSet),
  ],
  hold: (leg) => [
    messageLamp(1),
    "close",
    "time",
    lamp(leg, 3),
    state(leg, 8),
    prompt(leg, "\x80\x03", 3),
    info(leg),
    speaker(2),
    keys(leg, setOf.onHold),
  ],
  resume: (leg) => [...sccpTalking(leg), "open", keys(leg, leg.connectedSet)],
  failed: skinny.failed,
  ended: (leg) => [
    "close",
    ...idlePrompt,
    stopTone(leg),
    lamp(leg, 1),
    order("clearPromptStatus", at(leg)),
    state(leg, 2),
    order("selectSoftKeys", { mask: 0xffffffff }),
    "time",
    ...(leg.isLast ? [speaker(2)] : []),
    ringerOff(leg),
    order("connectionStatisticsReq", { number: leg.remote.number, callRef: leg.callRef }),
    ...idlePrompt,
  ],
};

function sccpTalking(leg: LegFacts): readonly Say[] {
  return [
    ringerOff(leg),
    speaker(1),
    stopTone(leg),
    lamp(leg, 2),
    state(leg, 5),
    info(leg),
    plane(leg),
    prompt(leg, "\x80\x18", 3),
  ];
}

/** The ladder of a play. */
export function ladderOf(play: CallManagerPlay): Ladder {
  return play.ladder === "chan_skinny" ? skinny : sccp;
}
