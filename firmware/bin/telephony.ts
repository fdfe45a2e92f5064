// The protocol in charge, chosen by the configuration: SIP or SCCP between the call control and the network. Starting
// again with an equal configuration changes nothing; another one replaces the protocol, never under a call.
import type { BootEffect, BootEvent, RegistrationNotice } from "#firmware/boot/events.ts";
import type { Calls } from "#firmware/call/client.ts";
import type { SessionIntent, StationIntent } from "#firmware/call/intents.ts";
import type { PhoneConfig } from "#firmware/config/phone-config.ts";
import { type SccpClient, startSccp } from "#firmware/sccp/client.ts";
import type { SccpNotice, ServerState } from "#firmware/sccp/notices.ts";
import { type RestartCause, restartCauses } from "#firmware/sccp/settings.ts";
import type { LineState, SipNotice } from "#firmware/sip/notices.ts";
import { type Sip, startSip } from "#firmware/sip/start.ts";
import type { StreamStatistics } from "#hal/contract/media.ts";
import { later } from "#hal/contract/time.ts";
import type { Base } from "./base.ts";
import { type Markings, signallingMarking } from "./network-side.ts";
import { type LineFact, serverStanding, standingOf } from "./registration.ts";
import { sccpSettingsOf } from "./sccp-settings.ts";
import { sipSettingsOf } from "./sip-settings.ts";
import type { Trust } from "./trust.ts";

/** Time for an Unregister or REGISTER with Expires 0 to leave before the sockets close. */
const leaveMs = 1000;

/** What telephony needs of the rest of the phone. */
export interface TelephonyNeeds {
  markings(): Markings;
  readonly trust: Trust;
  /** Streams' figures by call, as far as the media host told them. */
  statistics(call: string): StreamStatistics | undefined;
  /** Would another call on this line be refused as busy? */
  isBusy(line: number): boolean;
  boot(event: BootEvent): void;
  calls(): Calls;
  /** NOTIFY check-sync. */
  checkSync(): void;
  timeTold(unixMs: number): void;
  /** XML that a call manager sent, joined from its pieces. */
  userData(data: string): void;
  reset(how: "reset" | "restart"): void;
}

type Running =
  | { readonly kind: "none" }
  | {
      readonly kind: "sip";
      readonly key: string;
      readonly sip: Sip;
      readonly config: PhoneConfig;
      readonly end: AbortController;
    }
  | {
      readonly kind: "sccp";
      readonly key: string;
      readonly sccp: SccpClient;
      readonly end: AbortController;
    };

export interface Telephony {
  perform(effect: BootEffect): boolean;
  session(intent: SessionIntent): void;
  station(intent: StationIntent): void;
  /** How many calls hold sound now. */
  setCalls(count: number): void;
  lines(): readonly LineFact[];
  /** The call manager's state; undefined without SCCP. */
  server(): ServerState | undefined;
  /** Console `register`. */
  setRegistered(line: number | undefined, isWanted: boolean): void;
  /** A server may be checked differently now: who waits for the next try has it at once. */
  trustChanged(): void;
  /** Ends calls, unregisters everywhere; resolves when the servers know, or after a second. */
  farewell(): Promise<void>;
}

/** Nothing is sent before the boot orders a registration. */
export function createTelephony(base: Base, needs: TelephonyNeeds): Telephony {
  const { hal, runtime, facts, signal } = base;
  const { identity, link } = hal;
  let running: Running = { kind: "none" };
  let server: ServerState | undefined;
  let cause: RestartCause = restartCauses.initialised;
  let lastStanding = "";
  /** The call manager that refused the phone in words, last. */
  let refusedBy = "";
  let callCount = 0;
  /** Those who said farewell are gone. */
  let gone = (): void => undefined;

  const tellStanding = (notice: RegistrationNotice | undefined): void => {
    const key = JSON.stringify(notice);
    if (notice === undefined || key === lastStanding) return;
    lastStanding = key;
    needs.boot({ kind: "registration", notice });
  };

  const sipLines = (): readonly LineFact[] => {
    if (running.kind !== "sip") return [];
    const { sip, config } = running;
    const states = sip.lineStates();
    return config.lines.map((line): LineFact => {
      const proxy = line.proxy ?? {
        host: config.servers[0]?.host ?? "",
        port: config.servers[0]?.sipPort ?? 5060,
      };
      // Until SIP has said something of a line it is on its way.
      const state: LineState = states.get(line.line) ?? { kind: "registering", server: undefined };
      return { line: line.line, user: line.user, proxy: `${proxy.host}:${proxy.port}`, state };
    });
  };

  const hearSip = (notice: SipNotice): void => {
    needs.calls().send({ kind: "sip", notice });
    switch (notice.kind) {
      case "line":
        if (running.kind === "sip") tellStanding(standingOf(sipLines()));
        break;
      case "list-exhausted": {
        const servers =
          running.kind === "sip" ? running.config.servers.map(({ host }) => host).join(", ") : "";
        const facts_ = { failure: notice.failure, ...(servers === "" ? {} : { servers }) };
        tellStanding({ kind: "exhausted", trouble: { code: "server-list-exhausted", facts: facts_ } });
        break;
      }
      case "check-sync":
        needs.checkSync();
        break;
      case "date":
        needs.timeTold(notice.unixMs);
        break;
      default:
        break;
    }
  };

  const hearSccp = (notice: SccpNotice): void => {
    needs.calls().send({ kind: "sccp", notice });
    switch (notice.kind) {
      case "server": {
        const wasRegistered = server?.kind === "registered";
        server = notice.state;
        if (server.kind === "unregistered") gone();
        if (server.kind === "failed" && server.text !== "")
          refusedBy = `${server.server.address}:${server.server.port}`;
        tellStanding(serverStanding(notice.state, wasRegistered));
        break;
      }
      case "list-exhausted": {
        const trouble = { code: "server-list-exhausted", facts: { text: notice.text } } as const;
        const rejected = {
          code: "server-rejected",
          facts: { server: refusedBy, reason: notice.text },
        } as const;
        tellStanding(
          notice.text === "" ? { kind: "exhausted", trouble } : { kind: "rejected", trouble: rejected },
        );
        break;
      }
      case "reset":
        cause = notice.how === "reset" ? restartCauses.resetByServer : restartCauses.restartByServer;
        needs.reset(notice.how === "reset" ? "reset" : "restart");
        break;
      case "user-data":
        needs.userData(notice.data);
        break;
      case "order":
        if (notice.order.kind === "time") needs.timeTold(notice.order.time.unixMs);
        break;
      default:
        break;
    }
  };

  /** Ends what has said farewell and still holds its sockets. */
  let endOld = (): void => undefined;
  signal.addEventListener("abort", () => endOld(), { once: true });

  /** Leaves in order; the sockets close a little later, so that the farewell gets out. */
  const leave = (hadCalls: boolean): void => {
    endOld();
    const old = running;
    running = { kind: "none" };
    lastStanding = "";
    server = undefined;
    if (old.kind === "none") return;
    const end = (): void => {
      alarm.cancel();
      old.end.abort(new Error("left"));
      endOld = () => undefined;
      gone();
    };
    const alarm = runtime.timers.start(old.kind, "leave", later(hal.clock.now(), leaveMs), end);
    endOld = end;
    if (old.kind === "sccp") {
      old.sccp.stop();
      return;
    }
    // A BYE that nobody has answered needs the sockets for all of the time.
    old.sip.leave(() => {
      if (!hadCalls) end();
    });
  };

  const endCallsAndLeave = (): void => {
    const hadCalls = callCount > 0;
    needs.trust.forget();
    needs.calls().send({ kind: "stop" });
    leave(hadCalls);
  };

  const startSipPhone = (config: PhoneConfig): void => {
    const settings = sipSettingsOf(config, {
      mac: link.mac,
      product: identity.product,
      version: identity.version,
      model: facts.lineKeyCount > 2 ? "7960" : "7940",
      marking: signallingMarking(needs.markings(), config.network.signallingDscp),
    });
    const key = JSON.stringify([settings, config.lines.map(({ password }) => password?.reveal())]);
    if (running.kind === "sip" && running.key === key) {
      retry(running.sip);
      return;
    }
    endNow();
    const end = new AbortController();
    const sip = startSip({
      runtime,
      sockets: hal.sockets,
      resolver: base.names,
      digests: hal.digests,
      settings,
      signal: AbortSignal.any([signal, end.signal]),
      localAddress: () => hal.network.state().address?.address ?? "0.0.0.0",
      notify: (notice) => {
        if (
          !end.signal.aborted &&
          (running.kind === "none" || (running.kind === "sip" && running.end === end))
        )
          hearSip(notice);
      },
      trusted: () => needs.trust.certificates(),
      statistics: needs.statistics,
      isBusy: needs.isBusy,
    });
    running = { kind: "sip", key, sip, config, end };
    tellStanding(standingOf(sipLines()));
  };

  const startSccpPhone = (config: PhoneConfig): void => {
    const settings = sccpSettingsOf(config, {
      mac: link.mac,
      version: identity.version,
      lineKeyCount: facts.lineKeyCount,
      cause,
      isHeadsetOn: hal.headset?.isPlugged() ?? false,
    });
    const key = JSON.stringify({ ...settings, cause: undefined });
    if (running.kind === "sccp" && running.key === key) return;
    endNow();
    const end = new AbortController();
    const sccp = startSccp({
      runtime,
      sockets: hal.sockets,
      resolver: base.names,
      settings,
      marking: signallingMarking(needs.markings(), config.network.signallingDscp),
      notify: (notice) => {
        if (!end.signal.aborted) hearSccp(notice);
      },
      signal: AbortSignal.any([signal, end.signal]),
    });
    running = { kind: "sccp", key, sccp, end };
  };

  /** The same once more: lines that wait for their next try have it now, and the boot hears how all of them stand. */
  const retry = (sip: Sip): void => {
    sip.setRegistered(undefined, true);
    lastStanding = "";
    tellStanding(standingOf(sipLines()));
  };

  /** Another configuration takes over at once: the port is needed again. */
  const endNow = (): void => {
    if (running.kind !== "none") leave(false);
    endOld();
  };

  return {
    perform(effect) {
      switch (effect.kind) {
        case "start-registration":
          if (effect.config.protocol === "sccp") startSccpPhone(effect.config);
          else needs.trust.whenReady(effect.config, () => startSipPhone(effect.config));
          return true;
        case "stop-registration":
          endCallsAndLeave();
          return true;
        default:
          return false;
      }
    },
    session(intent) {
      if (running.kind === "sip") running.sip.perform(intent);
    },
    station(intent) {
      if (running.kind === "sccp") running.sccp.perform(intent);
    },
    setCalls(count) {
      callCount = count;
      if (running.kind === "sccp") running.sccp.setCalls(count);
    },
    lines: sipLines,
    server: () => server,
    setRegistered(line, isWanted) {
      if (running.kind === "sip") running.sip.setRegistered(line, isWanted);
    },
    trustChanged() {
      if (running.kind === "sip") retry(running.sip);
    },
    farewell() {
      if (running.kind === "none") return Promise.resolve();
      return new Promise((resolve) => {
        gone = resolve;
        endCallsAndLeave();
      });
    },
  };
}
