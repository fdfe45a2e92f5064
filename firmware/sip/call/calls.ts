// All calls of the phone: turns intents into calls, and requests into events of the call they belong to.
import type { IncomingInviteRequest, SessionDelegate } from "sip.js/lib/core/index.js";
import type { CallId, RefusalReason, SessionIntent } from "#firmware/call/intents.ts";
import { below, hexDigits } from "#firmware/runtime/chance.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import type { SipJsLibrary } from "#firmware/sip/core/library.ts";
import { type LineCore, legOf } from "#firmware/sip/core/line-core.ts";
import { Proofs } from "#firmware/sip/credentials.ts";
import type { SipEndpoint } from "#firmware/sip/endpoint.ts";
import { newCallId, newTag, recordUri } from "#firmware/sip/identity.ts";
import type { Target } from "#firmware/sip/locate.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { type HeaderLine, type SipRequest, tagOf } from "#firmware/sip/message/message.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import { makeAnswer, undescribed } from "#firmware/sip/offer-answer.ts";
import { parseSdp, type SessionDescription } from "#firmware/sip/sdp.ts";
import type { SipLine } from "#firmware/sip/settings.ts";
import type { ServerTransaction } from "#firmware/sip/transaction/table.ts";
import { wholeTransactionMs } from "#firmware/sip/transaction/timing.ts";
import type { Arrival } from "#firmware/sip/transport/flow.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { Digests } from "#hal/contract/names.ts";
import { type Alarm, later } from "#hal/contract/time.ts";
import { Call, legKey, type OutgoingParts, requestOf } from "./call.ts";
import { Cores } from "./cores.ts";
import { printed, warningLine } from "./lines.ts";
import { callerOf } from "./party.ts";
import { dialledUri, presented } from "./placing.ts";
import type { Routes, Targets } from "./routes.ts";
import { alertInfoOf, isAutoAnswer, sdpOf } from "./wishes.ts";

export interface CallsOptions {
  readonly library: SipJsLibrary;
  readonly runtime: Runtime;
  readonly endpoint: SipEndpoint;
  readonly digests: Digests;
  readonly routes: Routes;
  readonly signal: AbortSignal;
  localAddress(): string;
  notify(notice: SipNotice): void;
  /** Statistics headers of a call that ends; none where they are not wanted. */
  statistics(call: CallId): readonly HeaderLine[];
}

/** What the caller of a call we do not take is told. DND and anonymous callers hear busy (reference section 13). */
const refusals: Readonly<Record<RefusalReason, number>> = {
  busy: 486,
  declined: 603,
  "do-not-disturb": 486,
  anonymous: 486,
  "no-line": 480,
};

/** The calls of one phone. */
export class Calls {
  readonly #options: CallsOptions;
  readonly #cores: Cores;
  readonly #calls = new Map<CallId, Call>();
  readonly #legs = new Map<string, Call>();
  readonly #endings = new Set<Alarm>();
  #count = 0;

  constructor(options: CallsOptions) {
    this.#options = options;
    const { library, runtime, endpoint, signal } = options;
    signal.addEventListener(
      "abort",
      () => {
        for (const alarm of this.#endings) alarm.cancel();
      },
      { once: true },
    );
    this.#cores = new Cores({
      library,
      runtime,
      endpoint,
      signal,
      user: {
        proofsOf: (leg) => this.#legs.get(leg)?.parts.proofs,
        targetsOf: (request, nextHop) => this.#targetsOf(request, nextHop),
        trying: (leg, request, target) => this.#trying(leg, request, target),
        failed: (leg, error) => this.#failed(leg, error),
      },
      delegateOf: (core) => ({
        onInvite: (uas) => this.#cores.host.outside(() => this.#invited(core(), uas)),
      }),
    });
  }

  /** Does what the call control wants; an intent for a call that is over does nothing. */
  perform(intent: SessionIntent): void {
    if (intent.kind === "place") {
      this.#place(intent);
      return;
    }
    const call = this.#calls.get(intent.call);
    if (call !== undefined) this.#performOn(call, intent);
  }

  #performOn(call: Call, intent: Exclude<SessionIntent, { kind: "place" }>): void {
    switch (intent.kind) {
      case "ring":
      case "hang-up":
      case "hold":
      case "resume":
        call.send({ kind: intent.kind });
        return;
      case "answer":
        call.send({ kind: "answer", place: this.#placeOf(intent.local.rtpPort) });
        return;
      case "refuse":
        call.send({ kind: "refuse", status: refusals[intent.reason] });
        return;
      case "deflect": {
        const uri = dialledUri(intent.target, call.parts.core.line, this.#options.localAddress());
        if (uri === undefined) call.send({ kind: "refuse", status: 480 });
        else call.send({ kind: "deflect", uri });
        return;
      }
      case "transfer":
      case "transfer-to-call":
        return;
      default:
        unreachable(intent);
    }
  }

  /** A request inside a dialog, or an INVITE. */
  request(transaction: ServerTransaction, line: SipLine): void {
    const { request } = transaction;
    if (tagOf(request, headers.to) === undefined) {
      this.#cores.of(line.line)?.receive(transaction);
      return;
    }
    const found = this.#cores.dialogOf(request);
    if (found === undefined) this.#options.endpoint.respond(transaction, 481);
    else found.core.receive(transaction);
  }

  cancelled(invite: ServerTransaction): void {
    for (const call of this.#calls.values())
      if (call.transaction?.id === invite.id) call.send({ kind: "cancelled" });
  }

  /** An ACK that fits no dialog is never answered (reference row UAC-024). */
  ack(arrival: Arrival<SipRequest>): void {
    const key = `ack${hexDigits(this.#options.runtime.random, 8)}`;
    this.#cores.dialogOf(arrival.message)?.core.receiveAck(arrival.message, key);
  }

  ended(transaction: ServerTransaction): void {
    this.#cores.ended(transaction);
  }

  #placeOf(rtpPort: number): { rtpPort: number; address: string } {
    return { rtpPort, address: this.#options.endpoint.publicAddress };
  }

  #place(intent: Extract<SessionIntent, { kind: "place" }>): void {
    const { endpoint, localAddress, routes, runtime, notify } = this.#options;
    const { settings } = endpoint;
    const line = settings.lines.find((candidate) => candidate.line === intent.line);
    const core = this.#cores.of(intent.line);
    const uri = line === undefined ? undefined : dialledUri(intent.target, line, localAddress());
    if (line === undefined || core === undefined || uri === undefined) {
      notify({ kind: "ended", call: intent.call, by: "network", status: 484, reason: "" });
      return;
    }
    const { fromUri, fromName, lines } = presented(line, settings, localAddress(), intent);
    const outgoing: OutgoingParts = {
      callId: newCallId(settings, runtime.random, localAddress()),
      fromTag: newTag(settings, runtime.random),
      fromUri,
      fromName,
      toUri: uri,
      lines,
      targetsOf: (attempt) =>
        attempt.proxy !== undefined
          ? routes.forUri(attempt.proxy)
          : attempt.uri === uri
            ? routes.forCall(line, intent.route, uri)
            : routes.forUri(attempt.uri),
    };
    const call = this.#add(intent.call, core, outgoing);
    this.#legs.set(legKey(outgoing.callId, outgoing.fromTag), call);
    call.send({ kind: "place", uri, place: this.#placeOf(intent.local.rtpPort) });
  }

  #add(id: CallId, core: LineCore, outgoing: OutgoingParts | undefined): Call {
    const { runtime, endpoint, digests, signal, notify, statistics, localAddress } = this.#options;
    const { line } = core;
    const proofs = new Proofs(
      line.password === undefined ? undefined : { username: line.authName, password: line.password },
      digests,
      runtime.random,
    );
    const call: Call = new Call(
      {
        runtime,
        host: this.#cores.host,
        messages: this.#cores.messages,
        core,
        settings: endpoint.settings,
        id,
        proofs,
        record: recordUri(line, { ...endpoint.settings, userInfo: "none" }, localAddress()),
        signal,
        notify,
        statistics: () => statistics(id),
        ended: () => this.#remove(call),
      },
      { delegate: (owner) => this.#delegate(owner) },
      outgoing,
      1 + below(runtime.random, 0x7fff_0000),
    );
    this.#calls.set(id, call);
    return call;
  }

  /** Stragglers of an ended call are sorted out for 64·T1: a second 2xx, a repeated BYE. */
  #remove(call: Call): void {
    const { runtime, endpoint } = this.#options;
    const { id } = call.parts;
    if (this.#calls.get(id) !== call) return;
    this.#calls.delete(id);
    const at = later(runtime.clock.now(), wholeTransactionMs(endpoint.settings.timing));
    const alarm = runtime.timers.start("sip", `end of call ${id}`, at, () => {
      this.#endings.delete(alarm);
      this.#legs.delete(call.leg);
    });
    this.#endings.add(alarm);
  }

  #invited(core: LineCore, uas: IncomingInviteRequest): void {
    const transaction = core.transactionOf(uas.message.viaBranch);
    if (transaction === undefined) return;
    const { request } = transaction;
    const offer = this.#offerOf(request);
    if (offer === "unusable") {
      core.run(legOf(request, true), () =>
        uas.reject({ statusCode: 488, extraHeaders: printed([warningLine(305)]) }),
      );
      return;
    }
    const { settings } = this.#options.endpoint;
    const call = this.#add(`sip-${++this.#count}`, core, undefined);
    call.invited(uas, transaction, offer);
    this.#legs.set(call.leg, call);
    this.#options.notify({
      kind: "incoming",
      call: call.parts.id,
      line: core.line.line,
      from: callerOf(request, settings.isRemotePartyIdUsed),
      alertInfo: alertInfoOf(request),
      isAutoAnswer: isAutoAnswer(request),
      isEmergencyCallback: request.headers.some(
        ({ id, value }) => id === "priority" && value.trim() === "psap-callback",
      ),
      replaces: undefined,
    });
  }

  /** The offer of an INVITE, undefined without one; `unusable` if no answer of ours could fit. */
  #offerOf(request: SipRequest): SessionDescription | "unusable" | undefined {
    const body = sdpOf(request);
    if (body === undefined) return undefined;
    try {
      const offer = parseSdp(body);
      const { settings } = this.#options.endpoint;
      const side = { settings, address: "0.0.0.0", rtpPort: 9, isHeld: false };
      return makeAnswer(side, undescribed(1), offer).kind === "answer" ? offer : "unusable";
    } catch (error) {
      if (error instanceof WireError) return "unusable";
      throw error;
    }
  }

  /** What the other side of a dialog may ask for. */
  #delegate(call: Call): SessionDelegate {
    const { host, messages } = this.#cores;
    const outside = (act: () => void): void => host.outside(act);
    return {
      onAck: ({ message }) => {
        outside(() => {
          const request = requestOf(messages, message);
          call.send({ kind: "acked", sdp: request === undefined ? undefined : sdpOf(request) });
        });
      },
      onAckTimeout: () => outside(() => call.send({ kind: "ack-missing" })),
      onBye: (uas) => {
        uas.accept({ statusCode: 200, extraHeaders: printed(call.parts.statistics()) });
        outside(() => call.send({ kind: "bye" }));
      },
      onInvite: (uas) =>
        outside(() => {
          const request = requestOf(messages, uas.message);
          const offer = request === undefined ? undefined : this.#offerOf(request);
          if (offer === "unusable")
            call.run(() => uas.reject({ statusCode: 488, extraHeaders: printed([warningLine(305)]) }));
          else call.reinvited(uas, offer);
        }),
      onInfo: (uas) => uas.accept(),
    };
  }

  #targetsOf(request: SipRequest, nextHop: string): Targets {
    const call = this.#legs.get(legOf(request, false));
    if (call !== undefined && tagOf(request, headers.to) === undefined) return call.targets;
    return this.#options.routes.forRequest(request, nextHop);
  }

  /** "Network Delay, Trying Backup" (reference section 5.8). */
  #trying(leg: string, request: SipRequest, target: Target): void {
    const backup = this.#options.endpoint.settings.backupProxy;
    const call = this.#legs.get(leg);
    if (request.method !== "INVITE" || call === undefined || backup === undefined) return;
    if (tagOf(request, headers.to) === undefined && target.serverName === backup.host)
      this.#options.notify({ kind: "trying-backup", call: call.parts.id });
  }

  #failed(leg: string, error: unknown): void {
    const { runtime } = this.#options;
    runtime.log("sip").warning(`call ${leg}: ${error instanceof Error ? error.message : String(error)}`);
    this.#legs.get(leg)?.send({ kind: "gone" });
  }
}
