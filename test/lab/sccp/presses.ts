// What a person presses at a phone, as its call manager takes it.
import type { PhoneMessage } from "#firmware/sccp/messages/phone-messages.ts";
import { stimuli } from "./devices.ts";
import {
  completeTransfer,
  park,
  pressConference,
  pressForward,
  pressTransfer,
  setForward,
  toggleQuiet,
} from "./features.ts";
import type { Leg } from "./leg.ts";
import { order } from "./order.ts";
import { keyNamed } from "./softkeys.ts";
import type { Station } from "./station.ts";
import { ownerOf, type Switchboard } from "./switchboard.ts";

const voicemail = "8500";
const digits = "0123456789ABCD*#";

/** The leg a press belongs to: by its reference, else the one in use. */
function legAt(board: Switchboard, station: Station, ref: number): Leg | undefined {
  const legs = board.legsOf(station);
  if (ref !== 0) return legs.find((leg) => leg.ref === ref);
  return legs.findLast(({ state }) => state !== "held" && state !== "ringing-in") ?? legs.at(-1);
}

export function takePress(board: Switchboard, station: Station, message: PhoneMessage): void {
  switch (message.kind) {
    case "offHook":
      offHook(board, station, message.line, message.callRef, false);
      return;
    case "onHook":
      onHook(board, station);
      return;
    case "keypadButton": {
      const leg = legAt(board, station, message.callRef);
      const digit = digits[message.key];
      if (leg === undefined || digit === undefined) return;
      board.digit(leg, digit);
      // chan_skinny has no key that ends it: the number that cannot be longer is the target.
      if (leg.purpose === "forward" && station.play.ladder === "chan_skinny" && board.isWhole(leg.digits))
        setForward(board, leg);
      return;
    }
    case "enblocCall": {
      const leg = legAt(board, station, 0);
      if (leg !== undefined) board.dial(leg, message.number);
      return;
    }
    case "softKeyEvent":
      softkey(board, station, message);
      return;
    case "stimulus":
      stimulus(board, station, message.stimulus, message.instance);
      return;
    case "openReceiveChannelAck": {
      const leg = board.legsOf(station).find(({ party }) => party === message.partyId);
      if (leg === undefined) return;
      const { status, address, port } = message;
      board.options.tell("channel", { line: leg.own.number, status });
      if (status === 0) leg.channelOpened({ address, port });
      return;
    }
    case "connectionStatisticsRes":
      board.options.tell("statistics", {
        number: message.number,
        sent: message.sentPackets,
        received: message.receivedPackets,
        lost: message.lostPackets,
      });
      return;
    case "hookFlash": {
      const leg = legAt(board, station, message.callRef);
      if (leg !== undefined) pressTransfer(board, leg);
      return;
    }
    default:
      return;
  }
}

function offHook(board: Switchboard, station: Station, line: number, ref: number, hasSpeaker: boolean): void {
  const legs = board.legsOf(station);
  const ringing = legs.find((leg) => leg.state === "ringing-in" && (ref === 0 || leg.ref === ref));
  const isTalking = legs.some(({ state }) => state === "talking" || state === "dialling");
  if (ringing !== undefined && !isTalking) board.answer(ringing);
  else if (!isTalking) board.begin(station, line === 0 ? 1 : line, hasSpeaker);
}

/** Ends what is not held; hanging up completes a transfer. */
function onHook(board: Switchboard, station: Station): void {
  for (const leg of [...board.legsOf(station)].reverse()) {
    if (leg.state === "held" || leg.state === "ringing-in" || leg.state === "over") continue;
    if (leg.purpose !== "transfer" || !completeTransfer(board, leg)) board.hangUp(leg);
  }
  station.send(order("setSpeakerMode", { mode: 2 }));
}

function softkey(
  board: Switchboard,
  station: Station,
  message: Extract<PhoneMessage, { readonly kind: "softKeyEvent" }>,
): void {
  const leg = legAt(board, station, message.callRef);
  const name = keyNamed(station.play.softkeys, message.event);
  board.options.tell("softkey", { name, line: message.line, ref: message.callRef });
  switch (name) {
    case "newCall":
      for (const other of board.legsOf(station)) if (other.state === "talking") board.hold(other);
      board.begin(station, message.line === 0 ? 1 : message.line, true);
      return;
    case "redial":
      redial(board, station, leg);
      return;
    case "forwardAll":
      pressForward(board, station, leg);
      return;
    case "dnd":
      toggleQuiet(board, station);
      return;
    default:
      if (leg !== undefined) callKey(board, leg, name);
  }
}

function callKey(board: Switchboard, leg: Leg, name: string): void {
  switch (name) {
    case "endCall":
      board.hangUp(leg);
      return;
    case "answer":
      board.answer(leg);
      return;
    case "hold":
      if (leg.state === "talking") board.hold(leg);
      else notActive(leg);
      return;
    case "resume":
      if (leg.state === "held") board.resume(leg);
      else notActive(leg);
      return;
    case "backspace":
      leg.backspace();
      return;
    case "dial":
      if (leg.purpose === "forward") setForward(board, leg);
      else board.dial(leg, leg.digits);
      return;
    case "transfer":
      pressTransfer(board, leg);
      return;
    case "conference":
      pressConference(board, leg);
      return;
    case "park":
      park(board, leg);
      return;
    default:
      notActive(leg);
  }
}

/** Key Is Not Active, as chan-sccp says it. */
function notActive(leg: Leg): void {
  leg.say(
    order("displayPromptStatus", { timeoutSec: 5, text: "\x80\x2d", line: leg.line, callRef: leg.ref }),
  );
}

function redial(board: Switchboard, station: Station, leg: Leg | undefined): void {
  const own = ownerOf(station, leg?.line ?? 1);
  const number = own && board.redials.get(own.number);
  if (number === undefined) return;
  const dialling = leg?.state === "dialling" ? leg : board.begin(station, 1, true);
  if (dialling !== undefined) board.dial(dialling, number);
}

function stimulus(board: Switchboard, station: Station, id: number, instance: number): void {
  const dialFrom = (number: string): void => {
    const leg = legAt(board, station, 0);
    const dialling = leg?.state === "dialling" ? leg : board.begin(station, 1, true);
    if (dialling !== undefined) board.dial(dialling, number);
  };
  const pressed = station.buttons.find(
    (placed) => placed.type === id && placed.instance === instance,
  )?.button;
  if (pressed?.kind === "speed-dial" || pressed?.kind === "hint") {
    dialFrom(pressed.number);
    return;
  }
  const leg = legAt(board, station, 0);
  switch (id) {
    case stimuli.line:
      lineKey(board, station, instance);
      return;
    case stimuli.redial:
      redial(board, station, leg);
      return;
    case stimuli.messages:
      dialFrom(voicemail);
      return;
    case stimuli.hold:
      if (leg !== undefined) callKey(board, leg, leg.state === "held" ? "resume" : "hold");
      return;
    case stimuli.transfer:
      if (leg !== undefined) pressTransfer(board, leg);
      return;
    case stimuli.forwardAll:
      pressForward(board, station, leg);
      return;
    case stimuli.park:
      if (leg !== undefined) park(board, leg);
      return;
    default:
      board.options.tell("stimulus", { id, instance });
  }
}

/** Answers what rings there, resumes what is held there, else begins a call. */
function lineKey(board: Switchboard, station: Station, line: number): void {
  const legs = board.legsOf(station).filter((leg) => leg.line === line);
  const ringing = legs.find(({ state }) => state === "ringing-in");
  const held = legs.find(({ state }) => state === "held");
  const isBusy = legs.some(({ state }) => state === "talking" || state === "dialling");
  if (ringing !== undefined) board.answer(ringing);
  else if (held !== undefined && !isBusy) board.resume(held);
  else if (!isBusy) board.begin(station, line, true);
}
