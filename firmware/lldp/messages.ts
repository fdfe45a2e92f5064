// LLDP frames (IEEE 802.1AB) with the 802.3 and LLDP-MED (TIA-1057) TLVs a phone speaks. Those papers were not at hand:
// layouts as in reference boot-and-provisioning 3, the open decoders it names, and test/vectors/lldp.
import { mac, rest, restText } from "#firmware/wire/bytes.ts";
import type { Field } from "#firmware/wire/field.ts";
import { constant, mapped, u8, u16, u32 } from "#firmware/wire/numbers.ts";
import { Reader } from "#firmware/wire/reader.ts";
import { sized, struct, union } from "#firmware/wire/structures.ts";
import { named, WireError } from "#firmware/wire/wire-error.ts";
import { Writer } from "#firmware/wire/writer.ts";

/** Nearest bridge: never forwarded by a standard bridge. */
const lldpGroup = "01:80:c2:00:00:0e";
const etherTypeLldp = 0x88cc;

/** How chassis and port are named (802.1AB 8.5.2, 8.5.3). */
export const chassisSubtype = { mac: 4, networkAddress: 5, name: 6, local: 7 } as const;
export const portSubtype = { name: 1, mac: 3, networkAddress: 4, interfaceName: 5, local: 7 } as const;

/** 802.1AB table 8-4. */
export const systemCapability = { bridge: 0x0004, telephone: 0x0020 } as const;

/** LLDP-MED applications (reference 3.3). */
export const application = { voice: 1, voiceSignalling: 2 } as const;

/** LLDP-MED device classes: 1 to 3 are endpoints. */
export const medClass = { endpointIII: 3, networkConnectivity: 4 } as const;

const u24: Field<number> = {
  read: (r) => r.u8() * 0x1_0000 + r.u16(),
  write(w, value) {
    w.u8(Math.floor(value / 0x1_0000));
    w.u16(value % 0x1_0000);
  },
};

/** U, T, X (reserved), VLAN 12 bits, priority 3, DSCP 6. */
const policyBits = mapped(
  u24,
  (wire) => ({
    isKnown: (wire & 0x80_0000) === 0,
    isTagged: (wire & 0x40_0000) !== 0,
    vlanId: (wire >> 9) & 0xfff,
    priority: (wire >> 6) & 7,
    dscp: wire & 0x3f,
  }),
  ({ isKnown, isTagged, vlanId, priority, dscp }) =>
    (isKnown ? 0 : 0x80_0000) + (isTagged ? 0x40_0000 : 0) + vlanId * 0x200 + priority * 0x40 + dscp,
);

/** Type 2 bits (0 PSE, 1 PD), source 2 bits, priority 4 bits. */
const powerBits = mapped(
  u8,
  (wire) => ({ type: wire >> 6, source: (wire >> 4) & 3, priority: wire & 0x0f }),
  ({ type, source, priority }) => type * 0x40 + source * 0x10 + priority,
);

const basic = union({
  chassisId: [1, struct({ subtype: u8, id: rest })],
  portId: [2, struct({ subtype: u8, id: rest })],
  timeToLive: [3, struct({ seconds: u16 })],
  portDescription: [4, struct({ text: restText })],
  systemName: [5, struct({ text: restText })],
  systemDescription: [6, struct({ text: restText })],
  capabilities: [7, struct({ supported: u16, enabled: u16 })],
  managementAddress: [
    8,
    struct({
      /** Address family (1 IPv4), then the address. */
      address: sized(u8, struct({ family: u8, bytes: rest })),
      interfaceSubtype: u8,
      interfaceNumber: u32,
      objectId: sized(u8, rest),
    }),
  ],
});

const organisation = (oui: number, subtype: number): number => oui * 0x100 + subtype;
const ieee8023 = 0x00_120f;
const tiaMed = 0x00_12bb;

/** Organizationally specific TLVs by OUI and subtype. */
const organisational = union({
  /** Auto-negotiation (1 supported, 2 enabled), what is advertised, the MAU in use (RFC 4836). */
  macPhy: [organisation(ieee8023, 1), struct({ autoNegotiation: u8, advertised: u16, mau: u16 })],
  /** 802.3af three bytes; at and bt add type, requested and allocated in tenths of a watt. */
  powerViaMdi: [organisation(ieee8023, 2), struct({ support: u8, pair: u8, powerClass: u8, more: rest })],
  medCapabilities: [organisation(tiaMed, 1), struct({ bits: u16, deviceClass: u8 })],
  networkPolicy: [organisation(tiaMed, 2), struct({ application: u8, policy: policyBits })],
  location: [organisation(tiaMed, 3), struct({ format: u8, data: rest })],
  /** In tenths of a watt. */
  extendedPower: [organisation(tiaMed, 4), struct({ power: powerBits, tenthsWatt: u16 })],
  hardwareRevision: [organisation(tiaMed, 5), struct({ text: restText })],
  firmwareRevision: [organisation(tiaMed, 6), struct({ text: restText })],
  softwareRevision: [organisation(tiaMed, 7), struct({ text: restText })],
  serialNumber: [organisation(tiaMed, 8), struct({ text: restText })],
  manufacturer: [organisation(tiaMed, 9), struct({ text: restText })],
  model: [organisation(tiaMed, 10), struct({ text: restText })],
  assetId: [organisation(tiaMed, 11), struct({ text: restText })],
});

const organisationalType = 127;

/** Ids of organizational TLVs in `unknown` start here, so that they differ from plain types. */
const organisationalIds = 0x1_0000_0000;

/** One TLV; one that nobody knows keeps its bytes. */
export type LldpTlv = ReturnType<typeof basic.decode> | ReturnType<typeof organisational.decode>;

function decodeTlv(type: number, body: Reader): LldpTlv {
  if (type !== organisationalType) return basic.decode(type, body);
  const id = organisation(u24.read(body), body.u8());
  const tlv = organisational.decode(id, body);
  return tlv.kind === "unknown" ? { ...tlv, id: organisationalIds + id } : tlv;
}

interface EncodedTlv {
  readonly type: number;
  readonly body: Uint8Array;
}

function encodeTlv(tlv: LldpTlv): EncodedTlv {
  if (tlv.kind === "unknown")
    return tlv.id < organisationalIds
      ? { type: tlv.id, body: tlv.raw }
      : withOrganisation(tlv.id - organisationalIds, tlv.raw);
  if (isBasic(tlv)) {
    const { id, body } = basic.encode(tlv);
    return { type: id, body };
  }
  const { id, body } = organisational.encode(tlv);
  return withOrganisation(id, body);
}

function withOrganisation(id: number, value: Uint8Array): EncodedTlv {
  const w = new Writer();
  w.u32(id);
  w.bytes(value);
  return { type: organisationalType, body: w.finish() };
}

const basicKinds: ReadonlySet<string> = new Set([
  "chassisId",
  "portId",
  "timeToLive",
  "portDescription",
  "systemName",
  "systemDescription",
  "capabilities",
  "managementAddress",
]);

type Known<T> = Exclude<T, { kind: "unknown" }>;

function isBasic(tlv: Known<LldpTlv>): tlv is Known<ReturnType<typeof basic.decode>> {
  return basicKinds.has(tlv.kind);
}

/** TLVs a frame may hold; real ones hold about twenty. */
const mostTlvs = 64;

/** TLVs up to the End TLV, or to the end of the bytes where it is missing. What follows it is padding. */
const tlvList: Field<readonly LldpTlv[]> = {
  read(r) {
    const tlvs: LldpTlv[] = [];
    while (r.remaining > 0) {
      const offset = r.offset;
      const header = r.u16();
      const type = header >> 9;
      const body = r.sub(header & 0x1ff);
      if (type === 0) {
        body.end();
        r.bytes(r.remaining);
        break;
      }
      if (tlvs.length === mostTlvs) throw new WireError("bad-length", offset, `more than ${mostTlvs} TLVs`);
      tlvs.push(named(`[${tlvs.length}]`, () => decodeTlv(type, body)));
    }
    return tlvs;
  },
  write(w, tlvs) {
    for (const tlv of tlvs) {
      const { type, body } = encodeTlv(tlv);
      w.u16(type * 0x200 + body.length);
      w.bytes(body);
    }
    w.u16(0);
  },
};

/** The three that every frame begins with, in this order and once each (802.1AB 8.2). */
const mandatory = ["chassisId", "portId", "timeToLive"] as const;

function checkMandatory(tlvs: readonly LldpTlv[]): void {
  for (const [at, kind] of mandatory.entries()) {
    if (tlvs[at]?.kind !== kind)
      throw new WireError(
        "bad-value",
        14,
        `TLV ${at + 1} is ${tlvs[at]?.kind ?? "missing"}, ${kind} belongs`,
      );
    if (tlvs.filter((tlv) => tlv.kind === kind).length > 1)
      throw new WireError("bad-value", 14, `${kind} comes twice`);
  }
}

export interface LldpFrame {
  readonly source: string;
  readonly tlvs: readonly LldpTlv[];
}

const frameHead = struct({ destination: mac, source: mac, etherType: constant(u16, etherTypeLldp) });

/** Decodes a whole frame without tag and FCS. Throws WireError, also for another destination than the group. */
export function decodeLldpFrame(bytes: Uint8Array): LldpFrame {
  return named("lldp", () => {
    const r = new Reader(bytes);
    const { destination, source } = frameHead.read(r);
    if (destination !== lldpGroup)
      throw new WireError("bad-value", 0, `destination ${destination}, ${lldpGroup} belongs`);
    const tlvs = named("tlvs", () => tlvList.read(r));
    checkMandatory(tlvs);
    return { source, tlvs };
  });
}

/** Encodes a whole frame, End TLV included, not padded. */
export function encodeLldpFrame(frame: LldpFrame): Uint8Array {
  const w = new Writer();
  frameHead.write(w, { destination: lldpGroup, source: frame.source, etherType: etherTypeLldp });
  tlvList.write(w, frame.tlvs);
  return w.finish();
}
