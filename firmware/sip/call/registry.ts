// Which calls there are: by the id the call control knows, and by leg (Call-ID and our tag), until their stragglers are
// sorted out.
import type { SessionDelegate } from "sip.js/lib/core/index.js";
import type { CallId } from "#firmware/call/intents.ts";
import { below } from "#firmware/runtime/chance.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import type { LineCore } from "#firmware/sip/core/line-core.ts";
import { Proofs } from "#firmware/sip/credentials.ts";
import type { SipEndpoint } from "#firmware/sip/endpoint.ts";
import { recordUri } from "#firmware/sip/identity.ts";
import type { HeaderLine } from "#firmware/sip/message/message.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import { wholeTransactionMs } from "#firmware/sip/transaction/timing.ts";
import type { Digests } from "#hal/contract/names.ts";
import { type Alarm, later } from "#hal/contract/time.ts";
import { Call } from "./call.ts";
import type { Cores } from "./cores.ts";
import type { OutgoingParts } from "./parts.ts";

export interface RegistryOptions {
  readonly runtime: Runtime;
  readonly endpoint: SipEndpoint;
  readonly digests: Digests;
  readonly signal: AbortSignal;
  readonly cores: Cores;
  localAddress(): string;
  /** Statistics headers of a call that ends; none where they are not wanted. */
  statistics(call: CallId): readonly HeaderLine[];
  /** What the other side of a dialog may ask for. */
  delegate(call: Call): SessionDelegate;
}

/** The calls of one phone. */
export class CallRegistry {
  readonly #options: RegistryOptions;
  readonly #calls = new Map<CallId, Call>();
  readonly #legs = new Map<string, Call>();
  readonly #endings = new Map<Call, Alarm>();

  constructor(options: RegistryOptions) {
    this.#options = options;
    options.signal.addEventListener(
      "abort",
      () => {
        for (const alarm of this.#endings.values()) alarm.cancel();
      },
      { once: true },
    );
  }

  byId(id: CallId): Call | undefined {
    return this.#calls.get(id);
  }

  byLeg(leg: string): Call | undefined {
    return this.#legs.get(leg);
  }

  /** Calls that have a leg: those that ended a moment ago too. */
  all(): Iterable<Call> {
    return this.#legs.values();
  }

  /** A new call; it stands for its id only after `setId`, and is found by its leg only after `setLeg`. */
  create(
    id: CallId,
    core: LineCore,
    outgoing: OutgoingParts | undefined,
    notify: (notice: SipNotice) => void,
  ): Call {
    const { runtime, endpoint, digests, signal, cores, statistics, localAddress, delegate } = this.#options;
    const { line } = core;
    const { settings } = endpoint;
    const credentials =
      line.password === undefined ? undefined : { username: line.authName, password: line.password };
    const call: Call = new Call(
      {
        runtime,
        host: cores.host,
        messages: cores.messages,
        core,
        settings,
        id,
        proofs: new Proofs(credentials, digests, runtime.random),
        record: recordUri(line, { ...settings, userInfo: "none" }, localAddress()),
        signal,
        notify,
        statistics: () => statistics(id),
        ended: () => this.#ended(call),
      },
      delegate,
      outgoing,
      1 + below(runtime.random, 0x7fff_0000),
    );
    return call;
  }

  setId(call: Call): void {
    this.#calls.set(call.parts.id, call);
  }

  setLeg(call: Call): void {
    this.#legs.set(call.leg, call);
  }

  /** Stragglers of an ended call are sorted out for 64·T1: a second 2xx, a repeated BYE. */
  #ended(call: Call): void {
    const { runtime, endpoint } = this.#options;
    const { id } = call.parts;
    if (this.#calls.get(id) === call) this.#calls.delete(id);
    if (this.#endings.has(call)) return;
    const at = later(runtime.clock.now(), wholeTransactionMs(endpoint.settings.timing));
    const alarm = runtime.timers.start("sip", `end of call ${id}`, at, () => {
      this.#endings.delete(call);
      if (this.#legs.get(call.leg) === call) this.#legs.delete(call.leg);
    });
    this.#endings.set(call, alarm);
  }
}
