// What the phone says of itself in LLDP: a Class III endpoint (reference boot-and-provisioning 3.2).
import { ip4, mac as macField } from "#firmware/wire/bytes.ts";
import { encode } from "#firmware/wire/field.ts";
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import {
  application,
  chassisSubtype,
  type LldpTlv,
  medClass,
  portSubtype,
  systemCapability,
} from "./messages.ts";
import { holdSec } from "./timing.ts";

/** The VLAN and markings the phone uses now. */
export interface PolicyInUse {
  /** Undefined: untagged. */
  readonly vlanId: number | undefined;
  readonly priority: number;
  readonly voiceDscp: number;
  readonly signallingPriority: number;
  readonly signallingDscp: number;
}

/** Who the phone is and how it stands. Texts are cut to what their TLV may hold. */
export interface LldpFacts {
  readonly mac: Mac;
  /** Undefined while there is none: 0.0.0.0 on the wire. */
  readonly address: Ip4 | undefined;
  /** Host name: `SEP<MAC>` or `SIP<MAC>`. */
  readonly systemName: string;
  /** Product and version. */
  readonly systemDescription: string;
  readonly hasPcPort: boolean;
  /** Undefined before the switch has said what to use. */
  readonly policy: PolicyInUse | undefined;
  /** What the phone needs; undefined: LLDP keeps silent about power. */
  readonly milliwatts: number | undefined;
  readonly inventory: {
    readonly hardwareRevision: string;
    readonly firmwareRevision: string;
    readonly softwareRevision: string;
    readonly serialNumber: string;
    readonly manufacturer: string;
    readonly model: string;
    readonly assetId: string;
  };
}

/** How the port runs. */
export interface PortFacts {
  readonly speedMbps: number | undefined;
  readonly duplex: "half" | "full" | undefined;
}

const familyIp4 = 1;
const noAddress = "0.0.0.0";
const interfaceUnknown = 1;
const medCapabilityBits = 0x0033;
const mostInventory = 32;
const mostText = 255;

const negotiationSupportedAndOn = 0x03;
/** 10 and 100 Mbit/s at both duplexes, and 1000 full (RFC 4836 ifMauAutoNegCapAdvertisedBits). */
const advertisedFast = 0x6c00;
const advertisedGigabit = 0x6c01;
/** dot3MauType (RFC 4836) by speed, half and full duplex. */
const mauTypes: Readonly<Record<number, readonly [half: number, full: number]>> = {
  10: [10, 11],
  100: [15, 16],
  1000: [29, 30],
};

function macPhy({ speedMbps, duplex }: PortFacts): readonly LldpTlv[] {
  const types = speedMbps === undefined ? undefined : mauTypes[speedMbps];
  if (types === undefined || duplex === undefined) return [];
  return [
    {
      kind: "macPhy",
      autoNegotiation: negotiationSupportedAndOn,
      advertised: speedMbps === 1000 ? advertisedGigabit : advertisedFast,
      mau: types[duplex === "half" ? 0 : 1],
    },
  ];
}

function addressBytes(address: Ip4 | undefined): Uint8Array {
  return Uint8Array.of(familyIp4, ...encode(ip4, address ?? noAddress));
}

/** Chassis, port and TTL: who speaks, and for how long it holds. */
function identity(mac: Mac, address: Ip4 | undefined, ttlSec: number): readonly LldpTlv[] {
  return [
    { kind: "chassisId", subtype: chassisSubtype.networkAddress, id: addressBytes(address) },
    { kind: "portId", subtype: portSubtype.mac, id: encode(macField, mac) },
    { kind: "timeToLive", seconds: ttlSec },
  ];
}

/** Takes leave: everything said under this identity is void (reference 3.1). */
export function shutdown(mac: Mac, address: Ip4 | undefined): readonly LldpTlv[] {
  return identity(mac, address, 0);
}

function policies(policy: PolicyInUse | undefined): readonly LldpTlv[] {
  const of = (app: number, priority: number, dscp: number): LldpTlv => ({
    kind: "networkPolicy",
    application: app,
    policy:
      policy === undefined
        ? { isKnown: false, isTagged: false, vlanId: 0, priority: 0, dscp: 0 }
        : {
            isKnown: true,
            isTagged: policy.vlanId !== undefined,
            vlanId: policy.vlanId ?? 0,
            priority: policy.vlanId === undefined ? 0 : priority,
            dscp,
          },
  });
  return [
    of(application.voice, policy?.priority ?? 0, policy?.voiceDscp ?? 0),
    of(application.voiceSignalling, policy?.signallingPriority ?? 0, policy?.signallingDscp ?? 0),
  ];
}

/** PD, powered by the PSE, priority high (vector of reference 3.3). */
function power(milliwatts: number | undefined): readonly LldpTlv[] {
  if (milliwatts === undefined) return [];
  const tenthsWatt = Math.min(Math.ceil(milliwatts / 100), 0xffff);
  return [{ kind: "extendedPower", power: { type: 1, source: 1, priority: 2 }, tenthsWatt }];
}

const inventoryKinds = [
  "hardwareRevision",
  "firmwareRevision",
  "softwareRevision",
  "serialNumber",
  "manufacturer",
  "model",
  "assetId",
] as const;

/** The whole content of a frame. */
export function announcement(facts: LldpFacts, port: PortFacts): readonly LldpTlv[] {
  const capabilities = systemCapability.telephone + (facts.hasPcPort ? systemCapability.bridge : 0);
  return [
    ...identity(facts.mac, facts.address, holdSec),
    { kind: "portDescription", text: "SW PORT" },
    { kind: "systemName", text: facts.systemName.slice(0, mostText) },
    { kind: "systemDescription", text: facts.systemDescription.slice(0, mostText) },
    { kind: "capabilities", supported: capabilities, enabled: capabilities },
    ...managementAddress(facts.address),
    ...macPhy(port),
    { kind: "medCapabilities", bits: medCapabilityBits, deviceClass: medClass.endpointIII },
    ...policies(facts.policy),
    ...power(facts.milliwatts),
    ...inventoryKinds.map((kind): LldpTlv => ({ kind, text: facts.inventory[kind].slice(0, mostInventory) })),
  ];
}

function managementAddress(address: Ip4 | undefined): readonly LldpTlv[] {
  if (address === undefined) return [];
  return [
    {
      kind: "managementAddress",
      address: { family: familyIp4, bytes: encode(ip4, address) },
      interfaceSubtype: interfaceUnknown,
      interfaceNumber: 0,
      objectId: new Uint8Array(),
    },
  ];
}
