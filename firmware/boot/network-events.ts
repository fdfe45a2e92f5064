// Carrier, CDP, LLDP and the address: what they mean in each phase.
import type { CdpNotice } from "#firmware/cdp/notices.ts";
import type { DhcpNotice, Lease } from "#firmware/dhcp/notices.ts";
import type { LldpNotice } from "#firmware/lldp/notices.ts";
import { go, ignore, type Moment, stay } from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { later } from "#hal/contract/time.ts";
import type { BootEffect, BootEvent } from "./events.ts";
import {
  after,
  dropServices,
  enterConfig,
  enterIp,
  enterVlan,
  judgeVlan,
  leaveVlan,
  mark,
  nextVlanReset,
  noVoiceVlan,
  powerChoice,
  restartWhenIdle,
  troubled,
} from "./moves.ts";
import type { Trouble } from "./notices.ts";
import { withGrant } from "./power-grant.ts";
import {
  type BootState,
  type BootStep,
  bootOf,
  type In,
  type ResumePhase,
  unwarned,
  warned,
} from "./state.ts";
import { closed, opened } from "./timeline.ts";
import { addressRetryMs, linkForgetMs } from "./timing.ts";
import {
  cdpAnswer,
  cdpSource,
  judgeLate,
  lldpAnswer,
  lldpSource,
  nothingHeard,
  otherAnswer,
  type Said,
  type VlanAnswer,
  withAnswer,
  withoutNeighbour,
} from "./voice-vlan.ts";

/** Carrier came or went. */
export function linkEvent(state: BootState, isUp: boolean, moment: Moment): BootStep {
  if (state.link.isUp === isUp) return ignore(state, "carrier as before");
  const changed = { ...state, link: { isUp, changedAt: moment.now } };
  if (!isUp) return stay(changed);
  switch (changed.kind) {
    case "link":
      return enterVlan(unwarned(changed, "no-link"), moment, "carrier");
    case "power":
    case "image":
      return stay(changed);
    case "vlan":
      // The neighbours are asked anew, so the waits begin anew.
      return changed.step === "asking" ? stay({ ...changed, phaseAt: moment.now }) : stay(changed);
    case "ip":
    case "config":
    case "load":
    case "register":
    case "run":
      // Back within a second: only the lease is checked (reference 2.6 step 6, RFC 2131 §3.7).
      return go<BootState, BootEffect>(changed, "carrier was away for a moment", [
        { kind: "verify-address" },
      ]);
    default:
      return unreachable(changed);
  }
}

/** When a loss of carrier has lasted long enough to forget the VLAN; undefined while there is carrier or none was had. */
export function linkForgetAt(state: BootState): Moment["now"] | undefined {
  const isWaiting = state.kind === "power" || state.kind === "image" || state.kind === "link";
  return state.link.isUp || isWaiting ? undefined : later(state.link.changedAt, linkForgetMs);
}

/** VLAN and power are forgotten; what rests on an address goes on, for the link may come back as it was. */
export function loseLink(state: BootState, moment: Moment): BootStep {
  const why = "carrier lost";
  const resume = resumeOf(state);
  const dropped = resume === undefined ? dropServices(state, "stop-address") : { state, effects: [] };
  const stop: readonly BootEffect[] =
    state.kind === "ip" && state.lease === undefined ? [{ kind: "stop-address" }] : [];
  const boot = bootOf(unwarned(dropped.state, "power-short"));
  const isOver = resume !== state.kind;
  const records = isOver ? closed(boot.records, state.kind, moment.now, why) : boot.records;
  const link: In<"link"> = {
    ...boot,
    kind: "link",
    records: opened(records, "link", moment.now),
    phaseAt: moment.now,
    heard: nothingHeard,
    decision: undefined,
    powerBy: undefined,
    pending: boot.pending?.vlan === undefined ? boot.pending : undefined,
    resume,
    trouble: { code: "no-link", facts: {} },
    retryAt: undefined,
  };
  return go(link, why, [...stop, ...dropped.effects]);
}

function resumeOf(state: BootState): ResumePhase | undefined {
  switch (state.kind) {
    case "config":
    case "load":
      return "config";
    case "register":
    case "run":
      return state.kind;
    case "vlan":
      return state.resume;
    default:
      return undefined;
  }
}

export function cdpEvent(state: BootState, notice: CdpNotice, moment: Moment): BootStep {
  switch (notice.kind) {
    case "neighbour": {
      const { trust } = notice.neighbour;
      const effects: readonly BootEffect[] = trust === undefined ? [] : [{ kind: "trust-pc-port", ...trust }];
      const said: Said = {
        by: "cdp",
        source: cdpSource(notice.neighbour),
        name: notice.neighbour.deviceId,
        answer: cdpAnswer(notice.neighbour),
      };
      const { power } = notice.neighbour;
      const granted = power === undefined || power.requestId === 0 ? undefined : power.availableMilliwatts; // 0: nobody has asked yet
      return withGrant(after(effects, neighbour(state, said, moment)), "cdp", granted);
    }
    case "neighbour-lost":
      return neighbourLost(state, cdpSource(notice.neighbour));
    case "duplex-mismatch": {
      const { ours, theirs } = notice;
      return stay(warned(state, { code: "duplex-mismatch", facts: { ours, theirs } }));
    }
    default:
      return unreachable(notice);
  }
}

export function lldpEvent(state: BootState, notice: LldpNotice, moment: Moment): BootStep {
  switch (notice.kind) {
    case "neighbour": {
      const said: Said = {
        by: "lldp",
        source: lldpSource(notice.neighbour),
        name: notice.neighbour.systemName,
        answer: lldpAnswer(notice.neighbour),
      };
      return withGrant(neighbour(state, said, moment), "lldp", notice.neighbour.grantedMilliwatts);
    }
    case "neighbour-lost":
      return neighbourLost(state, lldpSource(notice.neighbour));
    default:
      return unreachable(notice);
  }
}

/** The VLAN stays (reference 2.5), but another neighbour may name a new one from now on. */
function neighbourLost(before: BootState, source: string): BootStep {
  const state = { ...before, heard: withoutNeighbour(before.heard, source) };
  const { decision } = state;
  if (decision?.source !== source) return stay(state);
  return stay({ ...state, decision: { ...decision, source: undefined } });
}

function neighbour(state: BootState, said: Said, moment: Moment): BootStep {
  const { answer } = said;
  const heard = { ...state, heard: withAnswer(state.heard, said) };
  if (heard.kind === "vlan" && heard.step === "asking")
    return judgeVlan(heard, moment) ?? stay(troubled(heard, noVoiceVlan(heard.heard)));
  if (heard.decision === undefined) return stay(heard);
  const power = powerChoice(heard);
  const known: BootState = { ...heard, ...power.fields };
  return after(power.effects, answer === undefined ? stay(known) : lateAnswer(known, answer, moment));
}

/** An answer after the VLAN was decided (reference 2.6 steps 3d and 5, seed-coverage X28). */
function lateAnswer(state: BootState, answer: VlanAnswer, moment: Moment): BootStep {
  const { decision } = state;
  if (decision === undefined) return stay(state);
  const verdict = judgeLate(decision, answer, state.settings);
  switch (verdict.kind) {
    case "nothing":
      return stay(backToSame(state, decision.source === answer.source));
    case "mark":
      return stay(backToSame({ ...state, decision: verdict.decision }, true), [mark(verdict.decision)]);
    case "conflict": {
      const facts = { used: decision.tag?.vlanId ?? 0, ignored: answer.vlanId ?? 0 };
      const told = warned(state, { code: "vlan-conflict", facts });
      return go(told, `${answer.by} says VLAN ${facts.ignored}, staying on ${facts.used}`);
    }
    case "change":
      return restartWhenIdle(
        state,
        {
          level: "reset",
          why: verdict.decision.why,
          notBefore: nextVlanReset(state.vlanResets, moment.now),
          vlan: { decision: verdict.decision },
        },
        moment,
      );
    default:
      return unreachable(verdict);
  }
}

/** The neighbour that wanted another VLAN wants the present one again: nothing is left to do. */
function backToSame(state: BootState, isDecider: boolean): BootState {
  return isDecider && state.pending?.vlan !== undefined
    ? { ...unwarned(state, "vlan-change-waits"), pending: undefined }
    : state;
}

/** The interface answered. A kernel without 802.1Q has changed nothing: untagged, and a person is told. */
export function vlanSet(
  state: BootState,
  { vlanId, outcome }: Extract<BootEvent, { kind: "vlan-set" }>,
  moment: Moment,
): BootStep {
  if (state.kind !== "vlan" || state.step !== "setting" || state.decision === undefined)
    return ignore(state, "no VLAN was being set");
  const { tag } = state.decision;
  if (tag?.vlanId !== vlanId) return ignore(state, "answer about another VLAN");
  if (outcome === "done") return leaveVlan({ ...state, applied: { wanted: tag, tag } }, moment);
  const vlan = tag?.vlanId ?? 0;
  const told = warned(state, { code: "vlan-unsupported", facts: { vlan } });
  return leaveVlan({ ...told, applied: { wanted: tag, tag: undefined } }, moment);
}

export function dhcpEvent(state: BootState, notice: DhcpNotice, moment: Moment): BootStep {
  switch (notice.kind) {
    case "bound":
      return bound(state, notice.lease);
    case "renewed":
      return state.lease === undefined
        ? ignore(state, "no address in use")
        : stay({ ...state, lease: notice.lease });
    case "lost":
      return lost(state, notice, moment);
    case "silent": {
      // Whoever named this VLAN is gone, and it has no server: somebody who is there may know better (reference 2.6 step 5).
      const { decision } = state;
      const other = decision === undefined ? undefined : otherAnswer(state.heard, decision);
      const trouble = {
        code: "dhcp-silent",
        facts: { ...triesFact(notice.tries), ...vlanFact(state) },
      } as const;
      return state.kind === "ip" && state.step === "asking" && other !== undefined
        ? lateAnswer(troubled(state, trouble), other, moment)
        : inIp(state, trouble);
    }
    case "unconfirmed":
      return inIp(state, { code: "dhcp-unconfirmed", facts: { server: notice.server } });
    case "offer-refused": {
      const server = notice.server === undefined ? {} : { server: notice.server };
      return notice.fault === "no-tftp"
        ? inIp(state, { code: "dhcp-no-tftp", facts: server })
        : inIp(state, { code: "dhcp-bad-offer", facts: { ...server, fault: notice.fault } });
    }
    case "refused": {
      const server = notice.server === undefined ? {} : { server: notice.server };
      return inIp(state, { code: "dhcp-refused", facts: { ...server, address: notice.address } });
    }
    case "conflict": {
      const { address, mac } = notice;
      return inIp(state, { code: "address-conflict", facts: { address, mac } }, notice.retryAt);
    }
    default:
      return unreachable(notice);
  }
}

function triesFact(tries: number): { readonly tries?: number } {
  return tries > 1 ? { tries } : {};
}

function vlanFact(state: BootState): { readonly vlan?: number } {
  const vlan = state.applied?.tag?.vlanId;
  return vlan === undefined ? {} : { vlan };
}

/** Trouble while an address is looked for; elsewhere the client only verifies what is in use. */
function inIp(state: BootState, trouble: Trouble, retryAt?: BootState["retryAt"]): BootStep {
  // What offers lack says more than that no good one came.
  const isWeaker =
    trouble.code === "dhcp-silent" && state.trouble !== undefined && state.trouble.code !== "dhcp-silent";
  if (state.kind !== "ip" || state.step !== "asking" || isWeaker) return ignore(state, trouble.code);
  return stay(troubled(state, trouble, retryAt));
}

function bound(state: BootState, lease: Lease): BootStep {
  if (state.kind !== "ip") return ignore(state, "no address was wanted");
  const setting: In<"ip"> = { ...state, step: "setting", lease };
  return stay(setting, [{ kind: "use-address", lease }]);
}

const lostCodes = {
  expired: "dhcp-lease-expired",
  refused: "dhcp-refused",
  conflict: "address-conflict",
} as const;

/** The address may not be used any longer: everything on it ends, and the search goes on by itself. */
function lost(
  state: BootState,
  { address, reason }: Extract<DhcpNotice, { kind: "lost" }>,
  moment: Moment,
): BootStep {
  if (state.lease === undefined) return ignore(state, "no address in use");
  const dropped = dropServices(state, "keep-asking");
  if (state.kind === "link" || state.kind === "vlan")
    // The VLAN is open again: the client stops, and starts when it is decided.
    return go<BootState, BootEffect>(dropped.state, `${address}: ${reason}`, [
      ...dropped.effects,
      { kind: "stop-address" },
    ]);
  // The old VLAN does not work any more, so nothing is left to wait for (seed-coverage X28).
  const { pending } = state;
  if (pending?.vlan !== undefined)
    return after(
      dropped.effects,
      restartWhenIdle(dropped.state, { ...pending, notBefore: moment.now }, moment),
    );
  const next = enterIp(dropped.state, moment, `${address}: ${reason}`);
  const trouble: Trouble | undefined =
    reason === "expired" || reason === "refused" || reason === "conflict"
      ? { code: lostCodes[reason], facts: { address } }
      : undefined;
  // The client is searching already: no start.
  return {
    ...next,
    state: trouble === undefined || next.state.kind === "off" ? next.state : troubled(next.state, trouble),
    effects: dropped.effects,
  };
}

/** The interface took the address, or not. */
export function addressSet(
  state: BootState,
  { address, failure }: Extract<BootEvent, { kind: "address-set" }>,
  moment: Moment,
): BootStep {
  if (state.kind !== "ip" || state.step !== "setting" || state.lease === undefined)
    return ignore(state, "no address was being set");
  const { lease } = state;
  if (lease.address !== address) return ignore(state, "answer about another address");
  if (failure !== undefined) {
    const refused: In<"ip"> = { ...state, step: "refused" };
    const trouble: Trouble = { code: "address-refused", facts: { address, code: failure } };
    return stay(troubled(refused, trouble, later(moment.now, addressRetryMs)));
  }
  const from =
    lease.origin === "static" ? `static: ${lease.address}` : `dhcp: ${lease.address} from ${lease.server}`;
  const timed: In<"ip"> = {
    ...unwarned(state, "dhcp-lease-expired"),
    records: opened(state.records, "time", moment.now),
  };
  return after(
    [
      { kind: "describe", address: lease.address, vlanId: state.applied?.tag?.vlanId },
      { kind: "start-time", lease, config: undefined },
    ],
    enterConfig(timed, moment, from),
  );
}
