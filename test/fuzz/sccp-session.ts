// A call manager that says anything in any state of a phone: bytes go through framer, codec, machine and call control to
// the screen, between a person's presses, broken connections and time that passes. One phone lives through all of it, so
// what is left behind adds up; now and then everything is hung up and a normal call is made.
import { limits } from "#firmware/call/server/terminal.ts";
import { below } from "#firmware/runtime/chance.ts";
import { Framer } from "#firmware/sccp/framer.ts";
import { codecFor } from "#firmware/sccp/messages/codec.ts";
import type { PhoneMessage } from "#firmware/sccp/messages/phone-messages.ts";
import type { ServerMessage } from "#firmware/sccp/messages/server-messages.ts";
import type { LinkName, SccpEffect, SccpEvent } from "#firmware/sccp/state.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { digitKeys } from "#hal/contract/panel.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { order } from "#test/lab/sccp/order.ts";
import { idleView, seenOf } from "#test/screens/samples.ts";
import { ServerRig } from "#test/unit/call/server-rig.ts";
import { ack, Play } from "#test/unit/sccp/play.ts";
import { frameOf } from "#test/unit/screens/drawing.ts";

const links: readonly LinkName[] = ["active", "active", "active", "active", "standby", "better"];
const presses = ["off-hook", "on-hook", "flash", "speaker", "headset", "mute", "messages"] as const;
/** Of each hundred messages: how many follow a press, a closed connection, time that passed, a proper RegisterAck. */
const often = { press: 12, broken: 1, time: 6, ack: 3, repeated: 4, pieces: 10 } as const;
/** Messages between two looks at everything, and between two normal calls. */
const lookEvery = 100;
const callEvery = 5000;
/** After an exhausted list, with its jitter (timing.ts). */
const longestPauseMs = 160_000;
const stepMs = 2000;

export class HostileSession {
  readonly #random = createSeededRandom(20_261_121);
  readonly #play = new Play({ protocolVersion: 22 });
  readonly #rig = new ServerRig();
  readonly #framers = new Map<LinkName, Framer>();
  readonly #sent: PhoneMessage[] = [];
  #count = 0;
  /** Servers are themselves again. */
  #isCalm = false;
  #calls = 0;

  constructor() {
    this.#machine({ kind: "start" });
  }

  /** Bytes from a server on some connection, as one piece or several, once or twice. */
  take(bytes: Uint8Array): void {
    this.#count++;
    if (this.#often("press")) this.#press();
    if (this.#often("broken")) this.#machine({ kind: "closed", link: this.#link(), wasReset: this.#flip() });
    if (this.#often("time")) this.#pass(below(this.#random, 40_000));
    if (this.#often("ack")) this.#frame("active", { ...ack, protocolVersion: 3 + below(this.#random, 20) });
    const link = this.#link();
    const times = this.#often("repeated") ? 3 : 1;
    for (let i = 0; i < times; i++) this.#bytes(link, bytes);
    if (this.#count % lookEvery === 0) this.#look();
    if (this.#count % callEvery === 0) this.normalCall();
  }

  /** Hangs up, registers at a server that is itself again, and makes a call from dial tone to silence. */
  normalCall(): void {
    const rig = this.#rig;
    this.#isCalm = true;
    this.#rest();
    this.#machine({ kind: "closed", link: "active", wasReset: false });
    this.#framers.clear();
    for (let i = 0; i < longestPauseMs / stepMs && this.#play.state.kind !== "registered"; i++) {
      if (this.#play.state.kind === "registering") this.#frame("active", { ...ack, protocolVersion: 17 });
      else this.#pass(stepMs);
    }
    const { state } = this.#play;
    if (state.kind !== "registered") throw new Error(`registered again was expected, not ${state.kind}`);
    this.#rest();
    expectNothing("after hanging up", this.#left());
    const at = { line: 1, callRef: 4711 };
    const party = { conference: 9, partyId: 9, callRef: at.callRef };
    const media = { ...party, packetMs: 20, payload: 4 };
    this.#said();
    rig.lift();
    this.#forward();
    this.#frame("active", order("callState", { ...at, state: 1 }), order("startTone", { ...at, tone: 0x21 }));
    if (rig.tone !== "inside-dial") throw new Error(`the dial tone was expected, not ${rig.tone}`);
    rig.digits("600");
    this.#forward();
    this.#frame("active", order("stopTone", at), order("callState", { ...at, state: 5 }));
    this.#frame("active", order("openReceiveChannel", media));
    this.#frame(
      "active",
      order("startMediaTransmission", { ...media, address: "192.0.2.1", port: 16_384, precedence: 0xb8 }),
    );
    const said = this.#said();
    for (const kind of ["offHook", "keypadButton", "openReceiveChannelAck"])
      if (!said.includes(kind)) throw new Error(`${kind} was expected; it sent ${said.join(" ")}`);
    const [call] = rig.view.calls;
    if (call?.state !== "connected" || rig.streams.size !== 1)
      throw new Error(`a call with sound was expected, not ${call?.state} with ${rig.streams.size} streams`);
    rig.rest();
    this.#forward();
    this.#frame("active", order("closeReceiveChannel", party), order("stopMediaTransmission", party));
    this.#frame("active", order("callState", { ...at, state: 2 }));
    expectNothing("after the call", this.#left());
    this.#calls++;
    this.#isCalm = false;
  }

  /** Normal calls made so far. */
  get calls(): number {
    return this.#calls;
  }

  #often(what: keyof typeof often): boolean {
    return below(this.#random, 100) < often[what];
  }

  #flip(): boolean {
    return below(this.#random, 2) === 0;
  }

  #link(): LinkName {
    return links[below(this.#random, links.length)] ?? "active";
  }

  /** Nobody lifts, listens or talks. */
  #rest(): void {
    const rig = this.#rig;
    rig.rest();
    if (rig.path !== undefined) rig.do({ kind: rig.path === "headset" ? "headset" : "speaker" });
    if (rig.path !== undefined) rig.rest();
    this.#forward();
    // A number that was typed and never dialled is taken back.
    for (let i = 0; i < 2 && rig.state.desk.preDial !== undefined; i++)
      rig.do({ kind: "softkey", id: "endCall", place: 0 });
  }

  /** What is still there of calls and sound. */
  #left(): string {
    const { tone, path, streams, ports, view } = this.#rig;
    return [
      ...view.calls.map(({ state }) => `a call that is ${state}`),
      ...(tone === undefined ? [] : [`tone ${tone}`]),
      ...(path === undefined ? [] : [`path ${path}`]),
      ...(streams.size + ports.size === 0 ? [] : [`${streams.size} streams, ${ports.size} ports`]),
    ].join(", ");
  }

  #said(): readonly string[] {
    return this.#sent.splice(0).map(({ kind }) => kind);
  }

  #press(): void {
    const rig = this.#rig;
    const random = this.#random;
    const kind = presses[below(random, presses.length)] ?? "on-hook";
    const place = below(random, 8);
    switch (below(random, 5)) {
      case 0:
        rig.do({ kind });
        break;
      case 1:
        rig.do({ kind: "digit", digit: digitKeys[below(random, digitKeys.length)] ?? "0" });
        break;
      case 2:
        rig.do({ kind: "softkey", id: rig.keys[place] ?? "hold", place });
        break;
      case 3:
        rig.do({ kind: "line-key", key: place });
        break;
      default:
        rig.do({ kind: "dial", target: "600", line: undefined });
    }
    this.#forward();
  }

  /** In steps: what a timer wants done is done before the next one rings. */
  #pass(ms: number): void {
    for (let left = ms; left > 0; left -= stepMs) {
      this.#perform([...this.#play.wait(Math.min(stepMs, left))]);
      this.#rig.wait(Math.min(stepMs, left));
      this.#forward();
    }
  }

  #frame(link: LinkName, ...messages: readonly ServerMessage[]): void {
    for (const message of messages) this.#bytes(link, codecFor(this.#version()).encodeServer(message));
  }

  #version(): number {
    const { state } = this.#play;
    return state.kind === "registered" ? state.version : 3;
  }

  #bytes(link: LinkName, bytes: Uint8Array): void {
    const cut = this.#often("pieces") ? below(this.#random, bytes.length) : bytes.length;
    for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
      const framer = this.#framers.get(link) ?? new Framer();
      this.#framers.set(link, framer);
      try {
        for (const frame of framer.push(piece)) this.#receive(link, frame);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        this.#framers.delete(link);
        this.#machine({ kind: "bad-stream", link, detail: error.message });
      }
    }
  }

  #receive(link: LinkName, frame: Uint8Array): void {
    try {
      this.#machine({
        kind: "message",
        link,
        message: codecFor(this.#version()).decodeServer(frame).message,
      });
    } catch (error) {
      if (!(error instanceof WireError)) throw error; // one that cannot be read is dropped, as in client.ts
    }
  }

  #machine(event: SccpEvent): void {
    this.#perform([...this.#play.send(event)]);
    this.#forward();
  }

  /** Connections open, mostly; notices go up; everything else is what the phone said. */
  #perform(effects: readonly SccpEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case "notify":
          this.#rig.send({ kind: "sccp", notice: effect.notice });
          break;
        case "connect":
          this.#framers.delete(effect.link);
          if (!this.#isCalm && below(this.#random, 10) === 0)
            this.#machine({ kind: "connect-failed", link: effect.link, failure: "no-answer" });
          else this.#machine({ kind: "connected", link: effect.link, address: "192.0.2.10" });
          break;
        case "close":
        case "promote":
          this.#framers.delete(effect.link);
          this.#framers.delete("active");
          break;
        case "send":
          codecFor(effect.version).encodePhone(effect.message);
          this.#sent.push(effect.message);
          break;
      }
    }
  }

  /** What the call control wants said, and how many calls it has. */
  #forward(): void {
    const rig = this.#rig;
    for (const intent of rig.station.splice(0))
      this.#perform([...this.#play.send({ kind: "station", intent })]);
    this.#perform([...this.#play.send({ kind: "calls", count: rig.view.calls.length })]);
    rig.effects.length = 0;
    rig.media.length = 0;
    rig.why.length = 0;
  }

  /** Nothing grows, nothing that should be alone is there twice, and the screen can be drawn. */
  #look(): void {
    this.#sent.length = 0;
    const rig = this.#rig;
    const { control } = rig.state;
    if (control.kind !== "server") throw new Error("still a terminal was expected");
    const { calls, channels, counters, requests, lamps, hints, priorityNotify } = control.server;
    const sizes: readonly (readonly [string, number, number])[] = [
      ["calls", calls.length, limits.calls],
      ["channels", channels.length, limits.channels],
      ["counters", counters.length, limits.counters],
      ["requests", requests.length, limits.requests],
      ["lamps", Math.max(lamps.size, hints.size), limits.entries],
      ["priorities", priorityNotify.size, limits.priorities],
      ["selected calls", rig.view.calls.filter(({ isSelected }) => isSelected).length, 1],
      ["reserved ports", rig.ports.size, limits.channels],
    ];
    for (const [what, size, most] of sizes)
      if (size > most) throw new Error(`${what}: ${size}, at most ${most} were expected`);
    const { text } = frameOf(seenOf({ ...rig.view, boot: idleView.boot }));
    if (text.rows.length === 0) throw new Error("a picture with rows was expected");
  }
}

function expectNothing(when: string, left: string): void {
  if (left !== "") throw new Error(`${when} nothing was expected to be left, there is: ${left}`);
}
