// Binds the provisioning machine to storage and to whatever fetches files.

import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import type { Storage, StorageChange } from "#hal/contract/storage.ts";
import type { FetchFile } from "./fetch.ts";
import { fileNames } from "./file-names.ts";
import { maxConfigBytes } from "./file-text.ts";
import { readMemory } from "./memory.ts";
import type { ConfigNotice } from "./notices.ts";
import { parameterTable } from "./parameters.ts";
import type { PhoneConfig } from "./phone-config.ts";
import { createProvisioning } from "./provisioning.ts";
import type { Effect, Event, Ground, ProvisioningSettings, State, Typed } from "./provisioning-state.ts";
import { otherLevel, parseSyncInfo } from "./sync-info.ts";
import { judgeTyping, type TypeRefusal } from "./typing.ts";

/** What provisioning is given. */
export interface ConfigPorts {
  readonly runtime: Runtime;
  readonly storage: Storage;
  readonly settings: ProvisioningSettings;
  readonly fetch: FetchFile;
  notify(notice: ConfigNotice): void;
  readonly signal: AbortSignal;
}

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
  /** What was kept has been erased: it counts no more from the next `begin` on. */
  erased(): void;
  /** A load of a `load` notice could not be had (three times gives it up), or is there. */
  loadSettled(name: string, isAvailable: boolean): void;
  /**
   * Values typed on the phone, all or none: kept, and in force at once. An empty text means no value. Network settings
   * (`ip_address` …) are kept for the next address phase; `readLocalNetwork` reads them.
   */
  type(
    values: Readonly<Record<string, string>>,
  ): { readonly refused: TypeRefusal; readonly name: string } | undefined;
  /**
   * A file that nothing named until now, such as a ring: from the server in use, by TFTP. Undefined when it cannot be
   * had; rejects only with the signal's reason.
   */
  fetchLater(name: string, options: { signal: AbortSignal }): Promise<Uint8Array | undefined>;
  /** NOTIFY check-sync while idle: reads `syncinfo.xml`; the dial template is asked for again and comes as a notice. */
  checkSync(options: { signal: AbortSignal }): Promise<"restart" | "stay">;
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
  const write = (changes: readonly StorageChange[]): void => {
    if (changes.length === 0) return;
    storage.write(changes).catch((error: unknown) => {
      // A full or broken store is reported by itself; the phone goes on with what it has.
      log.warning(`not kept: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
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
          write(effect.changes);
          return;
        case "notify":
          notify(effect.notice);
          return;
      }
    },
  });
  const fetchLater: Provisioning["fetchLater"] = async (name, options) => {
    const { state } = runner;
    if (state.kind !== "configured") return undefined;
    const { servers, serverIndex, sizes } = state.courier;
    for (const server of servers.slice(serverIndex)) {
      const request = {
        name,
        server,
        transport: "tftp",
        maxBytes: maxConfigBytes,
        expectedBytes: sizes.get(name),
        isPlain: settings.profile !== "auto",
      } as const;
      const answer = await fetch(request, options);
      if (answer.kind === "file") return answer.bytes;
      if (answer.kind !== "timeout" && answer.kind !== "unreachable") return undefined;
    }
    return undefined;
  };
  return {
    begin: (ground) => runner.send({ kind: "begin", ground }),
    refresh: () => runner.send({ kind: "refresh" }),
    stop: () => runner.send({ kind: "stop" }),
    erased: () => runner.send({ kind: "erased" }),
    registered: () => runner.send({ kind: "registered" }),
    loadSettled: (name, isAvailable) => runner.send({ kind: "load", name, isAvailable }),
    type(values) {
      const verdict = judgeTyping(values, table, runner.state.current?.config, storage);
      if (verdict.kind === "refused") return { refused: verdict.refused, name: verdict.name };
      write(verdict.network);
      if (verdict.parameters.length > 0) runner.send({ kind: "type", typed: verdict.parameters });
      return undefined;
    },
    fetchLater,
    async checkSync(options) {
      const name = fileNames(settings.mac).syncInfo;
      const bytes = await fetchLater(name, options);
      runner.send({ kind: "dial-template" });
      const sync = runner.state.current?.config.sync;
      if (bytes === undefined || sync === undefined) return "stay"; // TFTP-011: no file, no restart
      try {
        const level = otherLevel(parseSyncInfo(name, bytes), { load: settings.runningLoad, sync });
        if (level === undefined) return "stay";
        // Kept as if typed: a file that names a level is stronger (reference SYN-007).
        runner.send({ kind: "type", typed: [{ name: "sync", value: level }] });
        return "restart";
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        log.warning(error.message);
        return "stay";
      }
    },
    get config() {
      return runner.state.current?.config;
    },
  };
}
