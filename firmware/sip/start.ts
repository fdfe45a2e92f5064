// SIP for the whole phone: what the composition root starts.
import type { CallId, SessionIntent } from "#firmware/call/intents.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import { Calls } from "#firmware/sip/call/calls.ts";
import { Routes } from "#firmware/sip/call/routes.ts";
import { statisticsLines } from "#firmware/sip/call/statistics.ts";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import type { StreamStatistics } from "#hal/contract/media.ts";
import type { Digests, Resolver } from "#hal/contract/names.ts";
import type { Sockets } from "#hal/contract/sockets.ts";

import { SipEndpoint } from "./endpoint.ts";
import { eventAnswer } from "./events.ts";
import { Lines } from "./lines.ts";
import { Locator, type Target } from "./locate.ts";
import { Mailboxes } from "./mailboxes.ts";
import { headers } from "./message/headers.ts";
import { tagOf } from "./message/message.ts";
import type { LineState, SipNotice } from "./notices.ts";
import { optionsAnswer } from "./options.ts";
import type { SipLine, SipSettings } from "./settings.ts";
import type { ServerTransaction } from "./transaction/table.ts";

export interface SipOptions {
  readonly runtime: Runtime;
  readonly sockets: Sockets;
  readonly resolver: Resolver;
  readonly digests: Digests;
  readonly settings: SipSettings;
  readonly signal: AbortSignal;
  /** The phone's address on its interface, now. */
  localAddress(): string;
  notify(notice: SipNotice): void;
  /** PEM certificates trusted beside the built-in set, now; undefined: none. */
  trusted?(): readonly string[];
  /** Would a call for this line be refused as busy now? Undefined: never. */
  isBusy?(line: number): boolean;
  /** Figures of a call's stream so far, for RTP-RxStat and RTP-TxStat. */
  statistics?(call: CallId): StreamStatistics | undefined;
}

/** SIP at work. */
export interface Sip {
  /** Does what the call control wants. */
  perform(intent: SessionIntent): void;
  /** State of each line, by number. */
  lineStates(): ReadonlyMap<number, LineState>;
  /** Console `register 0|1 LINE`: line 0 is the backup proxy, undefined all of them. */
  setRegistered(line: number | undefined, isWanted: boolean): void;
  /** Unregisters every line; `gone` is called once, when no server has an answer left to give. */
  leave(gone: () => void): void;
  /** The phone's address changed: every line registers anew. Calls stay. */
  addressChanged(): void;
  /** Figures for `show` commands. */
  counts(): { readonly open: number; readonly strayResponses: number; readonly unreadable: number };
}

/** Starts SIP; ends with the signal. HalError `busy` when the control port is taken. */
export function startSip(options: SipOptions): Sip {
  const { runtime, sockets, resolver, digests, settings, signal, localAddress, notify } = options;
  const locator = new Locator(resolver, runtime);
  const endpoint: SipEndpoint = new SipEndpoint({
    runtime,
    sockets,
    settings,
    signal,
    localAddress,
    trusted: () => options.trusted?.() ?? [],
    suspect: (address) => lines.suspect(address),
    handler: {
      request: (transaction, line) => dispatch(transaction, line),
      cancelled: (invite) => sessions.with((calls) => calls.cancelled(invite)),
      ack: (arrival) => sessions.with((calls) => calls.ack(arrival)),
      ended: (transaction) => sessions.present?.ended(transaction),
    },
  });
  const lines = new Lines({
    runtime,
    endpoint,
    locator,
    digests,
    signal,
    localAddress,
    notify: (notice) => {
      notify(notice);
      if (notice.kind === "line") mailboxes.lineIs(notice.line, notice.state);
      // Registered, or not: the line is settled, now there is time to load what calls need.
      if (notice.kind === "line" && notice.state.kind !== "registering") sessions.load();
    },
  });
  const routes = new Routes({ settings, locator, signal, serverOf: (line) => lines.serverOf(line) });
  const { sender } = endpoint;
  const mailboxes = new Mailboxes({
    runtime,
    sender,
    routes,
    digests,
    settings,
    signal,
    localAddress,
  });
  const sessions = new Sessions(
    runtime,
    signal,
    async () =>
      new Calls({
        library: await loadSipJs(),
        runtime,
        endpoint,
        digests,
        routes,
        signal,
        localAddress,
        notify,
        statistics: (call) => statisticsLines(settings, options.statistics?.(call)),
        eventCame: (request, line, call) => {
          const { status, notice } = eventAnswer(request, { line, call, isKnownServer: call !== undefined });
          return {
            status,
            afterwards: () => {
              if (notice !== undefined) notify(notice);
            },
          };
        },
      }),
  );
  /** True for a NOTIFY that a subscription of ours brought. */
  const isOfMailbox = (transaction: ServerTransaction): boolean => {
    const answer = mailboxes.notified(transaction.request);
    if (answer === undefined) return false;
    endpoint.respond(transaction, answer.status, { lines: answer.lines });
    if (answer.notice !== undefined) notify(answer.notice);
    return true;
  };
  const dispatch = (transaction: ServerTransaction, line: SipLine): void => {
    const { request } = transaction;
    const isInDialog = tagOf(request, headers.to) !== undefined;
    if (request.method === "OPTIONS") {
      const { status, ...rest } = optionsAnswer(
        settings,
        endpoint.publicAddress,
        options.isBusy?.(line.line) === true,
      );
      endpoint.respond(transaction, status, rest);
    } else if (isInDialog && request.method === "NOTIFY" && isOfMailbox(transaction)) {
      return; // answered
    } else if (isInDialog || request.method === "INVITE") {
      sessions.with((calls) => calls.request(transaction, line));
    } else if (request.method === "NOTIFY") {
      const isKnownServer = lines.isServer(transaction.source.address);
      const {
        status,
        lines: more,
        notice,
      } = eventAnswer(request, { line: line.line, call: undefined, isKnownServer });
      endpoint.respond(transaction, status, { lines: more });
      if (notice !== undefined) notify(notice);
    } else {
      endpoint.respond(transaction, 481);
    }
  };
  whenNatIsKnown({ settings, locator, signal, runtime, endpoint }, () => lines.start());
  return {
    perform: (intent) => sessions.with((calls) => calls.perform(intent)),
    lineStates: () => lines.states,
    setRegistered: (line, isWanted) => lines.setRegistered(line, isWanted),
    leave(gone) {
      let open = 2;
      const left = (): void => {
        open--;
        if (open === 0) gone();
      };
      mailboxes.leave(left);
      lines.leave(left);
    },
    addressChanged: () => lines.restart(),
    counts: () => endpoint.counts,
  };
}

/** The calls, once the library they stand on is loaded; until then what concerns them waits in order. */
class Sessions {
  readonly #runtime: Runtime;
  readonly #signal: AbortSignal;
  readonly #make: () => Promise<Calls>;
  #calls: Calls | undefined;
  #isLoading = false;
  #waiting: ((calls: Calls) => void)[] = [];

  constructor(runtime: Runtime, signal: AbortSignal, make: () => Promise<Calls>) {
    this.#runtime = runtime;
    this.#signal = signal;
    this.#make = make;
  }

  get present(): Calls | undefined {
    return this.#calls;
  }

  with(act: (calls: Calls) => void): void {
    if (this.#calls !== undefined) {
      act(this.#calls);
      return;
    }
    this.#waiting.push(act);
    this.load();
  }

  load(): void {
    if (this.#isLoading || this.#signal.aborted) return;
    this.#isLoading = true;
    this.#make().then(
      (calls) => {
        if (this.#signal.aborted) return;
        this.#calls = calls;
        for (const act of this.#waiting.splice(0)) act(calls);
      },
      (error: unknown) => this.#runtime.fail("sip", error),
    );
  }
}

/** `nat_address` may be a name, with an A record only; without an answer the own address stays in use. */
function whenNatIsKnown(
  parts: Pick<SipOptions, "settings" | "signal" | "runtime"> & { locator: Locator; endpoint: SipEndpoint },
  go: () => void,
): void {
  const { settings, locator, signal, runtime, endpoint } = parts;
  const { address } = settings.nat;
  if (address === undefined) {
    go();
    return;
  }
  const use = (targets: readonly Target[]): void => {
    const found = targets[0]?.endpoint.address;
    if (found === undefined) runtime.log("sip").warning(`nat_address ${address} has no A record`);
    else endpoint.setPublicAddress(found);
    go();
  };
  const found = locator.locate({ host: address, port: settings.controlPort, transport: "UDP" }, signal);
  if (!(found instanceof Promise)) {
    use(found);
    return;
  }
  found.then(use, (error: unknown) => {
    if (!signal.aborted) runtime.fail("sip", error);
  });
}
