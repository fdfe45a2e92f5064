// The boot machine: power, image, link, vlan, ip, config, load, register, run; time beside them (reference
// boot-and-provisioning 0). A pure step over the notices of the other folders; what it wants done is data.
import {
  go,
  ignore,
  type Machine,
  type Moment,
  stay,
  type Timer,
  type TimerEvent,
} from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { PowerState } from "#hal/contract/power.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { BootEffect, BootEvent } from "./events.ts";
import { after, enterLink, judgeVlan, restart, restartWhenIdle, troubled } from "./moves.ts";
import {
  addressSet,
  cdpEvent,
  dhcpEvent,
  linkEvent,
  linkForgetAt,
  lldpEvent,
  loseLink,
  vlanSet,
} from "./network-events.ts";
import type { Trouble } from "./notices.ts";
import { judgedGrant } from "./power-grant.ts";
import {
  callsEvent,
  configEvent,
  loadDone,
  registrationEvent,
  skipLoad,
  timeEvent,
} from "./service-events.ts";
import {
  type AnyBootState,
  type BootState,
  type BootStep,
  freshBoot,
  type In,
  unwarned,
  warned,
} from "./state.ts";
import { closed, opened } from "./timeline.ts";
import {
  healthyMs,
  loadDecisionMs,
  passingNoteMs,
  passingNotes,
  phaseBoundMs,
  powerBudgetMs,
  safeModeAfter,
} from "./timing.ts";
import { decide } from "./voice-vlan.ts";

export const bootMachine: Machine<AnyBootState, BootEvent, BootEffect> = {
  name: "boot",
  initial: { kind: "off" },
  timers: timersOf,
  step,
};

function timersOf(state: AnyBootState): readonly Timer[] {
  if (state.kind === "off") return [];
  const timers: readonly (readonly [name: string, at: MonoMs | undefined])[] = [
    ["heartbeat", state.heartbeatAt],
    ["bound", boundAt(state)],
    ["link lost", linkForgetAt(state)],
    ["power", state.kind === "power" ? later(state.phaseAt, powerBudgetMs) : undefined],
    ["vlan", discoveryAt(state)],
    ["address", state.kind === "ip" && state.step === "refused" ? state.retryAt : undefined],
    [
      "load",
      state.kind === "load" && state.load === undefined ? later(state.phaseAt, loadDecisionMs) : undefined,
    ],
    ["again", state.kind === "register" ? state.again?.at : undefined],
    ["pending", pendingAt(state)],
    ["note", noteEndAt(state)],
    ["healthy", state.isProven || state.safeMode !== undefined ? undefined : later(state.beganAt, healthyMs)],
  ];
  return timers.flatMap(([name, at]) => (at === undefined ? [] : [{ name, at }]));
}

/** When the screen must change because nobody said what is wrong. */
function boundAt(state: BootState): MonoMs | undefined {
  const boundMs = phaseBoundMs[state.kind];
  return state.trouble !== undefined || boundMs === undefined ? undefined : later(state.phaseAt, boundMs);
}

/** When notes that are no news any more leave the screen. */
function noteEndAt(state: BootState): MonoMs | undefined {
  const hasNote = state.kind === "run" && state.warnings.some(({ code }) => passingNotes.includes(code));
  return hasNote ? later(state.phaseAt, passingNoteMs) : undefined;
}

function discoveryAt(state: BootState): MonoMs | undefined {
  if (state.kind !== "vlan" || state.step !== "asking") return undefined;
  const verdict = decide(state.heard, state.settings, state.phaseAt, state.phaseAt);
  return verdict.kind === "wait" ? verdict.until : state.phaseAt;
}

/** A restart that waits for its time; while there are calls it waits for their end instead. */
function pendingAt(state: BootState): MonoMs | undefined {
  return state.callCount === 0 ? state.pending?.notBefore : undefined;
}

function step(state: AnyBootState, event: BootEvent | TimerEvent, moment: Moment): BootStep {
  if (event.kind === "begin") return begin(state, event, moment);
  if (state.kind === "off") return ignore(state, "not begun");
  switch (event.kind) {
    case "settings":
      return stay({ ...state, settings: event.settings });
    case "power":
      return state.kind === "power" ? poweredUp(state, event.power, moment) : ignore(state, "power was read");
    case "link":
      return linkEvent(state, event.isUp, moment);
    case "cdp":
      return cdpEvent(state, event.notice, moment);
    case "lldp":
      return lldpEvent(state, event.notice, moment);
    case "dhcp":
      return dhcpEvent(state, event.notice, moment);
    case "config":
      return configEvent(state, event.notice, moment);
    case "registration":
      return registrationEvent(state, event.notice, moment);
    case "time":
      return timeEvent(state, event.notice, moment);
    case "vlan-set":
      return vlanSet(state, event, moment);
    case "address-set":
      return addressSet(state, event, moment);
    case "load-done":
      return loadDone(state, event, moment);
    case "calls":
      return callsEvent(state, event.count, moment);
    case "order":
      return ordered(state, event, moment);
    case "warning":
      return stay(warned(state, event.trouble));
    case "timer":
      return timer(state, event.name, moment);
    default:
      return unreachable(event);
  }
}

function begin(
  state: AnyBootState,
  { settings, image, crashes }: Extract<BootEvent, { kind: "begin" }>,
  moment: Moment,
): BootStep {
  if (state.kind !== "off") return ignore(state, "begun already");
  const { countInARow: count } = crashes;
  const reason = crashes.reason ?? "";
  const fresh = freshBoot(settings, moment.now);
  const power: In<"power"> = {
    ...fresh,
    kind: "power",
    safeMode: count >= safeModeAfter ? { count, reason } : undefined,
    records: opened(fresh.records, "power", moment.now),
    image: `${image.name} ${image.version}${image.isVerified ? ", verified" : ""}`,
  };
  const crashed: Trouble = { code: "crashed-before", facts: reason === "" ? {} : { reason } };
  return go(count > 0 ? warned(power, crashed) : power, "power-on");
}

/** The image runs already, or nothing of this would. */
function poweredUp(state: In<"power">, power: PowerState | undefined, moment: Moment): BootStep {
  const sources = power === undefined ? "not read in time" : power.sources.join(", ");
  const ended = closed(state.records, "power", moment.now, `power: ${sources}`);
  const image = closed(opened(ended, "image", moment.now), "image", moment.now, `image: ${state.image}`);
  const judged = judgedGrant(state, power?.limitMilliwatts);
  return enterLink({ ...judged, records: image }, moment, `power: ${sources}`);
}

/** A person is obeyed at once and has safe mode forgiven; a server waits for the last call (seed-coverage X28). */
function ordered(
  state: BootState,
  { level, by }: Extract<BootEvent, { kind: "order" }>,
  moment: Moment,
): BootStep {
  const why = `${level} ordered by a ${by}`;
  if (by === "server")
    return restartWhenIdle(state, { level, why, notBefore: moment.now, vlan: undefined }, moment);
  if (state.safeMode === undefined) return restart(state, level, moment, why);
  return after([{ kind: "forgive-crashes" }], restart({ ...state, safeMode: undefined }, level, moment, why));
}

function timer(state: BootState, name: string, moment: Moment): BootStep {
  switch (name) {
    case "heartbeat":
      return heartbeat(state, moment);
    case "bound":
      return stay(troubled(state, slow(state, moment)));
    case "link lost":
      return loseLink(state, moment);
    case "power":
      return state.kind === "power" ? poweredUp(state, undefined, moment) : ignore(state, name);
    case "vlan":
      return (state.kind === "vlan" ? judgeVlan(state, moment) : undefined) ?? ignore(state, name);
    case "address":
      return state.kind === "ip" && state.lease !== undefined
        ? stay({ ...state, step: "setting", retryAt: undefined }, [
            { kind: "use-address", lease: state.lease },
          ])
        : ignore(state, name);
    case "load":
      return state.kind === "load" ? skipLoad(state, moment, "nobody named an image") : ignore(state, name);
    case "again":
      return state.again === undefined
        ? ignore(state, name)
        : restart(state, state.again.level, moment, `${state.again.level} after a pause`);
    case "pending":
      return state.pending === undefined
        ? ignore(state, name)
        : restartWhenIdle(state, state.pending, moment);
    case "note":
      return stay(unwarned(state, ...passingNotes));
    case "healthy":
      return healthy(state);
    default:
      return ignore(state, name);
  }
}

/** The machine that decides feeds the watchdog, so that a stuck one is seen. */
function heartbeat(state: BootState, { now }: Moment): BootStep {
  const { heartbeatMs } = state.settings;
  const heartbeatAt = heartbeatMs === undefined ? undefined : later(now, heartbeatMs);
  return stay({ ...state, heartbeatAt }, [{ kind: "feed-watchdog" }]);
}

/** What the screen says when a phase takes too long and nobody said why. */
function slow(state: BootState, { now }: Moment): Trouble {
  const seconds = Math.round((now - state.phaseAt) / 1000);
  switch (state.kind) {
    case "link":
      return { code: "no-link", facts: {} };
    case "ip":
      return { code: "dhcp-silent", facts: {} };
    case "config":
      return state.asked === undefined
        ? { code: "phase-slow", facts: { phase: state.kind, seconds } }
        : { code: "tftp-timeout", facts: state.asked };
    case "register":
      return { code: "server-silent", facts: state.asked ?? {} };
    default:
      return { code: "phase-slow", facts: { phase: state.kind, seconds } };
  }
}

/** Five minutes without a crash prove the image, unless a server has refused what the image sent (architecture 7). */
function healthy(state: BootState): BootStep {
  const isRefused = state.trouble?.code === "server-rejected" || state.trouble?.code === "wrong-password";
  const proven = { ...state, isProven: true };
  return isRefused
    ? go(proven, "healthy, but refused: the image is not confirmed")
    : go<AnyBootState, BootEffect>(proven, "healthy for five minutes", [
        { kind: "boot-succeeded", by: "healthy" },
      ]);
}
