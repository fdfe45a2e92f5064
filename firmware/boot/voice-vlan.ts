// Which VLAN the phone uses: the answers of CDP and LLDP-MED, the typed VLAN, and when to stop waiting (reference
// boot-and-provisioning 2.6). The first good answer decides and stays; a later, different one of another neighbour is a
// conflict that is told and does not change anything.
import type { CdpNeighbour } from "#firmware/cdp/notices.ts";
import type { LldpNeighbour } from "#firmware/lldp/notices.ts";
import type { VlanTag } from "#hal/contract/link.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { BootSettings } from "./events.ts";
import { cdpPriority, discoveryEndMs, lldpChanceMs } from "./timing.ts";

/** What a neighbour says about voice on this port. */
export interface VlanAnswer {
  readonly by: "cdp" | "lldp";
  /** Which neighbour, so that a change of mind differs from a second opinion. */
  readonly source: string;
  /** Undefined: voice goes untagged. */
  readonly vlanId: number | undefined;
  readonly priority: number;
  /** Undefined: the neighbour has no policy for it, and the configuration decides (reference X23). */
  readonly voiceDscp: number | undefined;
  readonly signallingPriority: number | undefined;
  readonly signallingDscp: number | undefined;
}

/** What was heard on this link since it came up. */
export interface Heard {
  readonly hasCdp: boolean;
  readonly hasLldp: boolean;
  /** The first good answer. */
  readonly answer: VlanAnswer | undefined;
  /** What the first neighbour calls itself. */
  readonly name: string | undefined;
  /** What each neighbour that is there says now; the first of them come first, and at most `mostAnswers` are kept. */
  readonly answers: readonly VlanAnswer[];
}

/** More neighbours with a voice VLAN on one wire are somebody's invention. */
const mostAnswers = 8;

export const nothingHeard: Heard = {
  hasCdp: false,
  hasLldp: false,
  answer: undefined,
  name: undefined,
  answers: [],
};

/** The VLAN in use and why. */
export interface Decision {
  readonly by: "cdp" | "lldp" | "typed" | "nobody";
  /** The neighbour that decided; undefined where none did, or once it is gone. */
  readonly source: string | undefined;
  readonly tag: VlanTag | undefined;
  /** Undefined: the configuration decides. */
  readonly voiceDscp: number | undefined;
  readonly signallingPriority: number | undefined;
  readonly signallingDscp: number | undefined;
  /** For the timeline, e.g. `cdp: voice VLAN 110`. */
  readonly why: string;
}

export function cdpSource({ deviceId, portId }: CdpNeighbour): string {
  return `cdp ${deviceId} ${portId}`;
}

export function lldpSource({ chassisId, portId }: LldpNeighbour): string {
  return `lldp ${chassisId} ${portId}`;
}

/** Undefined: the frame says nothing about voice. 4095 and 0 mean untagged here (Catalyst behaviour, to verify). */
export function cdpAnswer(neighbour: CdpNeighbour): VlanAnswer | undefined {
  const { voiceVlan } = neighbour;
  if (voiceVlan.kind === "none" || voiceVlan.kind === "out-of-range") return undefined;
  return {
    by: "cdp",
    source: cdpSource(neighbour),
    vlanId: voiceVlan.kind === "vlan" ? voiceVlan.vlanId : undefined,
    priority: cdpPriority,
    voiceDscp: undefined,
    signallingPriority: undefined,
    signallingDscp: undefined,
  };
}

/** Only a known Voice policy counts (reference 3.3); T = 0 means untagged, its DSCP still counts. */
export function lldpAnswer(neighbour: LldpNeighbour): VlanAnswer | undefined {
  const { voice, voiceSignalling } = neighbour;
  if (voice === undefined || !voice.isKnown) return undefined;
  const isVlan = voice.isTagged && voice.vlanId >= 1 && voice.vlanId <= 4094;
  return {
    by: "lldp",
    source: lldpSource(neighbour),
    vlanId: isVlan ? voice.vlanId : undefined,
    priority: voice.priority,
    voiceDscp: voice.dscp,
    signallingPriority: voiceSignalling?.isKnown === true ? voiceSignalling.priority : undefined,
    signallingDscp: voiceSignalling?.isKnown === true ? voiceSignalling.dscp : undefined,
  };
}

/** Who was heard, and what it says. */
export interface Said {
  readonly by: "cdp" | "lldp";
  readonly source: string;
  readonly name: string;
  readonly answer: VlanAnswer | undefined;
}

/** A neighbour was heard: the first good answer stays. */
export function withAnswer(heard: Heard, { by, source, name, answer }: Said): Heard {
  return {
    hasCdp: heard.hasCdp || by === "cdp",
    hasLldp: heard.hasLldp || by === "lldp",
    answer: heard.answer ?? answer,
    name: heard.name ?? (name === "" ? undefined : name),
    answers: answersWith(heard.answers, source, answer),
  };
}

function answersWith(
  answers: readonly VlanAnswer[],
  source: string,
  answer: VlanAnswer | undefined,
): readonly VlanAnswer[] {
  if (answer === undefined) return answers.filter((each) => each.source !== source);
  if (answers.some((each) => each.source === source))
    return answers.map((each) => (each.source === source ? answer : each));
  return answers.length < mostAnswers ? [...answers, answer] : answers;
}

/** The neighbour is not there any more. */
export function withoutNeighbour(heard: Heard, source: string): Heard {
  return { ...heard, answers: answersWith(heard.answers, source, undefined) };
}

/** Another VLAN that a neighbour names who is there, once the one that decided is gone. */
export function otherAnswer(heard: Heard, decision: Decision): VlanAnswer | undefined {
  if (decision.source !== undefined || (decision.by !== "cdp" && decision.by !== "lldp")) return undefined;
  return heard.answers.find(({ vlanId }) => vlanId !== decision.tag?.vlanId);
}

/** The decision that follows from an answer. */
export function followed(answer: VlanAnswer): Decision {
  const { by, source, vlanId, priority } = answer;
  return {
    by,
    source,
    tag: vlanId === undefined ? undefined : { vlanId, priority },
    voiceDscp: answer.voiceDscp,
    signallingPriority: answer.signallingPriority,
    signallingDscp: answer.signallingDscp,
    why: vlanId === undefined ? `${by}: voice goes untagged` : `${by}: voice VLAN ${vlanId}`,
  };
}

function withoutSwitch(settings: BootSettings, why: string): Decision {
  const { typedVlan } = settings;
  const marks = {
    source: undefined,
    voiceDscp: undefined,
    signallingPriority: undefined,
    signallingDscp: undefined,
  };
  return typedVlan === undefined
    ? { ...marks, by: "nobody", tag: undefined, why }
    : {
        ...marks,
        by: "typed",
        tag: { vlanId: typedVlan, priority: cdpPriority },
        why: `typed: VLAN ${typedVlan}`,
      };
}

/** Decided, or until when to wait at most. */
export type Verdict =
  | { readonly kind: "decided"; readonly decision: Decision }
  | { readonly kind: "wait"; readonly until: MonoMs };

/** The decision table; `since` is when the phase began. */
export function decide(heard: Heard, settings: BootSettings, since: MonoMs, now: MonoMs): Verdict {
  const decided = (decision: Decision): Verdict => ({ kind: "decided", decision });
  if (settings.vlanMaster === "typed" && settings.typedVlan !== undefined)
    return decided(withoutSwitch(settings, ""));
  if (heard.answer !== undefined) return decided(followed(heard.answer));
  const until = later(since, heard.hasCdp ? lldpChanceMs : discoveryEndMs);
  if (now < until) return { kind: "wait", until };
  const seconds = Math.round((now - since) / 1000);
  if (heard.hasCdp) return decided(withoutSwitch(settings, "cdp: no voice VLAN, and none by lldp"));
  if (heard.hasLldp) return decided(withoutSwitch(settings, "lldp: no voice policy"));
  return decided(withoutSwitch(settings, `nobody answered in ${seconds} s`));
}

/** What an answer means once the VLAN was decided. */
export type LateVerdict =
  | { readonly kind: "nothing" }
  /** The same VLAN, other markings. */
  | { readonly kind: "mark"; readonly decision: Decision }
  /** Two neighbours disagree; the first one counts. */
  | { readonly kind: "conflict" }
  /** The neighbour that decided changed its mind, or the first one spoke up at last. */
  | { readonly kind: "change"; readonly decision: Decision };

/** Reference 2.6 steps 3d and 5. */
export function judgeLate(decision: Decision, answer: VlanAnswer, settings: BootSettings): LateVerdict {
  if (decision.by === "typed" && settings.vlanMaster === "typed") return { kind: "nothing" };
  const wanted = followed(answer);
  const isSameVlan = decision.tag?.vlanId === wanted.tag?.vlanId;
  // LLDP-MED carries markings, CDP does not: only the former can correct them.
  if (isSameVlan) {
    const isSame =
      decision.tag?.priority === wanted.tag?.priority &&
      decision.voiceDscp === wanted.voiceDscp &&
      decision.signallingPriority === wanted.signallingPriority &&
      decision.signallingDscp === wanted.signallingDscp;
    return answer.by === "cdp" || isSame
      ? { kind: "nothing" }
      : {
          kind: "mark",
          decision: {
            ...wanted,
            source: decision.source ?? wanted.source,
            by: decision.by,
            why: decision.why,
          },
        };
  }
  const mayChange = decision.source === undefined || decision.source === answer.source;
  return mayChange ? { kind: "change", decision: wanted } : { kind: "conflict" };
}
