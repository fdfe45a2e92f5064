// What LLDP and LLDP-MED report, upward. Validated values only: text is short and printable, numbers are in range.
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";

/** A network policy for one application (TIA-1057 10.2.3). */
export interface LldpPolicy {
  /** U = 0. While unknown the rest means nothing. */
  readonly isKnown: boolean;
  /** T = 1. Untagged: VLAN and priority mean nothing, DSCP still counts. */
  readonly isTagged: boolean;
  /** 0: priority-tagged frames; 1–4094. */
  readonly vlanId: number;
  /** 802.1p, 0–7. */
  readonly priority: number;
  /** 0–63. */
  readonly dscp: number;
}

/** Where the port is, for people and emergency services (TIA-1057 10.2.4). */
export type LldpLocation =
  /** RFC 6225 coordinates, 16 bytes as sent. */
  | { readonly kind: "coordinates"; readonly bytes: Uint8Array }
  /** RFC 4776 address elements: type and text. */
  | {
      readonly kind: "civic";
      readonly country: string;
      readonly elements: readonly { readonly type: number; readonly text: string }[];
    }
  /** Emergency location identification number: 10 to 25 digits. */
  | { readonly kind: "elin"; readonly digits: string };

/** A device that speaks LLDP on our port. */
export interface LldpNeighbour {
  readonly mac: Mac;
  /** Chassis and port id as people read them: text, MAC or address by their subtype. */
  readonly chassisId: string;
  readonly portId: string;
  readonly portDescription: string;
  readonly systemName: string;
  readonly systemDescription: string;
  /** Enabled capabilities (IEEE 802.1AB table 8-4). */
  readonly capabilities: number;
  readonly managementAddresses: readonly Ip4[];
  /** It sends LLDP-MED TLVs. */
  readonly isMed: boolean;
  readonly voice: LldpPolicy | undefined;
  readonly voiceSignalling: LldpPolicy | undefined;
  /** What it grants: LLDP-MED extended power or the 802.3 allocation, whichever is there. */
  readonly grantedMilliwatts: number | undefined;
  readonly location: LldpLocation | undefined;
  /** How long this holds without another frame. */
  readonly ttlSec: number;
}

export type LldpNotice =
  /** First heard, or something it says has changed; not for mere repetition. */
  | { readonly kind: "neighbour"; readonly neighbour: LldpNeighbour; readonly isNew: boolean }
  /** Its time ran out, or it took leave (TTL 0). */
  | { readonly kind: "neighbour-lost"; readonly neighbour: LldpNeighbour };
