// A second telephone for the lab: the product's own SIP with a simple will of its own and a loop for the sound.
import type { CallId, SessionIntent } from "#firmware/call/intents.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import { defaultSettings, type SipSettings } from "#firmware/sip/settings.ts";
import { type Sip, startSip } from "#firmware/sip/start.ts";
import type { Digests, Resolver } from "#hal/contract/names.ts";
import type { Sockets } from "#hal/contract/sockets.ts";
import { later } from "#hal/contract/time.ts";
import { LabMedia } from "./rtp-echo.ts";

export interface LabPhoneOptions {
  readonly runtime: Runtime;
  readonly sockets: Sockets;
  readonly resolver: Resolver;
  readonly digests: Digests;
  readonly address: string;
  readonly user: string;
  readonly password: string;
  readonly server: string;
  readonly serverPort?: number;
  /** Answers by itself after so long; undefined: lets somebody else decide. */
  readonly answerAfterMs?: number;
  readonly settings?: Partial<SipSettings>;
  readonly signal: AbortSignal;
}

/** A telephone that answers by itself, or does as it is told. */
export class LabPhone {
  readonly notices: SipNotice[] = [];
  readonly sip: Sip;
  readonly #options: LabPhoneOptions;
  readonly #media = new Map<CallId, LabMedia>();
  #port = 20_000;
  #placed = 0;

  constructor(options: LabPhoneOptions) {
    this.#options = options;
    const { runtime, sockets, resolver, digests, signal, user, password, server, serverPort, address } =
      options;
    this.sip = startSip({
      runtime,
      sockets,
      resolver,
      digests,
      signal,
      localAddress: () => address,
      notify: (notice) => this.#notified(notice),
      settings: {
        ...defaultSettings,
        mac: "00005E005302",
        lines: [
          {
            line: 1,
            name: user,
            authName: user,
            password,
            displayName: `Lab ${user}`,
            contact: undefined,
            domain: undefined,
            proxies: [{ host: server, port: serverPort, transport: undefined }],
          },
        ],
        ...options.settings,
      },
    });
    signal.addEventListener("abort", () => this.#closeAll(), { once: true });
  }

  /** True once the line is registered. */
  get isRegistered(): boolean {
    return this.sip.lineStates().get(1)?.kind === "registered";
  }

  /** Calls that are up or being set up. */
  get calls(): readonly CallId[] {
    return [...this.#media.keys()];
  }

  /** Packets of sound that came in a call. */
  received(call: CallId): number {
    return this.#media.get(call)?.received ?? 0;
  }

  call(target: string): CallId {
    const call = `lab-${++this.#placed}`;
    const isAnonymous = false;
    this.#perform({
      kind: "place",
      call,
      line: 1,
      target,
      route: "default",
      local: this.#local(call),
      isAnonymous,
    });
    return call;
  }

  answer(call: CallId): void {
    this.#perform({ kind: "answer", call, local: this.#local(call) });
  }

  /** Says that it is busy. */
  refuse(call: CallId): void {
    this.#perform({ kind: "refuse", call, reason: "busy" });
  }

  hangUp(call: CallId): void {
    this.#perform({ kind: "hang-up", call });
  }

  hold(call: CallId): void {
    this.#perform({ kind: "hold", call });
  }

  resume(call: CallId): void {
    this.#perform({ kind: "resume", call });
  }

  #perform(intent: SessionIntent): void {
    this.sip.perform(intent);
  }

  #local(call: CallId): { portsId: number; rtpPort: number } {
    const { sockets, runtime } = this.#options;
    this.#port += 2;
    const media = new LabMedia(sockets, runtime.clock, this.#port);
    this.#media.set(call, media);
    return { portsId: this.#port, rtpPort: media.port };
  }

  #notified(notice: SipNotice): void {
    this.notices.push(notice);
    if (notice.kind === "incoming") this.#incoming(notice.call);
    if (notice.kind === "media") {
      const { direction } = notice.media;
      this.#media.get(notice.call)?.setEchoing(direction === "sendrecv" || direction === "sendonly");
    }
    if (notice.kind === "ended") {
      this.#media.get(notice.call)?.close();
      this.#media.delete(notice.call);
    }
  }

  #incoming(call: CallId): void {
    const { answerAfterMs, runtime } = this.#options;
    this.#perform({ kind: "ring", call });
    if (answerAfterMs === undefined) return;
    runtime.clock.alarm(later(runtime.clock.now(), answerAfterMs), () => this.answer(call));
  }

  #closeAll(): void {
    for (const media of this.#media.values()) media.close();
    this.#media.clear();
  }
}
