// One phone's side of a call: what was dialled, its media channel, and the messages that tell the phone about it.
import type { ServerMessage } from "#firmware/sccp/messages/server-messages.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import type { FarEnd } from "./far-end.ts";
import { type Ladder, type LegFacts, ladderOf, type Person, type Say } from "./ladders.ts";
import { order } from "./order.ts";
import { timeDate } from "./setup.ts";
import { setOf } from "./softkeys.ts";
import type { Station } from "./station.ts";

export type LegState =
  | "dialling"
  | "proceeding"
  | "ringing-out"
  | "ringing-in"
  | "talking"
  | "held"
  | "failed"
  | "over";
export type LegPurpose = "call" | "transfer" | "conference" | "forward";

/** What a leg asks of the switchboard. */
export interface LegHost {
  wallUnixMs(): number;
  /** Other legs of the same phone that are not over. */
  hasOthers(leg: Leg): boolean;
  /** Its far end left: it is over. */
  abandoned(leg: Leg): void;
}

const payloadUlaw = 4;
const packetMs = 20;

export class Leg implements FarEnd {
  readonly station: Station;
  readonly line: number;
  readonly ref: number;
  readonly own: Person;
  state: LegState;
  purpose: LegPurpose = "call";
  digits = "";
  far: FarEnd | undefined;
  remote: Person = { number: "", name: "" };
  forwardedFrom: Person | undefined;
  /** The held leg a transfer or conference began from. */
  first: Leg | undefined;
  connectedSet: number = setOf.connected;
  ringOutSet: number = setOf.ringOut;
  readonly isIncoming: boolean;
  readonly #host: LegHost;
  readonly #ladder: Ladder;
  #rtp: Endpoint | undefined;
  #isOpen = false;
  #sendsTo: string | undefined;

  constructor(
    host: LegHost,
    station: Station,
    at: { line: number; ref: number; own: Person },
    isIncoming: boolean,
  ) {
    this.#host = host;
    this.station = station;
    this.line = at.line;
    this.ref = at.ref;
    this.own = at.own;
    this.isIncoming = isIncoming;
    this.state = isIncoming ? "ringing-in" : "dialling";
    this.#ladder = ladderOf(station.play);
    if (station.play.ladder === "chan-sccp") this.connectedSet = setOf.transferPossible;
  }

  get number(): string {
    return this.own.number;
  }

  get name(): string {
    return this.own.name;
  }

  /** What identifies its channel: chan_skinny's call id, chan-sccp's 0xFFFFFFFF minus that. */
  get party(): number {
    return this.station.play.ladder === "chan_skinny" ? this.ref : 0xffff_ffff - this.ref;
  }

  offHook(hasSpeaker: boolean): void {
    this.#say(this.#ladder.offHook(this.#facts(), hasSpeaker));
  }

  digit(digit: string): void {
    this.digits += digit;
    const ladder = this.#ladder;
    this.#say(this.digits.length === 1 ? ladder.firstDigit(this.#facts()) : ladder.moreDigits(this.#facts()));
  }

  backspace(): void {
    if (this.digits === "") return;
    this.digits = this.digits.slice(0, -1);
    this.station.send(order("backSpaceRes", { line: this.line, callRef: this.ref }));
  }

  /** The number is complete and goes to `remote`. */
  proceed(remote: Person): void {
    this.state = "proceeding";
    this.remote = remote;
    this.#say(this.#ladder.complete(this.#facts()));
  }

  ringOut(): void {
    this.state = "ringing-out";
    this.#say(this.#ladder.ringOut(this.#facts()));
  }

  ringIn(isWaiting: boolean): void {
    this.#say(this.#ladder.ringIn(this.#facts(), isWaiting));
  }

  connect(): void {
    this.state = "talking";
    this.#say(this.#ladder.connected(this.#facts()));
    this.#startSending();
  }

  hold(): void {
    this.state = "held";
    this.#say(this.#ladder.hold(this.#facts()));
    this.far?.partnerMoved(undefined);
  }

  resume(): void {
    this.state = "talking";
    this.#say(this.#ladder.resume(this.#facts()));
  }

  fail(how: "busy" | "congestion"): void {
    this.state = "failed";
    this.#say(this.#ladder.failed(this.#facts(), how));
  }

  /** The call is off the phone; nobody else is told. */
  end(): void {
    if (this.state === "over") return;
    this.state = "over";
    this.#say(this.#ladder.ended(this.#facts()));
  }

  say(...messages: readonly ServerMessage[]): void {
    this.station.send(...messages);
  }

  /** The phone's answer to OpenReceiveChannel. */
  channelOpened(rtp: Endpoint): void {
    if (!this.#isOpen) return;
    this.#rtp = rtp;
    this.far?.partnerMoved(rtp);
    this.#startSending();
  }

  rtp(): Endpoint | undefined {
    return this.#rtp;
  }

  partnerMoved(rtp: Endpoint | undefined): void {
    if (rtp !== undefined) this.#startSending();
  }

  partnerChanged(partner: FarEnd): void {
    this.far = partner;
    this.remote = { number: partner.number, name: partner.name };
    if (this.state !== "talking") return;
    this.#sendsTo = undefined;
    this.#startSending();
  }

  partnerLeft(): void {
    this.far = undefined;
    this.#host.abandoned(this);
  }

  #startSending(): void {
    const to = this.far?.rtp();
    if (to === undefined || this.#rtp === undefined || this.state !== "talking") return;
    const key = `${to.address}:${to.port}`;
    if (key === this.#sendsTo) return;
    this.#sendsTo = key;
    const { play } = this.station;
    this.station.send(
      order("startMediaTransmission", {
        ...this.#mediaIds(),
        address: to.address,
        port: to.port,
        packetMs,
        payload: payloadUlaw,
        precedence: play.precedence,
        telephoneEvent: play.telephoneEvent,
      }),
    );
  }

  #mediaIds() {
    const callRef = this.station.play.hasMediaRefs ? this.ref : 0;
    return { conference: this.ref, partyId: this.party, callRef };
  }

  #open(): readonly ServerMessage[] {
    if (this.#isOpen) return [];
    this.#isOpen = true;
    return [
      order("openReceiveChannel", {
        ...this.#mediaIds(),
        packetMs,
        payload: payloadUlaw,
        telephoneEvent: this.station.play.telephoneEvent,
      }),
    ];
  }

  #close(): readonly ServerMessage[] {
    if (!this.#isOpen) return [];
    this.#isOpen = false;
    this.#rtp = undefined;
    this.#sendsTo = undefined;
    const ids = { ...this.#mediaIds(), conference: 0 };
    return [order("closeReceiveChannel", ids), order("stopMediaTransmission", ids)];
  }

  #say(steps: readonly Say[]): void {
    for (const step of steps) {
      if (step === "open") this.station.send(...this.#open());
      else if (step === "close") this.station.send(...this.#close());
      else if (step === "time") this.station.send(timeDate(this.#host.wallUnixMs()));
      else this.station.send(step);
    }
  }

  #facts(): LegFacts {
    return {
      play: this.station.play,
      line: this.line,
      callRef: this.ref,
      isIncoming: this.isIncoming,
      own: this.own,
      remote: this.remote,
      dialled: this.digits,
      forwardedFrom: this.forwardedFrom,
      connectedSet: this.connectedSet,
      ringOutSet: this.ringOutSet,
      isLast: !this.#host.hasOthers(this),
    };
  }
}
