// What soft keys do to calls: transfer, conference, park, forward, do not disturb.
import type { FarEnd } from "./far-end.ts";
import type { Leg } from "./leg.ts";
import { order } from "./order.ts";
import { setOf } from "./softkeys.ts";
import type { Station } from "./station.ts";
import { ownerOf, type Switchboard } from "./switchboard.ts";

const firstPark = 701;
const lastPark = 709;

/** First press: the call is held and a second one begins. Second press: the two others talk, this phone is out. */
export function pressTransfer(board: Switchboard, leg: Leg): void {
  if (leg.purpose === "transfer" && leg.first !== undefined) {
    completeTransfer(board, leg);
    return;
  }
  if (leg.state === "talking") consult(board, leg, "transfer");
}

/** True when `leg` was the second call of a transfer that could be completed. */
export function completeTransfer(board: Switchboard, leg: Leg): boolean {
  const { first, far: target } = leg;
  const held = first?.far;
  if (first === undefined || held === undefined || target === undefined) return false;
  if (leg.state !== "talking" && leg.state !== "ringing-out") return false;
  first.far = undefined;
  leg.far = undefined;
  board.remove(leg);
  board.remove(first);
  held.partnerChanged(target);
  target.partnerChanged(held);
  board.options.tell("transferred", { who: held.number, to: target.number });
  return true;
}

function consult(board: Switchboard, leg: Leg, purpose: "transfer" | "conference"): void {
  board.hold(leg);
  const second = board.begin(leg.station, leg.line, false);
  if (second === undefined) return;
  second.purpose = purpose;
  second.first = leg;
  if (leg.station.play.ladder === "chan_skinny" && purpose === "transfer")
    second.ringOutSet = setOf.ringOutTransfer;
  if (leg.station.play.ladder === "chan-sccp" && purpose === "conference")
    second.connectedSet = setOf.conference;
}

/** First press as with a transfer; the second brings the held one in (chan_skinny has no such key). */
export function pressConference(board: Switchboard, leg: Leg): void {
  const { first } = leg;
  if (leg.purpose === "conference" && first !== undefined) {
    if (leg.state === "talking") join(board, leg, first);
  } else if (leg.state === "talking") consult(board, leg, "conference");
}

/** The phone keeps one call and one stream; the others sit at the bridge. */
function join(board: Switchboard, leg: Leg, first: Leg): void {
  const { far } = leg;
  const held = first.far;
  if (far === undefined || held === undefined) return;
  const bridge = new Bridge([held, far]);
  leg.far = undefined;
  board.remove(leg);
  first.far = bridge;
  first.remote = bridge;
  first.connectedSet = setOf.conference;
  held.partnerChanged(bridge);
  far.partnerChanged(bridge);
  board.resume(first);
  board.options.tell("conference", { line: first.own.number, parties: 3 });
}

/** A conference without a mixer: it sends the phone the sound of the first party, which is enough to hear a loop. */
class Bridge implements FarEnd {
  readonly number = "";
  readonly name = "Conference";
  readonly #parties: readonly FarEnd[];
  #phone: ReturnType<FarEnd["rtp"]>;

  constructor(parties: readonly FarEnd[]) {
    this.#parties = parties;
  }

  rtp(): ReturnType<FarEnd["rtp"]> {
    return this.#parties[0]?.rtp();
  }

  partnerMoved(rtp: ReturnType<FarEnd["rtp"]>): void {
    this.#phone = rtp;
    for (const party of this.#parties) party.partnerMoved(this.#phone);
  }

  partnerChanged(partner: FarEnd): void {
    this.partnerMoved(partner.rtp());
  }

  partnerLeft(): void {
    for (const party of this.#parties) party.partnerLeft();
  }
}

/** The other party waits at a number; this phone is told which. */
export function park(board: Switchboard, leg: Leg): void {
  const { far, station } = leg;
  if (leg.state !== "talking" || far === undefined) return;
  for (let slot = firstPark; slot <= lastPark; slot++) {
    const number = String(slot);
    if (board.parked.has(number)) continue;
    board.parked.set(number, far);
    leg.far = undefined;
    station.send(order("displayNotify", { timeoutSec: 10, text: `\x80\x21 ${number}` }));
    board.remove(leg);
    far.partnerMoved(undefined);
    return;
  }
}

/** With a target set: cancels it. Otherwise collects a number; the key again, or `dial`, sets it. */
export function pressForward(board: Switchboard, station: Station, leg: Leg | undefined): void {
  if (leg?.purpose === "forward") {
    setForward(board, leg);
    return;
  }
  const line = leg?.line ?? 1;
  const own = ownerOf(station, line);
  if (own === undefined) return;
  if (board.forwards.delete(own.number)) {
    tellForward(station, line, undefined);
    return;
  }
  const collecting = leg?.state === "dialling" ? leg : board.begin(station, line, true);
  if (collecting !== undefined) collecting.purpose = "forward";
}

export function setForward(board: Switchboard, leg: Leg): void {
  if (leg.digits !== "") {
    board.forwards.set(leg.own.number, leg.digits);
    tellForward(leg.station, leg.line, leg.digits);
    leg.say(order("startTone", { tone: 0x2e, line: leg.line, callRef: leg.ref }));
  }
  board.remove(leg);
}

function tellForward(station: Station, line: number, target: string | undefined): void {
  const isOn = target === undefined ? 0 : 1;
  station.send(
    order("forwardStatRes", { active: isOn === 0 ? 0 : 7, line, all: isOn, allNumber: target ?? "" }),
    order("displayNotify", {
      timeoutSec: 3,
      text: target === undefined ? "\x80\x05 off" : `\x80\x25 ${target}`,
    }),
  );
}

/** Calls to the phone's lines are busy while it is on. */
export function toggleQuiet(board: Switchboard, station: Station): void {
  const own = ownerOf(station, 1);
  if (own === undefined) return;
  const isOn = !board.quiet.delete(own.number);
  if (isOn) board.quiet.add(own.number);
  station.send(
    isOn
      ? order("displayPriNotify", { priority: 4, text: "\x80\x3f" })
      : order("clearPriNotify", { priority: 4 }),
  );
}
