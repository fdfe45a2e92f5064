// The gateway as the figures of Appendix B draw it: SIP on one side, a PBX on a trunk on the other. What goes over the trunk
// stands in the same list as the SIP messages, with its time. It says to one side what the other side said to it.
import { headers } from "#firmware/sip/message/headers.ts";
import { type SipMessage, type SipRequest, soleOf, tagOf } from "#firmware/sip/message/message.ts";
import { type Clock, later } from "#hal/contract/time.ts";
import type { Conversation } from "./conversation.ts";
import type { Called, Gateway } from "./gateway.ts";
import { acted, heard, type PbxAct, type PbxState, type PbxStep, type TrunkMessage } from "./pbx.ts";

/** What a message takes on the trunk, and what the gateway needs between two things it says, in ms. */
const trunkMs = 4;
const workMs = 1;

/** Cause of a refusal for the telephone network (RFC 3398 §8.2.6.1). */
const causes: Readonly<Record<number, number>> = { 404: 1, 480: 18, 486: 17, 600: 17 };
const interworking = 127;
const noAnswer = 19;

/** One call at a time, in either direction. */
export class PbxGateway {
  readonly #gateway: Gateway;
  readonly #conversation: Conversation;
  readonly #clock: Clock;
  #state: PbxState = "null";
  #called: Called | undefined;
  /** The request of the phone's that waits for the PBX. */
  #open: SipRequest | undefined;
  /** What ends the call on the SIP side when the PBX has released it. */
  #ending: (() => void) | undefined;
  /** The phone was told CANCEL and has not said 487; the PBX has released meanwhile. */
  #isCancelled = false;
  #isReleased = false;
  #sdpVersion = 1;
  /** What the gateway has still to say. */
  readonly #todo: (() => void)[] = [];
  /** SIP requests and responses of its own that came twice do nothing the second time. */
  readonly #seen = new Set<string>();

  constructor(gateway: Gateway, conversation: Conversation, clock: Clock) {
    this.#gateway = gateway;
    this.#conversation = conversation;
    this.#clock = clock;
    gateway.peer.arrived.subscribe((message) => this.#sip(message), { signal: new AbortController().signal });
  }

  /** Where the PBX is in its call. */
  get state(): PbxState {
    return this.#state;
  }

  /** Somebody at the PBX calls a phone, whose number is the one that is dialled. */
  call(called: Called): void {
    this.#called = called;
    this.#pbx(acted(this.#state, "calls", called.number));
  }

  /** Somebody at the PBX does something. */
  does(act: Exclude<PbxAct, "calls">): void {
    this.#pbx(acted(this.#state, act));
  }

  /** The gateway has rung long enough. */
  givesUp(): void {
    this.#isCancelled = true;
    this.#inTurn(
      () => this.#gateway.cancel(),
      () => this.#tell({ name: "Disconnect", cause: noAnswer }),
    );
  }

  /** One after the other, a moment apart, and after what is still to be done. */
  #inTurn(...acts: readonly (() => void)[]): void {
    const isIdle = this.#todo.length === 0;
    this.#todo.push(...acts);
    if (isIdle) this.#clock.alarm(later(this.#clock.now(), workMs), this.#next);
  }

  readonly #next = (): void => {
    this.#todo[0]?.();
    this.#todo.shift();
    if (this.#todo.length > 0) this.#clock.alarm(later(this.#clock.now(), workMs), this.#next);
  };

  #note(by: string, to: string, message: TrunkMessage): void {
    const detail = message.name === "Disconnect" ? ` (${message.cause})` : "";
    this.#conversation.note(by, to, `${message.name}${detail}`);
  }

  /** To the PBX, which hears it when it is through the trunk. */
  #tell(message: TrunkMessage): void {
    this.#note("gateway", "PBX", message);
    this.#clock.alarm(later(this.#clock.now(), trunkMs), () => this.#pbx(heard(this.#state, message)));
  }

  #pbx({ state, says }: PbxStep): void {
    this.#state = state;
    for (const message of says) {
      this.#note("PBX", "gateway", message);
      this.#clock.alarm(later(this.#clock.now(), trunkMs), () => this.#trunk(message));
    }
  }

  /** The PBX says something. */
  #trunk(message: TrunkMessage): void {
    const { peer } = this.#gateway;
    const open = this.#open;
    switch (message.name) {
      case "Setup": {
        const called = this.#called;
        if (called !== undefined)
          this.#inTurn(
            () => this.#gateway.invite(called),
            () => this.#tell({ name: "Call Proceeding" }),
          );
        break;
      }
      case "Alerting":
        if (open !== undefined) peer.answer(open, 180);
        break;
      case "Connect":
        if (open !== undefined) peer.answer(open, 200, { sdp: this.#gateway.sdp });
        break;
      case "Release":
        if (this.#isCancelled) {
          this.#isReleased = true; // the phone's 487 ends both sides
          break;
        }
        this.#inTurn(
          () => this.#ending?.(),
          () => this.#tell({ name: "Release Complete" }),
        );
        break;
      case "Disconnect":
        this.#inTurn(
          () => this.#gateway.bye(),
          () => this.#tell({ name: "Release" }),
        );
        break;
      case "Call Proceeding":
      case "Connect ACK":
      case "Release Complete":
        break;
    }
  }

  #sip(message: SipMessage): void {
    const { method, number } = soleOf(message, headers.cseq);
    const what = message.kind === "request" ? message.method : String(message.status);
    const key = `${soleOf(message, headers.callId)} ${number} ${method} ${what}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    if (message.kind === "response") {
      if (method === "INVITE") this.#answered(message.status);
    } else this.#asked(message);
  }

  /** The phone answers the gateway's INVITE. */
  #answered(status: number): void {
    if (status === 180) this.#inTurn(() => this.#tell({ name: "Alerting" }));
    if (status === 487)
      this.#inTurn(
        () => this.#gateway.ack(),
        () => this.#released(),
      );
    if (status < 200 || status === 487) return;
    if (status < 300) {
      this.#inTurn(
        () => this.#tell({ name: "Connect" }),
        () => this.#gateway.ack(),
      );
      return;
    }
    this.#ending = () => this.#gateway.ack(); // only when the PBX has released (rows FLW-024, FLW-026)
    this.#inTurn(() => this.#tell({ name: "Disconnect", cause: causes[status] ?? interworking }));
  }

  /** A call that was given up is over when both sides said so. */
  #released(): void {
    if (this.#isReleased) this.#tell({ name: "Release Complete" });
    else this.#isCancelled = false;
  }

  /** The phone wants something. */
  #asked(request: SipRequest): void {
    const { peer, sdp } = this.#gateway;
    const isInDialog = tagOf(request, headers.to) !== undefined;
    if (request.method === "INVITE" && isInDialog) {
      this.#sdpVersion++;
      peer.answer(request, 200, { sdp: sdp.replace("peer 1 1", `peer 1 ${this.#sdpVersion}`) });
    } else if (request.method === "INVITE") {
      this.#open = request;
      const number = /^sips?:([^@;]*)@/.exec(request.uri)?.[1] ?? "";
      this.#inTurn(
        () => this.#tell({ name: "Setup", number }),
        () => peer.answer(request, 100),
      );
    } else if (request.method === "ACK" && this.#state === "connect request") {
      this.#inTurn(() => this.#tell({ name: "Connect ACK" }));
    } else if (request.method === "BYE") {
      this.#ending = () => peer.answer(request, 200);
      this.#inTurn(() => this.#tell({ name: "Disconnect", cause: 16 }));
    }
  }
}
