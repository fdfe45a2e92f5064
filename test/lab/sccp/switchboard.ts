// Calls of one call manager: who is called by a number, who talks to whom, what each phone shows of the others.
import type { Clock } from "#hal/contract/time.ts";
import type { FarEnd } from "./far-end.ts";
import type { Person } from "./ladders.ts";
import { Leg, type LegHost } from "./leg.ts";
import { order } from "./order.ts";
import { Alarms, Machine, type MediaDesk, type Service, services } from "./services.ts";
import type { Station } from "./station.ts";

export interface SwitchboardOptions {
  readonly clock: Clock;
  readonly desk: MediaDesk;
  wallUnixMs(): number;
  /** The registered phone with this line, if there is one. */
  owner(
    number: string,
  ): { readonly station: Station; readonly line: number; readonly own: Person } | undefined;
  stations(): readonly Station[];
  tell(what: string, facts: Readonly<Record<string, string | number>>): void;
}

/** Silence before the first digit and between digits ends in reorder (captured from chan_skinny). */
const firstDigitMs = 16_000;
const nextDigitMs = 8000;
/** Longest wait for an answer. */
const ringMs = 60_000;

export class Switchboard implements LegHost {
  readonly options: SwitchboardOptions;
  readonly alarms: Alarms;
  readonly messages = new Map<string, number>();
  readonly forwards = new Map<string, string>();
  readonly parked = new Map<string, FarEnd>();
  /** Lines whose calls are refused as busy. */
  readonly quiet = new Set<string>();
  /** Last number dialled, by line. */
  readonly redials = new Map<string, string>();
  #legs: Leg[] = [];
  #refs = 0;

  constructor(options: SwitchboardOptions) {
    this.options = options;
    this.alarms = new Alarms(options.clock);
  }

  get legs(): readonly Leg[] {
    return this.#legs;
  }

  wallUnixMs(): number {
    return this.options.wallUnixMs();
  }

  legsOf(station: Station): readonly Leg[] {
    return this.#legs.filter((leg) => leg.station === station);
  }

  hasOthers(leg: Leg): boolean {
    return this.legsOf(leg.station).some((other) => other !== leg && other.state !== "over");
  }

  /** A new call of this phone, with dial tone. */
  begin(station: Station, line: number, hasSpeaker: boolean): Leg | undefined {
    const own = ownerOf(station, line);
    if (own === undefined) return undefined;
    const leg = this.#add(new Leg(this, station, { line, ref: ++this.#refs, own }, false));
    leg.offHook(hasSpeaker);
    this.#expectDigits(leg);
    this.showHints(leg.own.number);
    return leg;
  }

  digit(leg: Leg, digit: string): void {
    if (leg.state !== "dialling") return;
    leg.digit(digit);
    if (leg.purpose === "forward") return;
    if (this.isWhole(leg.digits)) this.dial(leg, leg.digits);
    else this.#expectDigits(leg);
  }

  /** The number cannot be longer, or is one of ours. */
  isWhole(digits: string): boolean {
    if (digits in services || this.parked.has(digits)) return true;
    return this.options.owner(digits) !== undefined || digits.length >= 4;
  }

  dial(leg: Leg, number: string): void {
    if (leg.state !== "dialling" || number === "") return;
    leg.digits = number;
    this.redials.set(leg.own.number, number);
    this.options.tell("dialled", { from: leg.own.number, to: number });
    const parked = this.parked.get(number);
    const service = services[number];
    if (parked !== undefined) this.#fetch(leg, number, parked);
    else if (service !== undefined) this.#callService(leg, number, service);
    else this.#callLine(leg, number, undefined);
  }

  /** Somebody who is no phone of ours calls a line. */
  ring(number: string, from: Person, media: "echo" | "tone" = "echo"): Machine | undefined {
    const owner = this.options.owner(number);
    if (owner === undefined) return undefined;
    const caller = new Machine(this.options.desk, from, media);
    const leg = this.#ringAt(owner, caller);
    caller.partner = leg;
    return caller;
  }

  answer(leg: Leg): void {
    if (leg.state !== "ringing-in") return;
    for (const other of this.legsOf(leg.station)) if (other.state === "talking") other.hold();
    leg.connect();
    const { far } = leg;
    if (far instanceof Leg) far.connect();
    this.options.tell("connected", { line: leg.own.number, with: leg.remote.number });
    this.showHints(leg.own.number);
  }

  hold(leg: Leg): void {
    if (leg.state === "talking") leg.hold();
    this.showHints(leg.own.number);
  }

  resume(leg: Leg): void {
    if (leg.state !== "held") return;
    for (const other of this.legsOf(leg.station)) if (other.state === "talking") other.hold();
    leg.resume();
    this.showHints(leg.own.number);
  }

  /** This side ends the call; the other side is told. */
  hangUp(leg: Leg): void {
    if (leg.state === "over") return;
    const { far } = leg;
    leg.far = undefined;
    this.remove(leg);
    far?.partnerLeft();
  }

  /** Its far end left. */
  abandoned(leg: Leg): void {
    this.remove(leg);
  }

  /** Takes a leg off its phone. */
  remove(leg: Leg): void {
    this.#legs = this.#legs.filter((other) => other !== leg);
    leg.end();
    // The handset's light was off during the call (reference 5.12).
    if (leg.station.play.ladder === "chan-sccp" && !this.hasOthers(leg)) this.showMessages(leg.station);
    this.options.tell("ended", { line: leg.own.number });
    this.showHints(leg.own.number);
  }

  /** The phone is gone: what it talked to hears nothing more, but is told. */
  drop(station: Station): void {
    for (const leg of this.legsOf(station)) {
      this.#legs = this.#legs.filter((other) => other !== leg);
      leg.state = "over";
      leg.far?.partnerLeft();
    }
  }

  /** Message lamps of a line, and of the phone as a whole. */
  showMessages(station: Station): void {
    const any = station.buttons.some(
      ({ button }) => button.kind === "line" && (this.messages.get(button.number) ?? 0) > 0,
    );
    for (const { button, instance } of station.buttons) {
      if (button.kind !== "line") continue;
      const mode = (this.messages.get(button.number) ?? 0) > 0 ? 2 : 1;
      station.send(
        order("setLamp", { stimulus: 0x0f, instance, mode }),
        order("setLamp", { stimulus: 0x0f, instance: 0, mode: any ? 2 : 1 }),
      );
    }
  }

  /** How a line is, on every phone that watches it. */
  showHints(number: string): void {
    for (const station of this.options.stations())
      for (const placed of station.buttons)
        if (placed.button.kind === "hint" && placed.button.number === number) this.showHint(station, placed);
  }

  showHint(station: Station, { button, instance, type }: Station["buttons"][number]): void {
    if (button.kind !== "hint") return;
    const isKnown = this.options.owner(button.number) !== undefined;
    const legs = this.#legs.filter(({ own }) => own.number === button.number);
    const isRinging = legs.some(({ state }) => state === "ringing-in");
    const isBusy = legs.length > 0;
    if (type !== 0x09) {
      const status = !isKnown ? 0 : isRinging ? 4 : isBusy ? 2 : 1;
      station.send(order("featureStatRes", { index: instance, feature: type, status, label: button.label }));
      return;
    }
    const mode = !isKnown ? 4 : isRinging ? 5 : isBusy ? 2 : 1;
    const state = isRinging ? 4 : isBusy ? 13 : 2;
    station.send(
      order("setLamp", { stimulus: 0x09, instance, mode }),
      order("callState", { state, line: instance, callRef: 0 }),
    );
  }

  close(): void {
    this.alarms.cancelAll();
    this.#legs = [];
  }

  #add(leg: Leg): Leg {
    this.#legs = [...this.#legs, leg];
    return leg;
  }

  #expectDigits(leg: Leg): void {
    const count = leg.digits.length;
    this.alarms.after(count === 0 ? firstDigitMs : nextDigitMs, () => {
      if (leg.state === "dialling" && leg.digits.length === count && leg.purpose !== "forward")
        leg.fail("congestion");
    });
  }

  #callService(leg: Leg, number: string, service: Service): void {
    const person = { number, name: `Lab ${number}` };
    leg.proceed(person);
    if (service.refuse !== undefined) {
      leg.fail(service.refuse);
      return;
    }
    const machine = new Machine(this.options.desk, person, service.media ?? "echo");
    machine.partner = leg;
    leg.far = machine; // it can be transferred to while it rings
    if (service.isDeaf === true || service.answerAfterMs !== undefined) leg.ringOut();
    if (service.isDeaf === true) return;
    const answer = (): void => {
      if (leg.state === "over") return;
      leg.connect();
      machine.partnerMoved(leg.rtp());
      this.options.tell("connected", { line: leg.own.number, with: number });
      const { messageFor, hangUpAfterMs } = service;
      if (messageFor !== undefined) machine.onLeft = () => this.leaveMessage(messageFor, 1);
      if (hangUpAfterMs !== undefined) this.alarms.after(hangUpAfterMs, () => machine.hangUp());
    };
    if (service.answerAfterMs === undefined) answer();
    else this.alarms.after(service.answerAfterMs, answer);
  }

  leaveMessage(line: string, count: number): void {
    this.messages.set(line, (this.messages.get(line) ?? 0) + count);
    const owner = this.options.owner(line);
    if (owner !== undefined) this.showMessages(owner.station);
  }

  #callLine(leg: Leg, number: string, forwardedFrom: Person | undefined): void {
    const owner = this.options.owner(number);
    const forward = this.forwards.get(number);
    leg.proceed({ number, name: owner?.own.name ?? "" });
    if (forward !== undefined && forwardedFrom === undefined) {
      leg.state = "dialling";
      if (services[forward] !== undefined) this.#callService(leg, forward, services[forward]);
      else this.#callLine(leg, forward, { number, name: owner?.own.name ?? "" });
      return;
    }
    if (owner === undefined || owner.station === leg.station) {
      leg.fail("congestion");
      return;
    }
    if (this.quiet.has(number)) {
      leg.fail("busy");
      return;
    }
    leg.ringOut();
    const called = this.#ringAt(owner, leg, forwardedFrom);
    leg.far = called;
    this.alarms.after(ringMs, () => {
      if (called.state === "ringing-in") this.hangUp(called);
    });
  }

  #ringAt(
    owner: { readonly station: Station; readonly line: number; readonly own: Person },
    caller: FarEnd,
    forwardedFrom?: Person,
  ): Leg {
    const { station, line, own } = owner;
    const isWaiting = this.legsOf(station).length > 0;
    const leg = this.#add(new Leg(this, station, { line, ref: ++this.#refs, own }, true));
    leg.far = caller;
    leg.remote = { number: caller.number, name: caller.name };
    leg.forwardedFrom = forwardedFrom;
    leg.ringIn(isWaiting);
    this.options.tell("ringing", { line: own.number, from: caller.number });
    this.showHints(own.number);
    return leg;
  }

  #fetch(leg: Leg, number: string, parked: FarEnd): void {
    this.parked.delete(number);
    leg.proceed({ number: parked.number, name: parked.name });
    leg.far = parked;
    leg.connect();
    parked.partnerChanged(leg);
  }
}

/** Who a line button of a phone is. */
export function ownerOf(station: Station, line: number): Person | undefined {
  for (const { button, instance } of station.buttons)
    if (button.kind === "line" && instance === line) return { number: button.number, name: button.name };
  return undefined;
}
