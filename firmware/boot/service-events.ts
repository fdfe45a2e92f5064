// Configuration, image, registration, time: what they mean in each phase.
import type { ConfigNotice, LoadDecision } from "#firmware/config/notices.ts";
import { retryPause } from "#firmware/runtime/chance.ts";
import { go, ignore, type Moment, stay } from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { later } from "#hal/contract/time.ts";
import type { BootEffect, Configuration, RegistrationNotice, TimeNotice } from "./events.ts";
import { backToRegister, enterRegister, enterRun, restartWhenIdle, troubled } from "./moves.ts";
import type { Trouble } from "./notices.ts";
import { type BootState, type BootStep, bootOf, type In, unwarned, warned } from "./state.ts";
import { closed, opened, passed } from "./timeline.ts";
import { exhaustedPlan, rejectedPauseMs } from "./timing.ts";

export function configEvent(state: BootState, notice: ConfigNotice, moment: Moment): BootStep {
  switch (notice.kind) {
    case "configured":
      return configured(state, notice, moment);
    case "changed":
      return state.config === undefined
        ? ignore(state, "nothing is in force yet")
        : reconfigure({ ...state, config: notice.config });
    case "failed":
      return configFailed(state, notice, moment);
    case "load":
      return loadDecided(state, notice.load, moment);
    case "asking": {
      const { server, name: file } = notice;
      // Of several files at once the first one names them all.
      if (state.kind !== "config" || state.asked?.["server"] === server) return ignore(state, notice.kind);
      return stay({ ...state, asked: { server, file } });
    }
    case "file":
    case "status":
      return ignore(state, notice.kind);
    default:
      return unreachable(notice);
  }
}

function configFailed(
  state: BootState,
  { failure, facts, retryInMs, hasLastGood }: Extract<ConfigNotice, { kind: "failed" }>,
  moment: Moment,
): BootStep {
  // Sentences about files call the file `file`.
  const { name, ...others } = facts;
  const known = name === undefined ? facts : { ...others, file: name };
  const trouble: Trouble = { code: failure, facts: hasLastGood ? { ...known, meanwhile: "kept" } : known };
  if (state.kind === "config" && state.safeMode === undefined)
    return stay(troubled(state, trouble, later(moment.now, retryInMs)));
  return hasLastGood ? stay(warned(state, trouble)) : ignore(state, failure);
}

const configTroubles = [
  "tftp-timeout",
  "tftp-error",
  "tftp-no-server",
  "config-not-found",
  "config-malformed",
  "config-unusable",
  "config-last-good",
] as const;

/** Why the kept configuration is used; of a damaged file its own sentence says what is used meanwhile. */
function withLastGood(state: BootState, cause: Trouble | undefined): BootState {
  if (cause?.code === "config-malformed") return warned(state, cause);
  const told = cause === undefined ? state : warned(state, cause);
  return warned(told, { code: "config-last-good", facts: cause?.facts ?? {} });
}

function configured(
  state: BootState,
  { config, origin }: Extract<ConfigNotice, { kind: "configured" }>,
  moment: Moment,
): BootStep {
  const told: BootState =
    origin === "files" ? unwarned(state, ...configTroubles) : withLastGood(state, state.trouble);
  if (told.kind !== "config")
    return told.config === undefined
      ? ignore(state, "no configuration was wanted")
      : reconfigure({ ...told, config });
  const why =
    origin === "files" ? `config: ${config.files.map(({ name }) => name).join(", ")}` : "config: last good";
  const boot = bootOf(told);
  const load: In<"load"> = {
    ...boot,
    kind: "load",
    config,
    load: undefined,
    records: opened(closed(boot.records, "config", moment.now, why), "load", moment.now),
    phaseAt: moment.now,
    trouble: undefined,
    retryAt: undefined,
  };
  const effects: readonly BootEffect[] =
    boot.lease === undefined ? [] : [{ kind: "start-time", lease: boot.lease, config }];
  return go(load, why, effects);
}

/** Another configuration while the phone is registered: taken over when it is idle. */
function reconfigure(state: BootState & { readonly config: Configuration }): BootStep {
  const isServing = state.kind === "register" || state.kind === "run" || state.resume !== undefined;
  if (!isServing) return stay(state);
  if (state.callCount > 0)
    return go({ ...state, hasNewConfig: true }, "new configuration: after the last call");
  return go<BootState, BootEffect>(
    { ...state, hasNewConfig: false },
    "new configuration",
    newConfigEffects(state),
  );
}

function newConfigEffects(state: BootState): readonly BootEffect[] {
  const { config, lease } = state;
  if (config === undefined || lease === undefined) return [];
  return [
    { kind: "start-registration", config },
    { kind: "start-time", lease, config },
  ];
}

/** Which image the configuration wants (reference 5.5). */
function loadDecided(state: BootState, load: LoadDecision, moment: Moment): BootStep {
  const effects: readonly BootEffect[] = load.kind === "fetch" ? [{ kind: "fetch-load", load }] : [];
  const unavailable: Trouble | undefined =
    load.kind === "given-up" ? { code: "load-unavailable", facts: { name: load.name } } : undefined;
  const told: BootState =
    unavailable === undefined ? { ...state, load } : warned({ ...state, load }, unavailable);
  if (told.kind !== "load") return stay(told, effects);
  if (load.kind === "fetch") return go<BootState, BootEffect>(told, `image ${load.name} is wanted`, effects);
  return skipLoad(
    told,
    moment,
    load.kind === "keep" ? "the running image is wanted" : `image ${load.name} is not taken`,
  );
}

/** On to registration with the running image. */
export function skipLoad(state: In<"load">, moment: Moment, why: string): BootStep {
  const records = passed(state.records, "load", moment.now, why);
  return enterRegister({ ...state, records }, moment, why);
}

/** Stored: the board restarts with it, after the last call. Not to be had: the running image goes on. */
export function loadDone(
  state: BootState,
  { outcome, name }: { readonly outcome: "stored" | "failed"; readonly name: string },
  moment: Moment,
): BootStep {
  if (outcome === "stored")
    return restartWhenIdle(
      state,
      { level: "hard-reset", why: `image ${name} is stored`, notBefore: moment.now, vlan: undefined },
      moment,
    );
  const told = warned(state, { code: "load-unavailable", facts: { name } });
  return told.kind === "load" ? enterRegister(told, moment, `image ${name} is not to be had`) : stay(told);
}

export function registrationEvent(state: BootState, notice: RegistrationNotice, moment: Moment): BootStep {
  if (state.kind === "link" || state.kind === "vlan") return registrationWhileAway(state, notice);
  if (state.kind !== "register" && state.kind !== "run") return ignore(state, `registration ${notice.kind}`);
  switch (notice.kind) {
    case "registering":
      return stay({ ...state, asked: { server: notice.server } });
    case "registered":
      return state.kind === "run"
        ? stay(unwarned(state, "registration-lost"))
        : enterRun(state, moment, `registered with ${notice.server}`);
    case "not-needed":
      return notNeeded(state, notice, moment);
    case "failed": {
      if (state.kind === "run") return ignore(state, "one line of several");
      if (state.again !== undefined) return ignore(state, "a restart is due");
      const { retryInMs, trouble } = notice;
      return stay(
        troubled(state, trouble, retryInMs === undefined ? undefined : later(moment.now, retryInMs)),
      );
    }
    case "rejected":
      return wait(state, "restart", rejectedPauseMs, notice.trouble, moment);
    case "exhausted":
      return exhausted(state, notice.trouble, moment);
    case "lost":
      return state.kind === "run"
        ? backToRegister(state, moment, notice.trouble)
        : stay(troubled(state, notice.trouble));
    default:
      return unreachable(notice);
  }
}

/** The phone comes up without a registration; one without any line says so (reference cisco-7960-sip START-015). */
function notNeeded(
  state: In<"register" | "run">,
  { why, trouble }: Extract<RegistrationNotice, { kind: "not-needed" }>,
  moment: Moment,
): BootStep {
  const quiet = unwarned(state, "config-unusable");
  const told = trouble === undefined ? quiet : warned(quiet, trouble);
  if (told.kind === "run") return stay(told);
  return enterRun({ ...told, records: passed(told.records, "register", moment.now, why) }, moment, why);
}

/** While the link is away: only where to go on changes. */
function registrationWhileAway(state: In<"link" | "vlan">, notice: RegistrationNotice): BootStep {
  if (notice.kind === "registered" && state.resume === "register") return stay({ ...state, resume: "run" });
  if (notice.kind === "lost" && state.resume === "run") return stay({ ...state, resume: "register" });
  return ignore(state, `registration ${notice.kind} while the link is away`);
}

/** SCCP, or SIP with a list of call managers: those wait for the boot when their list is through (seed-coverage X1). */
export function isServerControlled(config: Configuration | undefined): boolean {
  return config !== undefined && (config.protocol !== "sip" || config.servers.length > 0);
}

/** No server answers: RESET after a growing pause where servers are in control, else the lines go on by themselves. */
function exhausted(state: In<"register" | "run">, trouble: Trouble, moment: Moment): BootStep {
  if (!isServerControlled(state.config)) {
    if (state.kind === "run") return ignore(state, "one line of several");
    return stay(troubled(state, trouble));
  }
  const times = state.exhausted + 1;
  const pauseMs = retryPause(exhaustedPlan, times, moment.random);
  return wait({ ...state, exhausted: times }, "reset", pauseMs, trouble, moment);
}

/** Reason on the screen, then a restart of this level; an answer that comes meanwhile is welcome. */
function wait(
  state: In<"register" | "run">,
  level: "restart" | "reset",
  pauseMs: number,
  trouble: Trouble,
  moment: Moment,
): BootStep {
  const at = later(moment.now, pauseMs);
  const again = { level, at };
  const why = `${trouble.code}: ${level} in ${Math.round(pauseMs / 1000)} s`;
  if (state.kind === "register") return go(troubled({ ...state, again }, trouble, at), why);
  const back = backToRegister(state, moment, trouble);
  if (back.state.kind !== "register") return back;
  return { ...back, state: troubled({ ...back.state, again }, trouble, at), why };
}

const timeTroubles = ["time-silent", "time-wrong", "time-refused"] as const;

function timeTrouble(notice: Exclude<TimeNotice, { kind: "synchronised" }>): Trouble {
  const facts = notice.server === undefined ? {} : { server: notice.server };
  switch (notice.kind) {
    case "silent":
      return { code: "time-silent", facts };
    case "doubtful":
      return { code: "time-wrong", facts: { ...facts, doubt: notice.doubt } };
    case "refused":
      return { code: "time-refused", facts };
    default:
      return unreachable(notice);
  }
}

/** The first answer ends the record; until then no answer is a warning, afterwards the clock runs on by itself. */
export function timeEvent(state: BootState, notice: TimeNotice, moment: Moment): BootStep {
  if (notice.kind === "synchronised") {
    const records = closed(state.records, "time", moment.now, `sntp: ${notice.server}`);
    return stay(unwarned({ ...state, records }, ...timeTroubles));
  }
  const isKnown = state.records.some(({ name, endMs }) => name === "time" && endMs !== undefined);
  if (isKnown) return ignore(state, `time ${notice.kind}`);
  return stay(warned(unwarned(state, ...timeTroubles), timeTrouble(notice)));
}

/** The last call is over: what waited for it happens. */
export function callsEvent(state: BootState, count: number, moment: Moment): BootStep {
  if (count === state.callCount) return ignore(state, "as many calls as before");
  const counted = { ...state, callCount: count };
  if (count > 0) return stay(counted);
  const { pending } = counted;
  if (pending !== undefined && pending.notBefore <= moment.now)
    return restartWhenIdle(counted, pending, moment);
  return counted.hasNewConfig && counted.config !== undefined
    ? reconfigure({ ...counted, config: counted.config })
    : stay(counted);
}
