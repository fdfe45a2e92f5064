// What CDP reports, upward. Validated values only: text is short and printable, numbers are in range.
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";

/** What a frame says about the voice VLAN (TLV 0x0E). */
export type CdpVoiceVlan =
  | { readonly kind: "vlan" /** 1–4094. */; readonly vlanId: number }
  /** 4095: voice goes untagged (Catalyst `voice vlan untagged`; to verify). */
  | { readonly kind: "untagged" }
  /** 0: priority tag only (Catalyst `voice vlan dot1p`; to verify). */
  | { readonly kind: "priority-tagged" }
  /** The frame has no such TLV. */
  | { readonly kind: "none" }
  /** A number that is no VLAN; counts as none. */
  | { readonly kind: "out-of-range"; readonly value: number };

/** Power Available (TLV 0x1A). */
export interface CdpPowerAvailable {
  /** The request it answers; 0 before any. */
  readonly requestId: number;
  readonly managementId: number;
  readonly availableMilliwatts: number;
  /** Undefined: the switch has no preference. */
  readonly managementMilliwatts: number | undefined;
}

/** A device that speaks CDP on our port. */
export interface CdpNeighbour {
  readonly mac: Mac;
  readonly deviceId: string;
  readonly portId: string;
  readonly platform: string;
  readonly software: string;
  /** Bits of reference 2.4. */
  readonly capabilities: number;
  readonly addresses: readonly Ip4[];
  readonly nativeVlan: number | undefined;
  readonly voiceVlan: CdpVoiceVlan;
  readonly duplex: "half" | "full" | undefined;
  readonly power: CdpPowerAvailable | undefined;
  /** What to do with markings of frames from the PC port; undefined where the switch does not say. */
  readonly trust: { readonly isTrusted: boolean; readonly untrustedPriority: number } | undefined;
  /** Where the port is, for people and emergency services. */
  readonly location: string | undefined;
  /** How long this holds without another frame. */
  readonly ttlSec: number;
}

export type CdpNotice =
  /** First heard, or something it says has changed; not for mere repetition. */
  | { readonly kind: "neighbour"; readonly neighbour: CdpNeighbour; readonly isNew: boolean }
  /** Its hold time ran out, or it took leave. What it said about the VLAN still stands until the link goes. */
  | { readonly kind: "neighbour-lost"; readonly neighbour: CdpNeighbour }
  /** The switch thinks the port runs at another duplex than we do. */
  | {
      readonly kind: "duplex-mismatch";
      readonly ours: "half" | "full";
      readonly theirs: "half" | "full";
    };
