// A phone made of the call machine alone: effects land in plain fields, time moves by hand, ports come at once.
import type { CallEffect, CallEvent } from "#firmware/call/desk.ts";
import type {
  Intent,
  RingOrder,
  SessionIntent,
  SoftkeyId,
  StationIntent,
  ToneName,
} from "#firmware/call/intents.ts";
import { createCallMachine, type Kept, type PhoneState, viewOf } from "#firmware/call/machine.ts";
import { type CallSettings, defaultCallSettings } from "#firmware/call/settings.ts";
import type { CallState, PhoneView } from "#firmware/call/view.ts";
import type { TimerEvent } from "#firmware/runtime/machine.ts";
import type { NegotiatedMedia, Party, SipNotice } from "#firmware/sip/notices.ts";
import type { AudioPath } from "#hal/contract/audio.ts";
import type { MediaCommand } from "#hal/contract/media.ts";
import type { DigitKey, LampId, LampMode } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { promptText } from "#ui/screens/prompt.ts";
import { english } from "#ui/words/english.ts";

/** Two lines with a user each, a speed dial, and no plan. */
export const twoLines: CallSettings = {
  ...defaultCallSettings,
  lines: [
    { line: 1, label: "2001", isProvisioned: true },
    { line: 2, label: "2002", isProvisioned: true },
    { line: 3, label: "", isProvisioned: false },
  ],
  keys: [
    { kind: "line", line: 1 },
    { kind: "line", line: 2 },
    { kind: "speed-dial", label: "Desk", target: "2999" },
    { kind: "none" },
  ],
  messagesTarget: "8500",
};

export const bob: Party = { name: "Bob", number: "2010", uri: "sip:2010@192.0.2.10", isAnonymous: false };
export const carol: Party = { name: "Carol", number: "2020", uri: "sip:2020@192.0.2.10", isAnonymous: false };
export const nobody: Party = {
  name: "Anonymous",
  number: "",
  uri: "sip:anonymous@anonymous.invalid",
  isAnonymous: true,
};

const pcmu = { payloadType: 0, encoding: "PCMU", clockRateHz: 8000 };

/** G.711 both ways. */
export const agreed: NegotiatedMedia = {
  remote: { address: "192.0.2.20", port: 30000 },
  remoteRtcp: undefined,
  direction: "sendrecv",
  send: pcmu,
  receive: [pcmu],
  telephoneEvent: { payloadType: 101, encoding: "telephone-event", clockRateHz: 8000 },
  packetMs: 20,
};

export interface RigOptions {
  readonly settings?: Partial<CallSettings>;
  readonly kept?: Kept;
  /** Ports are given by hand, with `givePorts`. */
  readonly isSlow?: boolean;
}

export class Rig {
  readonly #machine;
  readonly #isSlow: boolean;
  readonly #random = createSeededRandom(1);
  state: PhoneState;
  now = 1000 as MonoMs; // virtual
  readonly effects: CallEffect[] = [];
  readonly sessions: SessionIntent[] = [];
  readonly station: StationIntent[] = [];
  readonly media: MediaCommand[] = [];
  readonly lamps = new Map<LampId, LampMode>();
  readonly streams = new Set<string>();
  /** Ports given and not yet returned. */
  readonly ports = new Set<number>();
  /** Owners still waiting for ports. */
  readonly asked: string[] = [];
  readonly why: string[] = [];
  ignored = 0;
  tone: ToneName | undefined;
  ring: RingOrder | undefined;
  path: AudioPath | undefined;
  listen: readonly string[] = [];
  isMuted = false;
  #nextPort = 1;
  #incoming = 0;

  constructor(options: RigOptions = {}) {
    this.#machine = createCallMachine(options.kept);
    this.#isSlow = options.isSlow ?? false;
    this.state = this.#machine.initial;
    this.send({ kind: "settings", settings: { ...twoLines, ...options.settings } });
  }

  send(event: CallEvent | TimerEvent): void {
    const step = this.#machine.step(this.state, event, { now: this.now, random: this.#random });
    this.state = step.state;
    if (step.isIgnored === true) this.ignored++;
    else if (step.why !== undefined) this.why.push(step.why);
    for (const effect of step.effects) this.#perform(effect);
  }

  #perform(effect: CallEffect): void {
    this.effects.push(effect);
    switch (effect.kind) {
      case "session":
        this.sessions.push(effect.intent);
        break;
      case "station":
        this.station.push(effect.intent);
        break;
      case "reserve":
        this.asked.push(effect.owner);
        if (!this.#isSlow) this.givePorts();
        break;
      case "release":
        if (!this.ports.delete(effect.portsId))
          throw new Error(`released ports ${effect.portsId} that were not reserved`);
        break;
      case "tone":
        this.tone = effect.tone;
        break;
      case "ring":
        this.ring = effect.ring;
        break;
      case "path":
        this.path = effect.path;
        break;
      case "lamp":
        this.lamps.set(effect.lamp, effect.mode);
        break;
      case "microphone":
        this.isMuted = effect.isMuted;
        break;
      case "media":
        this.#command(effect.command);
        break;
      case "volume":
      case "preference":
      case "forward":
      case "store":
      case "open-service":
        break;
    }
  }

  #command(command: MediaCommand): void {
    this.media.push(command);
    if (command.kind === "stream") {
      if (!this.ports.has(command.spec.portsId))
        throw new Error(`stream ${command.spec.id} on ports that are not ours`);
      this.streams.add(command.spec.id);
    } else if (command.kind === "end-stream") this.streams.delete(command.id);
    else if (command.kind === "listen") this.listen = command.ids;
  }

  /** Answers the oldest request for ports; `none`: they are used up. */
  givePorts(what: "some" | "none" = "some"): void {
    const owner = this.asked.shift();
    if (owner === undefined) throw new Error("nobody asked for ports");
    if (what === "none") {
      this.send({ kind: "ports", owner, local: undefined });
      return;
    }
    const portsId = this.#nextPort++;
    this.ports.add(portsId);
    this.send({ kind: "ports", owner, local: { portsId, rtpPort: 16384 + 2 * portsId } });
  }

  do(...intents: readonly Intent[]): void {
    for (const intent of intents) this.send({ kind: "intent", intent });
  }

  lift(): void {
    this.do({ kind: "off-hook" });
  }

  rest(): void {
    this.do({ kind: "on-hook" });
  }

  digits(text: string): void {
    for (const character of text) {
      const digit = character as DigitKey; // tests type digits only
      this.do({ kind: "digit", digit }, { kind: "digit-up", digit });
    }
  }

  soft(id: SoftkeyId): void {
    const place = this.view.softkeys.find((key) => key.id === id)?.place;
    if (place === undefined) throw new Error(`no key ${id} among ${this.keys.join(" ")}`);
    this.do({ kind: "softkey", id, place });
  }

  sip(notice: SipNotice): void {
    this.send({ kind: "sip", notice });
  }

  /** A call comes in; returns its id. */
  comes(from: Party = bob, more: Partial<SipNotice & { kind: "incoming" }> = {}): string {
    const call = `in-${++this.#incoming}`;
    this.sip({
      kind: "incoming",
      call,
      line: 1,
      from,
      alertInfo: undefined,
      isAutoAnswer: false,
      isEmergencyCallback: false,
      replaces: undefined,
      ...more,
    });
    return call;
  }

  rings(call: string): void {
    this.sip({ kind: "progress", call, status: 180, isRinging: true, alertInfo: undefined });
  }

  /** The other side agreed on media and answered. */
  answered(call: string, peer: Party = bob): void {
    this.sip({ kind: "media", call, media: agreed });
    this.sip({ kind: "answered", call, peer });
  }

  ended(call: string, status?: number, reason = ""): void {
    this.sip({ kind: "ended", call, by: "peer", status, reason });
  }

  /** The other side accepted our hold or resume. */
  held(call: string, isHeld: boolean): void {
    this.sip({ kind: "hold-done", call, isHeld });
  }

  /** Dials with the handset and is answered; returns the call's id. */
  talk(number: string, peer: Party = bob): string {
    if (this.path === undefined) this.lift();
    this.digits(number);
    this.soft("dial");
    const call = this.lastPlaced.call;
    this.rings(call);
    this.answered(call, peer);
    return call;
  }

  /** Moves time, ringing every timer on the way. */
  wait(spanMs: number): void {
    const end = (this.now + spanMs) as MonoMs; // virtual
    for (;;) {
      const [next] = this.#machine.timers(this.state).toSorted((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.now = Math.max(next.at, this.now) as MonoMs; // virtual
      this.send({ kind: "timer", name: next.name });
    }
    this.now = end;
  }

  get timers(): readonly string[] {
    return this.#machine.timers(this.state).map(({ name }) => name);
  }

  get view(): PhoneView {
    return viewOf(this.state);
  }

  get keys(): readonly SoftkeyId[] {
    return this.view.softkeys.map(({ id }) => id);
  }

  get states(): readonly CallState[] {
    return this.view.calls.map(({ state }) => state);
  }

  /** The prompt line's code, or its text. */
  get prompt(): string | undefined {
    const { prompt } = this.view;
    return prompt?.kind === "code" ? prompt.code : prompt?.text;
  }

  /** The prompt line as a person reads it. */
  get says(): string {
    const { prompt } = this.view;
    return prompt === undefined ? "" : promptText(english, prompt);
  }

  get lastPlaced(): SessionIntent & { kind: "place" } {
    const placed = this.sessions.findLast((intent) => intent.kind === "place");
    if (placed?.kind !== "place") throw new Error("nothing was placed");
    return placed;
  }

  /** Kinds of what went to SIP, and forgets them. */
  said(): readonly string[] {
    return this.sessions.splice(0).map((intent) => ("call" in intent ? `${intent.kind} ${intent.call}` : ""));
  }

  /** Nothing sounds, nothing is open, nothing is kept. */
  get isQuiet(): boolean {
    return (
      this.tone === undefined &&
      this.ring === undefined &&
      this.path === undefined &&
      this.streams.size === 0 &&
      this.listen.length === 0 &&
      this.ports.size === 0 &&
      this.view.calls.length === 0
    );
  }
}
