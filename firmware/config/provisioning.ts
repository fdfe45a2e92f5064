// The provisioning machine: asks for configuration files in the order of the profile, keeps the last good ones whole
// and falls back to them, and never stops asking (reference boot-and-provisioning 5; architecture section 7).

import { go, ignore, type Machine, stay } from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { accept, askAgain, followUp, readContext, rebuild, useLastGood } from "./accepting.ts";
import type { Answers, Situation } from "./candidates.ts";
import { type Courier, type Delivery, send, settle } from "./courier.ts";
import { fetches, notify, store, tell } from "./effects.ts";
import type { FileAnswer } from "./fetch.ts";
import { fileNames } from "./file-names.ts";
import { afterLoad, afterRegistering, emptyMemory, type Memory } from "./memory.ts";
import type { ConfigFailure, StatusMessage } from "./notices.ts";
import { decide, namesOfKind } from "./profiles.ts";
import type {
  Asking,
  Base,
  Effect,
  Event,
  Ground,
  ProvisioningSettings,
  ProvisioningStep,
  State,
  Typed,
} from "./provisioning-state.ts";
import { readFiles } from "./reading.ts";

/** Pauses after a pass that failed: 10 s, doubling to 120 s (reference 5.7). */
function passPause(failures: number): number {
  return Math.min(120_000, 10_000 * 2 ** (failures - 1));
}

/** The machine of one phone, with what it remembers. */
export function createProvisioning(
  settings: ProvisioningSettings,
  memory: Memory,
  local: readonly Typed[],
): Machine<State, Event, Effect> {
  return {
    name: "config",
    initial: { kind: "idle", memory, local, session: [], current: undefined, ground: undefined },
    timers: (state) => (state.kind === "waiting" ? [{ name: "ask again", at: state.retryAt }] : []),
    step(state, event, { now }) {
      switch (event.kind) {
        case "begin":
          return begin(settings, state, event.ground, 0, now);
        case "refresh":
          return state.ground === undefined
            ? ignore(state, "no address yet")
            : begin(settings, state, state.ground, 0, now);
        case "stop":
          return state.kind === "idle"
            ? ignore(state, "already idle")
            : go({ ...baseOf(state), kind: "idle", ground: undefined }, "no address any more");
        case "answer":
          return answered(settings, state, event.id, event.answer, now);
        case "type":
          return typed(settings, state, event.typed);
        case "dial-template":
          return state.kind === "configured" ? askAgain(state) : ignore(state, "not configured");
        case "erased":
          return stay({ ...state, memory: emptyMemory, local: [], session: [] });
        case "registered":
          return remember(state, afterRegistering(state.memory, state.current?.files ?? []));
        case "load":
          return remember(state, afterLoad(state.memory, event.name, event.isAvailable));
        case "timer":
          return state.kind === "waiting" && state.ground !== undefined
            ? begin(settings, state, state.ground, state.failures, now)
            : ignore(state, "late timer");
        default:
          return unreachable(event);
      }
    },
  };
}

function baseOf({ memory, local, session, current, ground }: Base): Base {
  return { memory, local, session, current, ground };
}

/** A new pass over the servers. */
function begin(
  settings: ProvisioningSettings,
  state: State,
  ground: Ground,
  failures: number,
  now: MonoMs,
): ProvisioningStep {
  const base: Base = { ...baseOf(state), ground };
  if (settings.profile === "auto" && ground.controllers.length > 0) return byPin(settings, base, ground);
  const runtimeServer = ground.isAlternate ? undefined : state.current?.config.network.tftpServer;
  const servers = runtimeServer === undefined ? ground.servers : [runtimeServer, ...ground.servers];
  const isSameBoot = state.kind === "configured" && state.courier.servers.join() === servers.join();
  const courier: Courier = {
    servers,
    serverIndex: isSameBoot ? state.courier.serverIndex : 0,
    isPlain: settings.profile !== "auto",
    isHttpFirst: settings.isHttpFirst || state.memory.isHttpFirst,
    httpDown: isSameBoot ? state.courier.httpDown : new Set(),
    flights: [],
    // Answers to questions of an earlier pass may still arrive: their numbers are not used again.
    nextId: "courier" in state ? state.courier.nextId : 1,
    sizes: state.memory.sizes,
  };
  const asking: Asking = { ...base, kind: "asking", failures, courier, answers: new Map(), untold: [] };
  if (servers.length === 0) return failed(settings, asking, "tftp-no-server", {}, [], now);
  return advance(settings, asking, [], `asking ${servers.join(" and ")}`, now);
}

/** Option 125/43 named controllers: nothing to fetch. */
function byPin(settings: ProvisioningSettings, base: Base, ground: Ground): ProvisioningStep {
  const reading = readFiles("pin", [], readContext(settings, base));
  if (reading.kind === "refused") return ignore({ ...base, kind: "idle" }, "unreadable settings");
  const servers = ground.controllers.map((host) => ({
    host,
    sccpPort: 2000,
    sipPort: 5060,
    securedSipPort: 5061,
    isSrst: false,
  }));
  const config = { ...reading.config, servers };
  return go(
    {
      ...base,
      kind: "configured",
      current: { config, kind: "pin", files: [] },
      courier: emptyCourier,
      awaited: new Map(),
    },
    `PIN registration with ${ground.controllers.join(", ")}`,
    [notify({ kind: "configured", config, origin: "files" })],
  );
}

const emptyCourier: Courier = {
  servers: [],
  serverIndex: 0,
  isPlain: false,
  isHttpFirst: false,
  httpDown: new Set(),
  flights: [],
  nextId: 1,
  sizes: new Map(),
};

/** Two profiles are the images of one protocol each; the old chain is that of both. */
function protocolOfImage({ profile, imageProtocol }: ProvisioningSettings): "sip" | "sccp" {
  if (profile === "cisco-sccp") return "sccp";
  return profile === "cisco-sip" ? "sip" : imageProtocol;
}

function situationOf(settings: ProvisioningSettings, state: Base): Situation {
  const { memory } = state;
  return {
    profile: settings.profile,
    imageProtocol: protocolOfImage(settings),
    names: fileNames(settings.mac),
    lastKind: memory.lastGood?.kind,
    keptDirectory: memory.directory,
    hasOwnFile: memory.hasOwnFile,
    hasTrustList: memory.hasTrustList,
    isAliasOn: settings.isAliasOn,
    isUniversalLoader: settings.isUniversalLoader,
    kept: (name) =>
      memory.lastGood?.files.find((file) => file.name === name || file.name.endsWith(`/${name}`)),
    read: (kind, files) => readFiles(kind, files, readContext(settings, state)),
  };
}

/** Lets the profile decide by the answers so far. */
function advance(
  settings: ProvisioningSettings,
  state: Asking,
  effects: readonly Effect[],
  why: string | undefined,
  now: MonoMs,
): ProvisioningStep {
  const situation = situationOf(settings, state);
  const verdict = decide(situation, state.answers);
  switch (verdict.kind) {
    case "ask": {
      const delivery = send(
        state.courier,
        verdict.names.filter((name) => !state.answers.has(name)),
      );
      const all = [...effects, ...fetches(delivery)];
      const next = { ...state, courier: delivery.courier };
      return why === undefined ? stay(next, all) : go(next, why, all);
    }
    case "accept": {
      const told = state.untold
        .filter(({ name }) => namesOfKind(situation, verdict.configKind).includes(name))
        .map(({ status }) => tell(status));
      return accept(settings, state, verdict, [...effects, ...told]);
    }
    case "exhausted": {
      const told = [
        ...state.untold.map(({ status }) => status),
        ...verdict.refusals.flatMap((one) => one.statuses),
      ];
      return failed(settings, state, verdict.failure, verdict.facts, [...effects, ...told.map(tell)], now);
    }
    default:
      return unreachable(verdict);
  }
}

function answered(
  settings: ProvisioningSettings,
  state: State,
  id: number,
  answer: FileAnswer,
  now: MonoMs,
): ProvisioningStep {
  if (state.kind === "configured") return followUp(state, settle(state.courier, id, answer));
  if (state.kind !== "asking") return ignore(state, "late answer");
  const delivery = settle(state.courier, id, answer);
  const { result } = delivery;
  const isAuto = settings.profile === "auto";
  const isLater = (status: StatusMessage): boolean => isAuto && status.code === "file-not-found";
  const effects = [...delivery.statuses.filter((status) => !isLater(status)).map(tell), ...fetches(delivery)];
  const untold = delivery.statuses
    .filter(isLater)
    .map((status) => ({ name: String(status.facts["name"]), status }));
  const next: Asking = {
    ...state,
    courier: delivery.courier,
    untold: [...state.untold, ...untold],
    memory: withTrust(state.memory, result),
  };
  if (result === undefined) return stay(next, effects);
  if (result.kind === "silent")
    return failed(
      settings,
      next,
      "tftp-timeout",
      { server: next.courier.servers.join(", "), name: result.name },
      effects,
      now,
    );
  const { name, ...heard } = result;
  const answers: Answers = new Map(state.answers).set(name, heard);
  return advance(settings, { ...next, answers }, effects, undefined, now);
}

/** A trust list makes the phone ask for signed names from then on; its contents are not trusted blindly. */
function withTrust(memory: Memory, result: Delivery["result"]): Memory {
  if (result?.kind !== "found" || !result.name.endsWith(".tlv") || result.bytes.length === 0) return memory;
  return { ...memory, hasTrustList: true };
}

/** A pass failed: say why, fall back to what is kept, ask again later. */
function failed(
  settings: ProvisioningSettings,
  state: Asking,
  failure: ConfigFailure,
  facts: Readonly<Record<string, string | number>>,
  effects: readonly Effect[],
  now: MonoMs,
): ProvisioningStep {
  const failures = state.failures + 1;
  const retryInMs = passPause(failures);
  const { current, notices } = useLastGood(settings, state);
  const server = state.courier.servers[state.courier.serverIndex];
  const told = server === undefined ? facts : { server, ...facts };
  return go(
    { ...baseOf(state), current, kind: "waiting", failures, retryAt: later(now, retryInMs) },
    `${failure}, again in ${retryInMs / 1000} s`,
    [
      ...effects,
      notify({ kind: "failed", failure, facts: told, retryInMs, hasLastGood: current !== undefined }),
      ...notices.map(notify),
    ],
  );
}

/** The user changed values: kept, and in force at once. */
function typed(settings: ProvisioningSettings, state: State, list: readonly Typed[]): ProvisioningStep {
  const names = new Set(list.map(({ name }) => name));
  const others = (all: readonly Typed[]): readonly Typed[] => all.filter(({ name }) => !names.has(name));
  const base: Base = {
    ...baseOf(state),
    local: [...others(state.local), ...list],
    session: [...others(state.session), ...list],
  };
  const changes = list.map(({ name, value }) => ({
    shelf: "settings" as const,
    key: name,
    value: new TextEncoder().encode(value ?? ""),
  }));
  const { current, notices } = rebuild(settings, base, [...names]);
  return {
    state: { ...state, ...base, current },
    effects: [{ kind: "store", changes }, ...notices.map((notice): Effect => ({ kind: "notify", notice }))],
    why: `typed: ${[...names].join(", ")}`,
  };
}

function remember(state: State, memory: Memory): ProvisioningStep {
  const effects = store(state.memory, memory);
  return effects.length === 0
    ? ignore(state, "nothing new to remember")
    : stay({ ...state, memory }, effects);
}
