// The state of the boot machine: one kind per phase, and what every phase knows. What a screen and the console show is
// derived here too.
import type { LoadDecision } from "#firmware/config/notices.ts";
import type { Lease } from "#firmware/dhcp/notices.ts";
import type { Step } from "#firmware/runtime/machine.ts";
import type { VlanTag } from "#hal/contract/link.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { BootEffect, BootSettings, Configuration, RestartLevel } from "./events.ts";
import type { BootView, Phase, PhaseRecord, Trouble } from "./notices.ts";
import { mostWarnings } from "./timing.ts";
import { type Decision, type Heard, nothingHeard } from "./voice-vlan.ts";

/** A restart that waits: for the last call, or for the pause between VLAN resets. */
export interface Pending {
  readonly level: RestartLevel;
  readonly why: string;
  readonly notBefore: MonoMs;
  /** The VLAN that waits for it; its reset gives the address back and counts against the limit. */
  readonly vlan: { readonly decision: Decision } | undefined;
}

/** What every phase knows. */
export interface Boot {
  readonly settings: BootSettings;
  readonly beganAt: MonoMs;
  readonly heartbeatAt: MonoMs | undefined;
  readonly safeMode: { readonly count: number; readonly reason: string } | undefined;
  readonly records: readonly PhaseRecord[];
  readonly phaseAt: MonoMs;
  readonly trouble: Trouble | undefined;
  readonly retryAt: MonoMs | undefined;
  /** Who was asked last in this phase, and for what: facts for the sentence when no answer comes. */
  readonly asked: Trouble["facts"] | undefined;
  readonly warnings: readonly Trouble[];
  readonly link: { readonly isUp: boolean; readonly changedAt: MonoMs };
  readonly heard: Heard;
  /** The VLAN in use or being set. */
  readonly decision: Decision | undefined;
  /** What the interface was asked for last, and how it tags since; undefined: nothing yet. They differ where the kernel cannot tag. */
  readonly applied: { readonly wanted: VlanTag | undefined; readonly tag: VlanTag | undefined } | undefined;
  readonly powerBy: "cdp" | "lldp" | undefined;
  /** In use, or being set. */
  readonly lease: Lease | undefined;
  readonly config: Configuration | undefined;
  readonly load: LoadDecision | undefined;
  /** While the link is away and comes back: the phase that goes on if nothing else has changed. */
  readonly resume: ResumePhase | undefined;
  readonly callCount: number;
  /** A new configuration waits for the last call. */
  readonly hasNewConfig: boolean;
  readonly pending: Pending | undefined;
  /** When VLAN resets happened, within the last hour. */
  readonly vlanResets: readonly MonoMs[];
  /** Times in a row that no server of the list answered. */
  readonly exhausted: number;
  /** The phone waits in REGISTER before a restart of this level. */
  readonly again: { readonly level: "restart" | "reset"; readonly at: MonoMs } | undefined;
  /** This image registered, or ran long enough. */
  readonly isProven: boolean;
}

/** Where to go on once the link is back as it was; files that were under way are asked for anew. */
export type ResumePhase = "config" | "register" | "run";

/** What a phase knows beside that. */
interface PhaseFields {
  /** Which image runs, for the timeline. */
  power: { readonly image: string };
  image: object;
  link: object;
  /** `asking` the switch, or `setting` what was decided. */
  vlan: { readonly step: "asking" | "setting" };
  /** `asking` for an address, `setting` it, or waiting to set it once more. */
  ip: { readonly step: "asking" | "setting" | "refused" };
  config: object;
  /** Fetches `load`; undefined: nobody has said yet which image is wanted. */
  load: object;
  register: object;
  run: object;
}

export type BootState = { readonly [P in Phase]: { readonly kind: P } & Boot & PhaseFields[P] }[Phase];

/** Before `begin`. */
export interface Unbegun {
  readonly kind: "off";
}

export type AnyBootState = BootState | Unbegun;
export type BootStep = Step<AnyBootState, BootEffect>;
export type In<P extends Phase> = Extract<BootState, { kind: P }>;

/** The fields every phase has, and no others. */
export function bootOf(state: BootState): Boot {
  const { settings, beganAt, heartbeatAt, safeMode, records, phaseAt, trouble, retryAt } = state;
  const { asked, warnings, link, heard, decision, applied, powerBy, lease, config, load } = state;
  const { resume, callCount, hasNewConfig, pending, vlanResets, exhausted, again, isProven } = state;
  return {
    ...{ settings, beganAt, heartbeatAt, safeMode, records, phaseAt, trouble, retryAt },
    ...{ asked, warnings, link, heard, decision, applied, powerBy, lease, config, load },
    ...{ resume, callCount, hasNewConfig, pending, vlanResets, exhausted, again, isProven },
  };
}

/** A boot at its very beginning. */
export function freshBoot(settings: BootSettings, now: MonoMs): Boot {
  return {
    settings,
    beganAt: now,
    heartbeatAt: settings.heartbeatMs === undefined ? undefined : now,
    safeMode: undefined,
    records: [],
    phaseAt: now,
    trouble: undefined,
    retryAt: undefined,
    asked: undefined,
    warnings: [],
    link: { isUp: false, changedAt: now },
    heard: nothingHeard,
    decision: undefined,
    applied: undefined,
    powerBy: undefined,
    lease: undefined,
    config: undefined,
    load: undefined,
    resume: undefined,
    callCount: 0,
    hasNewConfig: false,
    pending: undefined,
    vlanResets: [],
    exhausted: 0,
    again: undefined,
    isProven: false,
  };
}

/** A warning; a newer one of the same code takes the place of the older. */
export function warned<S extends Boot>(state: S, trouble: Trouble): S {
  const others = state.warnings.filter(({ code }) => code !== trouble.code);
  return { ...state, warnings: [...others, trouble].slice(-mostWarnings) };
}

/** Without the warnings of these codes: they are over. */
export function unwarned<S extends Boot>(state: S, ...codes: readonly Trouble["code"][]): S {
  return { ...state, warnings: state.warnings.filter(({ code }) => !codes.includes(code)) };
}

/** What the phone view shows of the boot. */
export function bootView(state: AnyBootState): BootView {
  if (state.kind === "off") return { phase: "power", trouble: undefined, warnings: [], retryAt: undefined };
  const { kind, trouble, warnings, retryAt } = state;
  return { phase: kind, trouble, warnings, retryAt };
}
