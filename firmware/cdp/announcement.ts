// What the phone says of itself in CDP (reference boot-and-provisioning 2.3, 2.4, 1.4).
import { encode } from "#firmware/wire/field.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import { type CdpPacket, type CdpTlv, capability, cdpPacket } from "./messages.ts";
import { holdSec } from "./timing.ts";

/** Who the phone is and how it stands. */
export interface CdpFacts {
  /** `SEP<MAC>` or `SIP<MAC>`. */
  readonly deviceId: string;
  /** Our own product name, never another vendor's. */
  readonly platform: string;
  readonly software: string;
  /** Bits of reference 2.4; see `phoneCapabilities`. */
  readonly capabilities: number;
  readonly address: Ip4 | undefined;
  /** What the phone needs at the switch port, the preferred level first; undefined: CDP keeps silent about power. */
  readonly milliwatts: readonly number[] | undefined;
  /** The voice VLAN in use: frames so tagged are heard too. Ours go untagged. */
  readonly vlanId: number | undefined;
}

/** `SEP` or `SIP` and twelve upper-case digits, by image type (reference 2.3). */
export function deviceIdOf(prefix: "SEP" | "SIP", mac: string): string {
  return prefix + mac.replaceAll(":", "").toUpperCase();
}

/** 0x490 with a PC port, 0x090 without; `legacy-7960` is the 0x010 of a 7960 (reference seed-coverage X15). */
export function phoneCapabilities(kind: "with-pc-port" | "without-pc-port" | "legacy-7960"): number {
  switch (kind) {
    case "with-pc-port":
      return capability.host | capability.voipPhone | capability.twoPortMacRelay;
    case "without-pc-port":
      return capability.host | capability.voipPhone;
    case "legacy-7960":
      return capability.host;
  }
}

/** Ids of the power negotiation (reference 1.4). */
export interface PowerTalk {
  /** Starts at 1, grows when the list changes, never 0. */
  readonly requestId: number;
  /** Of the newest Power Available; undefined until one came. */
  readonly managementId: number | undefined;
}

/** 16 bits without 0. */
export function nextRequestId(id: number): number {
  return id >= 0xffff ? 1 : id + 1;
}

const mostConsumptionMilliwatts = 0xffff;

function powerTlvs(milliwatts: readonly number[], talk: PowerTalk): readonly CdpTlv[] {
  const preferred = milliwatts[0];
  if (preferred === undefined) return [];
  const consumption: CdpTlv = {
    kind: "powerConsumption",
    milliwatts: Math.min(preferred, mostConsumptionMilliwatts),
  };
  // The list is for switches that speak of levels: those that have sent Power Available.
  if (talk.managementId === undefined) return [consumption];
  return [
    consumption,
    { kind: "powerRequested", requestId: talk.requestId, managementId: talk.managementId, milliwatts },
  ];
}

/** Phones send these bytes; their meaning is not public (reference 2.3, TLV 0x0F). */
const query: CdpTlv = { kind: "voiceVlanQuery", appliance: 0x20, value: Uint8Array.of(0x02, 0x00, 0x01) };

/** How the port runs now. */
export type Duplex = "half" | "full" | undefined;

/**
 * Our frame's content. Its length is even, so that the checksum's odd-length quirk never matters on the way out: the
 * software text gets a space where needed, as U-Boot does.
 */
export function announcement(
  facts: CdpFacts,
  duplex: Duplex,
  talk: PowerTalk,
  options: { readonly isAsking: boolean },
): CdpPacket {
  const packet = (software: string): CdpPacket => ({
    version: 2,
    ttlSec: holdSec,
    tlvs: [
      { kind: "deviceId", text: facts.deviceId },
      ...addressTlv(facts.address),
      { kind: "portId", text: "Port 1" },
      { kind: "capabilities", bits: facts.capabilities },
      { kind: "software", text: software },
      { kind: "platform", text: facts.platform },
      ...(options.isAsking ? [query] : []),
      ...duplexTlv(duplex),
      ...(facts.milliwatts === undefined ? [] : powerTlvs(facts.milliwatts, talk)),
    ],
  });
  const plain = packet(facts.software);
  return encode(cdpPacket, plain).length % 2 === 0 ? plain : packet(`${facts.software} `);
}

function addressTlv(address: Ip4 | undefined): readonly CdpTlv[] {
  return address === undefined ? [] : [{ kind: "addresses", addresses: [{ kind: "ip4", address }] }];
}

function duplexTlv(duplex: Duplex): readonly CdpTlv[] {
  return duplex === undefined ? [] : [{ kind: "duplex", mode: duplex === "full" ? 1 : 0 }];
}
