// All calls of the phone: turns intents into calls, and requests into events of the call they belong to.
import type { IncomingInviteRequest } from "sip.js/lib/core/index.js";
import type { CallId, RefusalReason, SessionIntent } from "#firmware/call/intents.ts";
import { hexDigits } from "#firmware/runtime/chance.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import type { SipJsLibrary } from "#firmware/sip/core/library.ts";
import { type LineCore, legOf } from "#firmware/sip/core/line-core.ts";
import type { SipEndpoint } from "#firmware/sip/endpoint.ts";
import { newCallId, newTag } from "#firmware/sip/identity.ts";
import type { Target } from "#firmware/sip/locate.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, type HeaderLine, type SipRequest, tagOf, valuesOf } from "#firmware/sip/message/message.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import type { SipLine } from "#firmware/sip/settings.ts";
import type { ServerTransaction } from "#firmware/sip/transaction/table.ts";
import type { Arrival } from "#firmware/sip/transport/flow.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { Digests } from "#hal/contract/names.ts";
import type { Call } from "./call.ts";
import { Cores } from "./cores.ts";
import { DialogRequests, type Notified } from "./dialog-requests.ts";
import { leastIntervalLine, printed, warningLine } from "./lines.ts";
import { offerOf } from "./offers.ts";
import type { OutgoingParts } from "./parts.ts";
import { callerOf, divertedFrom } from "./party.ts";
import { dialledUri, type How, presented } from "./placing.ts";
import { CallRegistry } from "./registry.ts";
import type { Routes, Targets } from "./routes.ts";
import type { MediaPlace } from "./state.ts";
import { Transfers } from "./transfers.ts";
import { alertInfoOf, isAutoAnswer, isIntervalTooSmall, subjectOf } from "./wishes.ts";

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
  /** A NOTIFY of any other package than refer, inside a call. */
  eventCame(request: SipRequest, line: number, call: CallId | undefined): Notified;
}

const nothing = (): void => undefined;

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
  readonly #registry: CallRegistry;
  readonly #transfers: Transfers;
  readonly #dialogRequests: DialogRequests;
  #count = 0;

  constructor(options: CallsOptions) {
    this.#options = options;
    const { library, runtime, endpoint, signal, digests, localAddress, notify, statistics } = options;
    this.#cores = new Cores({
      library,
      runtime,
      endpoint,
      signal,
      user: {
        proofsOf: (leg) => this.#registry.byLeg(leg)?.parts.proofs,
        targetsOf: (request, nextHop) => this.#targetsOf(request, nextHop),
        trying: (leg, request, target) => this.#trying(leg, request, target),
        failed: (leg, error) => this.#failed(leg, error),
      },
      delegateOf: (core) => ({
        onInvite: (uas) => this.#cores.host.outside(() => this.#invited(core(), uas)),
      }),
    });
    this.#dialogRequests = new DialogRequests({
      cores: this.#cores,
      endpoint,
      now: () => runtime.clock.now(),
      transfers: () => this.#transfers,
      notified: (call, request) => this.#notified(call, request),
    });
    this.#registry = new CallRegistry({
      runtime,
      endpoint,
      digests,
      signal,
      cores: this.#cores,
      localAddress,
      statistics,
      delegate: (call) => this.#dialogRequests.delegate(call),
    });
    this.#transfers = new Transfers({
      runtime,
      registry: this.#registry,
      signal,
      localAddress,
      notify,
      placeFor: (core, id, uri, place, lines, hear) =>
        this.#placeAt(core, id, uri, place, { isAnonymous: false, route: "default", lines }, hear),
      takeFor: (core, id, uas, transaction, hear) => this.#take(core, id, uas, transaction, hear),
    });
  }

  /** Does what the call control wants; an intent for a call that is over does nothing. */
  perform(intent: SessionIntent): void {
    switch (intent.kind) {
      case "place":
        this.#place(intent);
        return;
      case "hang-up":
        this.#on(intent.call, (call) => {
          this.#transfers.hungUp(call);
          call.send({ kind: "hang-up" });
        });
        return;
      case "ring":
      case "hold":
      case "resume":
        this.#on(intent.call, (call) => call.send({ kind: intent.kind }));
        return;
      case "answer": {
        const place = this.#placeOf(intent.local.rtpPort);
        this.#on(intent.call, (call) => call.send({ kind: "answer", place }));
        return;
      }
      case "refuse":
        this.#on(intent.call, (call) => call.send({ kind: "refuse", status: refusals[intent.reason] }));
        return;
      case "deflect":
        this.#on(intent.call, (call) => this.#deflect(call, intent.target));
        return;
      case "transfer":
        this.#on(intent.call, (call) => this.#transfers.transfer(call, intent.target));
        return;
      case "transfer-to-call":
        this.#on(intent.call, (call) =>
          this.#on(intent.consultation, (consultation) => this.#transfers.transferToCall(call, consultation)),
        );
        return;
      default:
        unreachable(intent);
    }
  }

  #on(id: CallId, act: (call: Call) => void): void {
    const call = this.#registry.byId(id);
    if (call !== undefined) act(call);
  }

  #deflect(call: Call, target: string): void {
    const uri = dialledUri(target, call.parts.core.line, this.#options.localAddress());
    call.send(uri === undefined ? { kind: "refuse", status: 480 } : { kind: "deflect", uri });
  }

  /** A request inside a dialog, or an INVITE. */
  request(transaction: ServerTransaction, line: SipLine): void {
    const { request } = transaction;
    const { endpoint } = this.#options;
    if (tagOf(request, headers.to) === undefined) {
      this.#cores.of(line.line)?.receive(transaction);
      return;
    }
    const found = this.#cores.dialogOf(request);
    const leg = legOf(request, true);
    const call = this.#registry.byLeg(leg);
    if (found === undefined) {
      const heard = request.method === "NOTIFY" ? this.#afterwards(leg, request) : undefined;
      endpoint.respond(transaction, heard === undefined ? 481 : 200);
      heard?.();
    } else if (request.method === "UPDATE" && call !== undefined)
      this.#dialogRequests.update(call, transaction);
    else found.core.receive(transaction);
  }

  /** The refer subscription outlives the call: its NOTIFYs are welcome until the last (RFC 5057, reference 5.4). */
  #afterwards(leg: string, request: SipRequest): (() => void) | undefined {
    return firstOf(request, headers.event)?.value.toLowerCase() === "refer"
      ? this.#transfers.referNotified(leg, request)
      : undefined;
  }

  cancelled(invite: ServerTransaction): void {
    for (const call of this.#registry.all())
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

  #placeOf(rtpPort: number): MediaPlace {
    return { rtpPort, address: this.#options.endpoint.publicAddress };
  }

  #place(intent: Extract<SessionIntent, { kind: "place" }>): void {
    const { localAddress, notify } = this.#options;
    const core = this.#cores.of(intent.line);
    const uri =
      core === undefined ? undefined : dialledUri(intent.target, core.line, localAddress(), intent.user);
    if (core === undefined || uri === undefined) {
      notify({ kind: "ended", call: intent.call, by: "network", status: 484, reason: "" });
      return;
    }
    const { call: id, isAnonymous, route, local } = intent;
    const how = { isAnonymous, route, lines: [] };
    const call: Call = this.#placeAt(core, id, uri, this.#placeOf(local.rtpPort), how, (notice) =>
      this.#transfers.hear(() => call, notice),
    );
  }

  /** Sends an INVITE from a line; the call stands for its id unless another one does. */
  #placeAt(
    core: LineCore,
    id: CallId,
    uri: string,
    place: MediaPlace,
    how: How & { readonly lines: readonly HeaderLine[] },
    hear: (notice: SipNotice) => void,
  ): Call {
    const { endpoint, localAddress, routes, runtime } = this.#options;
    const { settings } = endpoint;
    const { line } = core;
    const { fromUri, fromName, lines } = presented(line, settings, localAddress(), how);
    const outgoing: OutgoingParts = {
      callId: newCallId(settings, runtime.random, localAddress()),
      fromTag: newTag(settings, runtime.random),
      fromUri,
      fromName,
      toUri: uri,
      lines: [...lines, ...how.lines],
      targetsOf: (attempt) =>
        attempt.proxy !== undefined
          ? routes.forUri(attempt.proxy)
          : attempt.uri === uri
            ? routes.forCall(line, how.route, uri)
            : routes.forUri(attempt.uri),
    };
    const call = this.#registry.create(id, core, outgoing, hear);
    if (this.#registry.byId(id) === undefined) this.#registry.setId(call);
    this.#registry.setLeg(call);
    call.send({ kind: "place", uri, place });
    return call;
  }

  #invited(core: LineCore, uas: IncomingInviteRequest): void {
    const transaction = core.transactionOf(uas.message.viaBranch);
    if (transaction === undefined) return;
    const { request } = transaction;
    const { runtime, endpoint } = this.#options;
    const { settings } = endpoint;
    const refuse = (status: number, lines: readonly HeaderLine[]): void => {
      core.run(legOf(request, true), () => uas.reject({ statusCode: status, extraHeaders: printed(lines) }));
    };
    if (isIntervalTooSmall(request)) {
      refuse(422, [leastIntervalLine]);
      return;
    }
    const read = offerOf(request, settings);
    if ("warning" in read) {
      refuse(488, [warningLine(read.warning)]);
      return;
    }
    const replaces = valuesOf(request, headers.replaces)[0];
    if (replaces !== undefined) {
      const status = this.#transfers.replace(core, uas, transaction, replaces);
      if (status !== undefined) refuse(status, []);
      return;
    }
    const call: Call = this.#take(core, `sip-${++this.#count}`, uas, transaction, (notice) =>
      this.#transfers.hear(() => call, notice),
    );
    this.#registry.setId(call);
    const divertedBy = divertedFrom(request);
    const subject = subjectOf(request);
    if (subject !== undefined) runtime.log("sip").info(`call ${call.parts.id}: subject "${subject}"`);
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
      ...(divertedBy === undefined ? {} : { divertedBy }),
    });
  }

  /** The call an INVITE of theirs begins; its offer can be read. */
  #take(
    core: LineCore,
    id: CallId,
    uas: IncomingInviteRequest,
    transaction: ServerTransaction,
    hear: (notice: SipNotice) => void,
  ): Call {
    const call = this.#registry.create(id, core, undefined, hear);
    const read = offerOf(transaction.request, this.#options.endpoint.settings);
    call.invited(uas, transaction, "offer" in read ? read.offer : undefined);
    this.#registry.setLeg(call);
    return call;
  }

  #notified(call: Call, request: SipRequest): Notified {
    if (firstOf(request, headers.event)?.value.toLowerCase() !== "refer")
      return this.#options.eventCame(request, call.parts.core.line.line, call.parts.id);
    const heard = this.#transfers.referNotified(call.leg, request);
    return heard === undefined ? { status: 481, afterwards: nothing } : { status: 200, afterwards: heard };
  }

  #targetsOf(request: SipRequest, nextHop: string): Targets {
    const call = this.#registry.byLeg(legOf(request, false));
    if (call !== undefined && tagOf(request, headers.to) === undefined) return call.targets;
    return this.#options.routes.forRequest(request, nextHop);
  }

  /** "Network Delay, Trying Backup" (reference section 5.8). */
  #trying(leg: string, request: SipRequest, target: Target): void {
    const backup = this.#options.endpoint.settings.backupProxy;
    const call = this.#registry.byLeg(leg);
    if (request.method !== "INVITE" || call === undefined || tagOf(request, headers.to) !== undefined) return;
    call.trying(target);
    if (target.serverName === backup?.host)
      this.#options.notify({ kind: "trying-backup", call: call.parts.id });
  }

  #failed(leg: string, error: unknown): void {
    const { runtime } = this.#options;
    runtime.log("sip").warning(`call ${leg}: ${error instanceof Error ? error.message : String(error)}`);
    this.#registry.byLeg(leg)?.send({ kind: "gone" });
  }
}
