// From phase to phase: entering, leaving, restarting. Each function gives a whole step.
import { go, type Moment } from "#firmware/runtime/machine.ts";
import { later } from "#hal/contract/time.ts";
import type { BootEffect, RestartLevel } from "./events.ts";
import type { Trouble } from "./notices.ts";
import {
  type Boot,
  type BootState,
  type BootStep,
  bootOf,
  type In,
  type Pending,
  unwarned,
  warned,
} from "./state.ts";
import { closed, cutFrom, opened, passed } from "./timeline.ts";
import { hourMs, passingNotes, vlanResetGapMs, vlanResetsPerHour } from "./timing.ts";
import { type Decision, decide, type Heard, nothingHeard } from "./voice-vlan.ts";

/** The present phase is over. */
function left(state: BootState, { now }: Moment, endedBy: string): Boot {
  const boot = bootOf(state);
  return {
    ...boot,
    records: closed(boot.records, state.kind, now, endedBy),
    trouble: undefined,
    retryAt: undefined,
    asked: undefined,
  };
}

/** The next phase begins. */
function entered<P extends BootState["kind"]>(
  boot: Boot,
  phase: P,
  { now }: Moment,
): Boot & { readonly kind: P } {
  return { ...boot, kind: phase, records: opened(boot.records, phase, now), phaseAt: now };
}

/** Goes on with effects in front of those of `next`. */
export function after(effects: readonly BootEffect[], next: BootStep): BootStep {
  return effects.length === 0 ? next : { ...next, effects: [...effects, ...next.effects], isIgnored: false };
}

/** Trouble in the present phase: what the screen shows instead of the phase's plain text. */
export function troubled<S extends BootState>(state: S, trouble: Trouble, retryAt?: S["retryAt"]): S {
  return { ...state, trouble, retryAt };
}

/** LINK: at once on to VLAN where there is carrier. */
export function enterLink(state: BootState, moment: Moment, why: string): BootStep {
  const link: In<"link"> = entered(left(state, moment, why), "link", moment);
  return link.link.isUp ? enterVlan(link, moment, "carrier") : go(link, why);
}

/** VLAN: what was heard already may decide at once. */
export function enterVlan(state: BootState, moment: Moment, why: string): BootStep {
  const vlan: In<"vlan"> = { ...entered(left(state, moment, why), "vlan", moment), step: "asking" };
  const judged = judgeVlan(vlan, moment);
  return judged ?? go(vlan, why);
}

/** The decision, if it can be made now. */
export function judgeVlan(state: In<"vlan">, moment: Moment): BootStep | undefined {
  const verdict = decide(state.heard, state.settings, state.phaseAt, moment.now);
  return verdict.kind === "wait" ? undefined : setVlan(state, verdict.decision, moment);
}

/** The VLAN is decided: the interface is told, unless it knows. */
function setVlan(state: In<"vlan">, decision: Decision, moment: Moment): BootStep {
  const quiet = unwarned(state, ...passingNotes, "vlan-change-waits");
  const base = decision.by === "nobody" ? warned(quiet, noVlan(state, moment)) : quiet;
  const power = powerChoice(base);
  const decided: In<"vlan"> = { ...base, ...power.fields, decision };
  const effects: readonly BootEffect[] = [...power.effects, mark(decision)];
  if (decided.applied !== undefined && decided.applied.wanted?.vlanId === decision.tag?.vlanId)
    return after(effects, leaveVlan(decided, moment));
  // Another VLAN than before: the address that was kept while the link was away is not good there.
  const gone = dropServices(decided, "stop-address");
  const setting: In<"vlan"> = { ...gone.state, step: "setting" };
  return go(setting, decision.why, [...effects, ...gone.effects, { kind: "set-vlan", tag: decision.tag }]);
}

/** Nobody named a voice VLAN: because nobody answers here, or because there is none. */
function noVlan({ heard, phaseAt }: In<"vlan">, { now }: Moment): Trouble {
  if (heard.hasCdp || heard.hasLldp) return noVoiceVlan(heard);
  return { code: "vlan-silent-switch", facts: { seconds: Math.round((now - phaseAt) / 1000) } };
}

/** The switch answers and names no voice VLAN. */
export function noVoiceVlan({ name }: Heard): Trouble {
  return { code: "vlan-none", facts: name === undefined ? {} : { neighbour: name } };
}

export function mark(decision: Decision): BootEffect {
  return {
    kind: "mark",
    priority: decision.tag?.priority ?? 0,
    voiceDscp: decision.voiceDscp,
    signallingPriority: decision.signallingPriority,
    signallingDscp: decision.signallingDscp,
  };
}

/** Once per link: the protocol in which a neighbour was heard, CDP before LLDP (reference 1.4, decision). */
export function powerChoice(boot: Boot): {
  readonly fields: Pick<Boot, "powerBy">;
  readonly effects: readonly BootEffect[];
} {
  const by = boot.heard.hasCdp ? "cdp" : boot.heard.hasLldp ? "lldp" : undefined;
  if (boot.powerBy !== undefined || by === undefined)
    return { fields: { powerBy: boot.powerBy }, effects: [] };
  return { fields: { powerBy: by }, effects: [{ kind: "negotiate-power", by }] };
}

/** The VLAN stands. A kept address on the same VLAN is verified while everything above goes on. */
export function leaveVlan(state: In<"vlan">, moment: Moment): BootStep {
  const why = state.decision?.why ?? "decided";
  const { lease, resume } = state;
  const describe: BootEffect = {
    kind: "describe",
    address: lease?.address,
    vlanId: state.applied?.tag?.vlanId,
  };
  if (lease === undefined || resume === undefined) return after([describe], enterIp(state, moment, why));
  const boot = left(state, moment, why);
  const records = passed(boot.records, "ip", moment.now, `${lease.address} is kept`);
  // The phase that never stopped; its record runs on.
  const back: BootState = { ...boot, kind: resume, records, resume: undefined, phaseAt: moment.now };
  const isServing = resume === "register" || resume === "run";
  // Lines that failed while the cable was out need not wait for their next try.
  const retry: readonly BootEffect[] =
    isServing && boot.config !== undefined ? [{ kind: "start-registration", config: boot.config }] : [];
  const effects: readonly BootEffect[] = [describe, { kind: "verify-address" }, ...retry];
  return after(effects, resume === "config" ? enterConfig(back, moment, why) : go(back, why));
}

/** IP: a new search. */
export function enterIp(state: BootState, moment: Moment, why: string): BootStep {
  const ip: In<"ip"> = { ...entered(left(state, moment, why), "ip", moment), step: "asking" };
  return go(ip, why, [{ kind: "start-address", tag: ip.applied?.tag }]);
}

/** CONFIG, or the end of the road in safe mode. */
export function enterConfig(state: BootState, moment: Moment, why: string): BootStep {
  const config: In<"config"> = entered(left(state, moment, why), "config", moment);
  if (config.safeMode !== undefined) {
    const { count, reason } = config.safeMode;
    return go(troubled(config, { code: "safe-mode", facts: { count, reason } }), "safe mode");
  }
  const effects: readonly BootEffect[] =
    config.lease === undefined ? [] : [{ kind: "fetch-configuration", lease: config.lease }];
  return go(config, why, effects);
}

/** REGISTER with the configuration in force. */
export function enterRegister(state: BootState, moment: Moment, why: string): BootStep {
  const boot = { ...left(state, moment, why), again: undefined };
  const register: In<"register"> = entered(boot, "register", moment);
  const { config } = register;
  return go(register, why, config === undefined ? [] : [{ kind: "start-registration", config }]);
}

/** RUN: this image works. */
export function enterRun(state: BootState, moment: Moment, why: string): BootStep {
  const over = unwarned(left(state, moment, why), "registration-lost");
  const run: In<"run"> = entered({ ...over, exhausted: 0, again: undefined, isProven: true }, "run", moment);
  return go(run, why, state.isProven ? [] : [{ kind: "boot-succeeded", by: "registered" }]);
}

/** The registration is gone, its protocol tries again by itself. */
export function backToRegister(state: BootState, moment: Moment, trouble: Trouble): BootStep {
  const boot = { ...left(state, moment, trouble.code), again: undefined };
  const register: In<"register"> = entered(boot, "register", moment);
  return go(troubled(register, trouble), trouble.code);
}

/** Everything that rests on the address ends, calls too; then the address itself, given back or kept for later. */
export function dropServices<S extends Boot>(
  state: S,
  last: "stop-address" | "release-address" | "keep-asking",
): { readonly state: S; readonly effects: readonly BootEffect[] } {
  const bare = {
    ...state,
    lease: undefined,
    resume: undefined,
    callCount: 0,
    config: undefined,
    load: undefined,
    again: undefined,
    hasNewConfig: false,
  };
  if (state.lease === undefined) return { state: bare, effects: [] };
  return {
    state: bare,
    effects: [
      { kind: "stop-registration" },
      { kind: "stop-configuration" },
      { kind: "stop-time" },
      ...(last === "keep-asking" ? [] : [{ kind: last }]),
      { kind: "remove-address" },
      { kind: "describe", address: undefined, vlanId: state.applied?.tag?.vlanId },
    ],
  };
}

/** Restarts now, at this level. A VLAN change gives the address back first (reference 4.2, RELEASE). */
export function restart(
  state: BootState,
  level: RestartLevel,
  moment: Moment,
  why: string,
  options: { readonly isVlanChange: boolean } = { isVlanChange: false },
): BootStep {
  const calm = { ...state, pending: undefined, again: undefined, hasNewConfig: false };
  switch (level) {
    case "hard-reset":
      return go(calm, why, [{ kind: "stop-registration" }, { kind: "restart-board", why }]);
    case "restart":
      return restartFromConfig(calm, moment, why);
    case "reset":
      return reset(calm, moment, why, options.isVlanChange ? "release-address" : "stop-address");
  }
}

/** Without an address the boot is before its configuration anyway. */
function restartFromConfig(state: BootState, moment: Moment, why: string): BootStep {
  if (state.lease === undefined || state.kind === "ip") return go(state, why);
  const stop: readonly BootEffect[] = [{ kind: "stop-registration" }, { kind: "stop-configuration" }];
  const boot = { ...state, config: undefined, load: undefined, callCount: 0 };
  if (boot.kind === "link" || boot.kind === "vlan") return go({ ...boot, resume: "config" }, why, stop);
  return after(stop, enterConfig({ ...boot, records: cutFrom(boot.records, "config") }, moment, why));
}

function reset(
  state: BootState,
  moment: Moment,
  why: string,
  last: "stop-address" | "release-address",
): BootStep {
  const dropped = dropServices(state, last);
  // A search that has no lease yet ends too.
  const stop: readonly BootEffect[] = state.lease === undefined ? [{ kind: "stop-address" }] : [];
  const boot = {
    ...dropped.state,
    heard: nothingHeard,
    decision: undefined,
    records: cutFrom(state.records, "vlan"),
  };
  const effects: readonly BootEffect[] = [...stop, ...dropped.effects, { kind: "discover" }];
  return after(effects, boot.link.isUp ? enterVlan(boot, moment, why) : enterLink(boot, moment, why));
}

/** A restart that may have to wait: for the last call, and a VLAN change for its turn. */
export function restartWhenIdle(state: BootState, pending: Pending, moment: Moment): BootStep {
  const isDue = pending.notBefore <= moment.now && state.callCount === 0;
  if (!isDue) {
    const waiting = { ...state, pending };
    const { vlan } = pending;
    if (vlan === undefined) return go(waiting, `${pending.why}: after the last call`);
    const vlanWord = vlan.decision.tag?.vlanId ?? 0;
    return go(
      warned(waiting, { code: "vlan-change-waits", facts: { vlan: vlanWord } }),
      `${pending.why}: later`,
    );
  }
  if (pending.vlan === undefined) return restart(state, pending.level, moment, pending.why);
  const recent = state.vlanResets.filter((at) => moment.now - at < hourMs);
  const counted = { ...state, vlanResets: [...recent, moment.now] };
  return restart(counted, pending.level, moment, pending.why, { isVlanChange: true });
}

/** When the next reset for a changed VLAN may happen: once in 60 s, three times in an hour. */
export function nextVlanReset(resets: readonly Moment["now"][], now: Moment["now"]): Moment["now"] {
  const recent = resets.filter((at) => now - at < hourMs).sort((a, b) => a - b);
  const newest = recent.at(-1);
  if (newest === undefined) return now;
  const afterGap = later(newest, vlanResetGapMs);
  const oldestThatCounts = recent.at(-vlanResetsPerHour);
  const afterHour = oldestThatCounts === undefined ? now : later(oldestThatCounts, hourMs);
  return [now, afterGap, afterHour].reduce((latest, at) => (at > latest ? at : latest));
}
