// What happens once files are good (or the kept ones must do): the configuration in force, what is kept, what follows.
import { go, ignore, stay } from "#firmware/runtime/machine.ts";
import type { Accepted } from "./candidates.ts";
import { type Delivery, send } from "./courier.ts";
import { fetches, notify, store, tell } from "./effects.ts";
import { fileNames, inDirectory } from "./file-names.ts";
import { decideLoad, selectedLoad } from "./load.ts";
import { areEqual, type Memory } from "./memory.ts";
import type { ConfigNotice, FileRole, StatusMessage } from "./notices.ts";
import type { PhoneConfig } from "./phone-config.ts";
import type {
  Asking,
  Base,
  Configured,
  Current,
  Effect,
  ProvisioningSettings,
  ProvisioningStep,
} from "./provisioning-state.ts";
import { type GivenFile, type ReadContext, readFiles } from "./reading.ts";
import type { Layer } from "./resolve.ts";

/** What reading needs, from settings and what was typed. */
export function readContext(settings: ProvisioningSettings, base: Base): ReadContext {
  const layer = (entries: Layer["entries"]): Layer => ({
    source: "local",
    file: "phone",
    entries,
    problemCount: 0,
  });
  return {
    macDigits: settings.mac.replaceAll(":", "").toUpperCase(),
    lineKeys: settings.lineKeys,
    local: layer(base.local),
    session: layer(base.session),
    isGuideDst: settings.profile === "cisco-sip",
  };
}

/** Good files: they are in force, kept, and what they name is fetched. */
export function accept(
  settings: ProvisioningSettings,
  state: Asking,
  { configKind, files, reading }: Accepted,
  before: readonly Effect[],
): ProvisioningStep {
  // What was typed since the last reading is now weaker than the files (START-022).
  const base: Base = {
    memory: state.memory,
    local: state.local,
    session: [],
    current: state.current,
    ground: state.ground,
  };
  const fresh = readFiles(configKind, files, readContext(settings, base));
  const { config, statuses } = fresh.kind === "accepted" ? fresh : reading;
  const memory: Memory = {
    ...state.memory,
    lastGood: { kind: configKind, files: keep(state.memory.lastGood?.files ?? [], files) },
    directory: config.network.tftpDirectory,
    isHttpFirst: config.network.isHttpFirst,
    sizes: sizesOf(state.courier.sizes, files),
    hasOwnFile: state.memory.hasOwnFile || isOwnFile(settings, files),
  };
  const awaited = followingFiles(settings, config);
  const delivery = send({ ...state.courier, flights: [] }, [...awaited.keys()]);
  const load = decideLoad({
    wanted: config.load?.name ?? selectionOf(settings, state),
    running: settings.runningLoad,
    server: config.load?.server,
    failed: settings.failedLoad,
    badLoad: memory.badLoad,
  });
  const told = [...statuses, ...languageStatus(settings, config)];
  const notices: readonly ConfigNotice[] = [
    ...told.map((status): ConfigNotice => ({ kind: "status", status })),
    { kind: "configured", config, origin: "files" },
    ...(load.kind === "foreign" ? [status("load-foreign", { name: load.name })] : []),
    ...(load.kind === "given-up" ? [givenUp(settings, load.name)] : []),
    { kind: "load", load },
  ];
  return go(
    {
      ...base,
      kind: "configured",
      memory,
      current: { config, kind: configKind, files },
      courier: delivery.courier,
      awaited,
    },
    `${configKind}: ${files.map(({ name }) => name).join(", ")}`,
    [...before, ...store(state.memory, memory), ...notices.map(notify), ...fetches(delivery)],
  );
}

/** The text file that only this phone has (seed 001). */
function isOwnFile({ mac }: ProvisioningSettings, files: readonly GivenFile[]): boolean {
  const { cnfPhone, sipPhone } = fileNames(mac);
  return files.some(({ name }) => name === cnfPhone || name === sipPhone);
}

/** What `OS79XX.TXT` names, where the profile asked for it (START-008); the files' own `image_version` comes first. */
function selectionOf(settings: ProvisioningSettings, { answers }: Asking): string | undefined {
  const answer = answers.get(fileNames(settings.mac).loadSelection);
  return answer?.kind === "found" ? selectedLoad(answer.bytes) : undefined;
}

const givenUp = ({ failedLoad }: ProvisioningSettings, name: string): ConfigNotice =>
  status(name === failedLoad ? "load-failed" : "load-unavailable", { name });

function status(code: StatusMessage["code"], facts: StatusMessage["facts"]): ConfigNotice {
  return { kind: "status", status: { code, facts } };
}

/** The same bytes are kept as they are, so that an unchanged boot writes nothing. */
function keep(before: readonly GivenFile[], files: readonly GivenFile[]): readonly GivenFile[] {
  const kept = files.map(({ name, bytes, source }) => ({ name, bytes, source, server: undefined }));
  const isSame =
    kept.length === before.length &&
    kept.every((file, at) => {
      const old = before[at];
      return old?.name === file.name && areEqual(old.bytes, file.bytes);
    });
  return isSame ? before : kept;
}

/** Only what this configuration asks for is worth a size. */
function sizesOf(
  sizes: ReadonlyMap<string, number>,
  files: readonly GivenFile[],
): ReadonlyMap<string, number> {
  return new Map(
    files.flatMap(({ name }) => {
      const size = sizes.get(name);
      return size === undefined ? [] : [[name, size] as const];
    }),
  );
}

function languageStatus(settings: ProvisioningSettings, config: PhoneConfig): readonly StatusMessage[] {
  const wanted = config.language.toLowerCase();
  if (settings.languages.some((language) => language.toLowerCase() === wanted)) return [];
  return [{ code: "language-missing", facts: { language: config.language } }];
}

/** Files named by the configuration: dial template and ring list (order not asserted, X10), locale, site CA. */
function followingFiles(settings: ProvisioningSettings, config: PhoneConfig): ReadonlyMap<string, FileRole> {
  const files = new Map<string, FileRole>();
  if (config.protocol === "prx") return files;
  if (config.protocol === "sip") files.set(dialTemplateName(config), "dial-template");
  files.set(fileNames(settings.mac).ringList, "ring-list");
  const { user, network } = config.locale;
  // Only a call manager's phone has label codes and locales (TFTP-012).
  if (config.protocol === "sccp" && user !== undefined)
    files.set(`${user}/SCCP-dictionary.xml`, "dictionary");
  if (config.protocol === "sccp" && network !== undefined) files.set(`${network}/7960-tones.xml`, "tones");
  if (config.access.caFile !== undefined) files.set(config.access.caFile, "ca");
  return files;
}

/** `dial_template` is written without `.xml`, relative to the root (CFG-012). */
function dialTemplateName(config: PhoneConfig): string {
  const name = config.features.dialTemplate;
  return inDirectory(undefined, /\.xml$/i.test(name) ? name : `${name}.xml`);
}

/** Asks for the dial template once more; its answer comes as any other. */
export function askAgain(state: Configured): ProvisioningStep {
  const names = [...state.awaited].filter(([, role]) => role === "dial-template").map(([name]) => name);
  const delivery = send(state.courier, names);
  return stay({ ...state, courier: delivery.courier }, fetches(delivery));
}

/** An answer to a question that followed the configuration. */
export function followUp(state: Configured, delivery: Delivery): ProvisioningStep {
  const { result } = delivery;
  const next: Configured = { ...state, courier: delivery.courier };
  const effects: Effect[] = [...delivery.statuses.map(tell), ...fetches(delivery)];
  const role = result === undefined ? undefined : state.awaited.get(result.name);
  if (result === undefined || role === undefined)
    return effects.length === 0 && delivery.courier === state.courier
      ? ignore(state, "answer nobody waits for")
      : stay(next, effects);
  const kept = state.memory.extras.get(role);
  const isKeptUsable = kept?.name === result.name;
  const bytes = result.kind === "found" ? result.bytes : isKeptUsable ? kept.bytes : undefined;
  const isNew = result.kind === "found" && !(isKeptUsable && areEqual(kept.bytes, result.bytes));
  const memory: Memory = isNew
    ? {
        ...state.memory,
        extras: new Map(state.memory.extras).set(role, { name: result.name, bytes: result.bytes }),
      }
    : state.memory;
  return stay({ ...next, memory }, [
    ...effects,
    ...store(state.memory, memory),
    notify({ kind: "file", role, name: result.name, bytes }),
  ]);
}

/** What is in force after a pass that failed: what was, or the kept files. */
export function useLastGood(
  settings: ProvisioningSettings,
  state: Base,
): { readonly current: Current | undefined; readonly notices: readonly ConfigNotice[] } {
  if (state.current !== undefined) return { current: state.current, notices: [] };
  const { lastGood } = state.memory;
  if (lastGood === undefined) return { current: undefined, notices: [] };
  const reading = readFiles(lastGood.kind, lastGood.files, readContext(settings, state));
  if (reading.kind === "refused") return { current: undefined, notices: [] };
  const { config } = reading;
  const extras = [...state.memory.extras].map(
    ([role, { name, bytes }]): ConfigNotice => ({ kind: "file", role, name, bytes }),
  );
  return {
    current: { config, kind: lastGood.kind, files: lastGood.files },
    notices: [
      status("last-good-used", { kind: lastGood.kind }),
      { kind: "configured", config, origin: "last-good" },
      ...extras,
    ],
  };
}

/** The configuration with what was typed just now. */
export function rebuild(
  settings: ProvisioningSettings,
  base: Base,
  names: readonly string[],
): { readonly current: Current | undefined; readonly notices: readonly ConfigNotice[] } {
  const { current } = base;
  if (current === undefined) return { current, notices: [] };
  const reading = readFiles(current.kind, current.files, readContext(settings, base));
  if (reading.kind === "refused") return { current, notices: [] };
  const config = { ...reading.config, servers: current.config.servers };
  return { current: { ...current, config }, notices: [{ kind: "changed", config, names }] };
}
