// Plays events against the SCCP machine, with timers that ring by themselves as time passes.

import { sccpMachine } from "#firmware/sccp/machine.ts";
import type { ServerMessage } from "#firmware/sccp/messages/server-messages.ts";
import type { SccpNotice } from "#firmware/sccp/notices.ts";
import { restartCauses, type SccpServer, type SccpSettings } from "#firmware/sccp/settings.ts";
import type { LinkName, SccpEffect, SccpEvent, SccpState } from "#firmware/sccp/state.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

export const server = (host: string, isFallback = false): SccpServer => ({ host, port: 2000, isFallback });
export const settings: SccpSettings = {
  deviceName: "SEP00005E005301",
  deviceType: 7,
  servers: [server("192.0.2.1"), server("192.0.2.2"), server("192.0.2.3")],
  protocolVersion: 11,
  loadName: "offhook-0.1.0",
  cause: restartCauses.initialised,
  encodings: ["PCMU", "PCMA"],
  monitorSec: 120,
  isHeadsetOn: false,
  rtpPortHint: 16384,
};

export const ack: Extract<ServerMessage, { readonly kind: "registerAck" }> = {
  kind: "registerAck",
  keepAliveSec: 30,
  dateTemplate: "D/M/YA",
  padding: 0,
  standbyKeepAliveSec: 60,
  protocolVersion: 11,
  feature1: 0,
  feature2: 0,
  feature3: 0,
};

/** Plays events against the machine; timers ring by themselves as time passes. */
export class Play {
  readonly #machine;
  readonly #random = createSeededRandom(1);
  state: SccpState;
  now = 0 as MonoMs;
  effects: SccpEffect[] = [];
  answersKeepalives = false;

  constructor(overrides: Partial<SccpSettings> = {}) {
    this.#machine = sccpMachine({ ...settings, ...overrides });
    this.state = this.#machine.initial;
  }

  #step(event: SccpEvent | { kind: "timer"; name: string }): void {
    const step = this.#machine.step(this.state, event, { now: this.now, random: this.#random });
    this.state = step.state;
    this.effects.push(...step.effects);
  }

  /** What follows from these events alone. */
  send(...events: SccpEvent[]): readonly SccpEffect[] {
    this.effects = [];
    for (const event of events) this.#step(event);
    return this.effects;
  }

  /** Lets time pass; rings what is due. */
  wait(spanMs: number): readonly SccpEffect[] {
    this.effects = [];
    const end = later(this.now, spanMs);
    for (;;) {
      const due = this.#machine.timers(this.state).toSorted((a, b) => a.at - b.at)[0];
      if (due === undefined || due.at > end) break;
      this.now = due.at;
      this.#step({ kind: "timer", name: due.name });
      if (this.answersKeepalives && due.name === "keepalive") {
        this.#step({ kind: "message", link: "active", message: { kind: "keepAliveAck" } });
      }
    }
    this.now = end;
    return this.effects;
  }

  connected(link: LinkName = "active"): readonly SccpEffect[] {
    return this.send({ kind: "connected", link, address: "192.0.2.10" });
  }

  message(message: ServerMessage, link: LinkName = "active"): readonly SccpEffect[] {
    return this.send({ kind: "message", link, message });
  }

  /** Registered at the first server, standby connection open, setup done. */
  registered(): this {
    this.send({ kind: "start" });
    this.connected();
    this.message(ack);
    this.connected("standby");
    this.message({ kind: "capabilitiesReq" });
    this.wait(7000);
    return this;
  }
}

export const sent = (effects: readonly SccpEffect[], link: LinkName = "active"): string[] =>
  effects.flatMap((effect) => (effect.kind === "send" && effect.link === link ? [effect.message.kind] : []));
export const connects = (effects: readonly SccpEffect[]): string[] =>
  effects.flatMap((effect) => (effect.kind === "connect" ? [`${effect.link} ${effect.server.host}`] : []));
export const notices = (effects: readonly SccpEffect[]): SccpNotice[] =>
  effects.flatMap((effect) => (effect.kind === "notify" ? [effect.notice] : []));
export const serverStates = (effects: readonly SccpEffect[]): string[] =>
  notices(effects).flatMap((notice) => (notice.kind === "server" ? [notice.state.kind] : []));
export const kinds = (effects: readonly SccpEffect[]): string[] => effects.map(({ kind }) => kind);
