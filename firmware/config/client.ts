// Binds the provisioning machine to storage and to whatever fetches files.

import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import type { Storage } from "#hal/contract/storage.ts";
import type { FetchFile } from "./fetch.ts";
import { readMemory } from "./memory.ts";
import type { ConfigNotice } from "./notices.ts";
import { parameterTable } from "./parameters.ts";
import type { PhoneConfig } from "./phone-config.ts";
import { createProvisioning } from "./provisioning.ts";
import type { Effect, Event, Ground, ProvisioningSettings, State, Typed } from "./provisioning-state.ts";
import { isLockedValue } from "./resolve.ts";

/** What provisioning is given. */
export interface ConfigPorts {
  readonly runtime: Runtime;
  readonly storage: Storage;
  readonly settings: ProvisioningSettings;
  readonly fetch: FetchFile;
  notify(notice: ConfigNotice): void;
  readonly signal: AbortSignal;
}

/** Why a value typed on the phone was not taken. */
export type TypeRefusal = "no-such-parameter" | "not-changeable" | "locked" | "bad-value";

/** Provisioning at work. */
export interface Provisioning {
  /** An address stands: ask for everything. Answers come as notices. */
  begin(ground: Ground): void;
  /** Ask for everything again. */
  refresh(): void;
  /** The address is gone; the configuration in force stays. */
  stop(): void;
  /** The phone registered: the auto-registration file is not asked for again. */
  registered(): void;
  /** A load of a `load` notice could not be had (three times gives it up), or is there. */
  loadSettled(name: string, isAvailable: boolean): void;
  /** Values typed on the phone, all or none: kept, and in force at once. An empty text means no value. */
  type(
    values: Readonly<Record<string, string>>,
  ): { readonly refused: TypeRefusal; readonly name: string } | undefined;
  /** What is in force. */
  readonly config: PhoneConfig | undefined;
}

/** Starts provisioning; it asks for nothing before `begin`. */
export function startConfig({
  runtime,
  storage,
  settings,
  fetch,
  notify,
  signal,
}: ConfigPorts): Provisioning {
  const log = runtime.log("config");
  const table = parameterTable(settings.lineKeys);
  const local = storage.keys("settings").flatMap((name): Typed[] => {
    const bytes = table.has(name) ? storage.read("settings", name) : undefined;
    if (bytes === undefined) return [];
    return [{ name, value: bytes.length === 0 ? undefined : new TextDecoder().decode(bytes) }];
  });
  const runner = new Runner<State, Event>({
    machine: createProvisioning(settings, readMemory(storage), local),
    runtime,
    signal,
    perform(effect: Effect, scope) {
      switch (effect.kind) {
        case "fetch":
          scope.spawn(`fetch ${effect.request.name}`, async (stateSignal) => {
            const answer = await fetch(effect.request, { signal: stateSignal });
            if (!stateSignal.aborted) runner.send({ kind: "answer", id: effect.id, answer });
          });
          return;
        case "store":
          storage.write(effect.changes).catch((error: unknown) => {
            // A full or broken store is reported by itself; the phone goes on with what it has.
            log.warning(`not kept: ${error instanceof Error ? error.message : String(error)}`);
          });
          return;
        case "notify":
          notify(effect.notice);
          return;
      }
    },
  });
  return {
    begin: (ground) => runner.send({ kind: "begin", ground }),
    refresh: () => runner.send({ kind: "refresh" }),
    stop: () => runner.send({ kind: "stop" }),
    registered: () => runner.send({ kind: "registered" }),
    loadSettled: (name, isAvailable) => runner.send({ kind: "load", name, isAvailable }),
    type(values) {
      const list = Object.entries(values).map(
        ([name, text]): Typed => ({
          name,
          value: text === "" ? undefined : text,
        }),
      );
      for (const { name, value } of list) {
        const refused = checkTyped(table, runner.state.current?.config, name, value);
        if (refused !== undefined) return { refused, name };
      }
      runner.send({ kind: "type", typed: list });
      return undefined;
    },
    get config() {
      return runner.state.current?.config;
    },
  };
}

/** LOCK-003, LOCK-004, START-025: what a file locked stays; a wrong value never gets in. */
function checkTyped(
  table: ReturnType<typeof parameterTable>,
  config: PhoneConfig | undefined,
  name: string,
  value: string | undefined,
): TypeRefusal | undefined {
  const parameter = table.get(name);
  if (parameter === undefined) return "no-such-parameter";
  if (!parameter.isOnMenu) return "not-changeable";
  if (config?.values.find((shown) => shown.name === name)?.isLocked === true) return "locked";
  if (value === undefined) return undefined;
  try {
    // A user switches on or off; only a file locks (reference 2.2).
    return isLockedValue(parameter.type.parse(value)) ? "bad-value" : undefined;
  } catch (error) {
    if (error instanceof RangeError) return "bad-value";
    throw error;
  }
}
