// CDP packets and the frames they travel in (reference boot-and-provisioning 2.1 to 2.4; there is no public standard:
// layouts as seen in test/vectors/cdp and in the open decoders the reference names).
import { ip4, mac, rest, restText } from "#firmware/wire/bytes.ts";
import { decode, encode, type Field, type Of } from "#firmware/wire/field.ts";
import { mapped, u8, u16, u32 } from "#firmware/wire/numbers.ts";
import { Reader } from "#firmware/wire/reader.ts";
import { sized, struct, type TlvHeader, tlvs, union } from "#firmware/wire/structures.ts";
import { named, WireError } from "#firmware/wire/wire-error.ts";
import { Writer } from "#firmware/wire/writer.ts";
import { cdpChecksum, isChecksumAccepted } from "./checksum.ts";

/** Where CDP frames go: never forwarded by a switch that speaks it. */
const cdpGroup = "01:00:0c:cc:cc:cc";

/** Bits of TLV 0x0004 (reference 2.4). */
export const capability = {
  router: 0x001,
  transparentBridge: 0x002,
  sourceRouteBridge: 0x004,
  switch: 0x008,
  host: 0x010,
  igmp: 0x020,
  repeater: 0x040,
  voipPhone: 0x080,
  remotelyManaged: 0x100,
  camera: 0x200,
  twoPortMacRelay: 0x400,
} as const;

/** What is kept of lists whose length a peer chooses (reference 2.7 rule 5); entries after that are not read. */
const mostListed = 8;

/** TLVs a frame may hold (reference 2.7 rule 5). */
const mostTlvs = 64;

/** The first `mostListed` items; the rest of the bytes is skipped. At least `least` items must be there. */
function capped<T>(item: Field<T>, least: number): Field<readonly T[]> {
  return {
    read(r) {
      const values: T[] = [];
      while (r.remaining > 0 && values.length < mostListed) values.push(item.read(r));
      if (values.length < least)
        throw new WireError("bad-length", r.offset, `${values.length} items, at least ${least} belong`);
      r.bytes(r.remaining);
      return values;
    },
    write(w, values) {
      for (const value of values) item.write(w, value);
    },
  };
}

const addressEntry = struct({
  /** 1 NLPID, 2 802.2. */
  protocolType: u8,
  /** 0xCC for IPv4, AA AA 03 00 00 00 86 DD for IPv6. */
  protocol: sized(u8, rest),
  address: sized(u16, rest),
});

/** IPv4 as dotted text; anything else as its bytes. */
export type CdpAddress =
  | { readonly kind: "ip4"; readonly address: string }
  | { readonly kind: "other"; readonly entry: Of<typeof addressEntry> };

const ip4Protocol = 0xcc;

const address: Field<CdpAddress> = mapped(
  addressEntry,
  (entry): CdpAddress => {
    const isIp4 =
      entry.protocolType === 1 &&
      entry.protocol.length === 1 &&
      entry.protocol[0] === ip4Protocol &&
      entry.address.length === 4;
    return isIp4 ? { kind: "ip4", address: decode("ip4", ip4, entry.address) } : { kind: "other", entry };
  },
  (value) =>
    value.kind === "other"
      ? value.entry
      : { protocolType: 1, protocol: Uint8Array.of(ip4Protocol), address: encode(ip4, value.address) },
);

/** u32 count, then entries. The entries that are there decide, not the count (reference 2.7 rule 5). */
const addressList: Field<readonly CdpAddress[]> = {
  read(r) {
    u32.read(r);
    return capped(address, 0).read(r);
  },
  write(w, values) {
    u32.write(w, values.length);
    for (const value of values) address.write(w, value);
  },
};

/** Two bytes from some peers, four from others; written as four. */
const mtu: Field<number> = {
  read: (r) => (r.remaining === 2 ? r.u16() : r.u32()),
  write: (w, value) => w.u32(value),
};

/** `0xFFFFFFFF`: the switch has no preference. */
export const noManagementLevel = 0xffff_ffff;

/** TLV type → value. Lengths on the wire include the four bytes of type and length. */
const items = union({
  deviceId: [0x0001, struct({ text: restText })],
  addresses: [0x0002, struct({ addresses: addressList })],
  portId: [0x0003, struct({ text: restText })],
  capabilities: [0x0004, struct({ bits: u32 })],
  software: [0x0005, struct({ text: restText })],
  platform: [0x0006, struct({ text: restText })],
  vtpDomain: [0x0009, struct({ text: restText })],
  /** Data VLAN of the port. */
  nativeVlan: [0x000a, struct({ vlanId: u16 })],
  /** 0 half, 1 full. */
  duplex: [0x000b, struct({ mode: u8 })],
  /** Appliance 1 on Catalyst; VLAN 4095 "untagged voice", 0 "priority-tagged" (both to verify). */
  voiceVlan: [0x000e, struct({ entries: capped(struct({ appliance: u8, vlanId: u16 }), 1) })],
  /** Makes the switch answer at once; phones send 20 02 00 01, 3 or 2 bytes are seen too. */
  voiceVlanQuery: [0x000f, struct({ appliance: u8, value: rest })],
  /** Milliwatts, as a 7960 asks for them. */
  powerConsumption: [0x0010, struct({ milliwatts: u16 })],
  mtu: [0x0011, struct({ bytes: mtu })],
  /** Bit 0: markings from the PC port are trusted. */
  extendedTrust: [0x0012, struct({ bits: u8 })],
  /** 0–7, for frames of the PC port while they are not trusted. */
  untrustedCos: [0x0013, struct({ cos: u8 })],
  managementAddresses: [0x0016, struct({ addresses: addressList })],
  location: [0x0017, struct({ format: u8, text: restText })],
  /** Milliwatts, the preferred level first. */
  powerRequested: [0x0019, struct({ requestId: u16, managementId: u16, milliwatts: capped(u32, 0) })],
  /** Milliwatts: available, then the management level. */
  powerAvailable: [0x001a, struct({ requestId: u16, managementId: u16, milliwatts: capped(u32, 1) })],
  sparePair: [0x001f, struct({ bits: u8 })],
});

const tlvHeaderBytes = 4;

const tlvHeader: TlvHeader = {
  read(r) {
    const type = r.u16();
    const offset = r.offset;
    const length = r.u16();
    if (length < tlvHeaderBytes)
      throw new WireError("bad-length", offset, `TLV length ${length}, at least 4 belongs`);
    return { type, length: length - tlvHeaderBytes };
  },
  write(w, type, length) {
    w.u16(type);
    w.u16(length + tlvHeaderBytes);
  },
};

/** One TLV; a type nobody knows keeps its bytes. */
export type CdpTlv = ReturnType<typeof items.decode>;

/** A packet without its checksum, which is checked on reading and made on writing. */
export interface CdpPacket {
  /** 2; peers of version 1 are read too. */
  readonly version: number;
  /** How long a receiver keeps what it says; 0: forget the sender now. */
  readonly ttlSec: number;
  readonly tlvs: readonly CdpTlv[];
}

const version: Field<number> = mapped(
  u8,
  (wire) => {
    if (wire !== 1 && wire !== 2) throw new RangeError(`version ${wire}, 1 or 2 belongs`);
    return wire;
  },
  (value: number) => value,
);

const checksumAt = 2;

const fields = struct({
  version,
  ttlSec: u8,
  checksum: u16,
  tlvs: tlvs(tlvHeader, items, { most: mostTlvs }),
});

/** Version, TTL, checksum, TLVs. The checksum is checked first: any of the three variants of an odd length will do. */
export const cdpPacket: Field<CdpPacket> = {
  read(r) {
    const base = r.offset;
    const packet = r.bytes(r.remaining);
    if (!isChecksumAccepted(packet))
      throw new WireError("bad-checksum", base + checksumAt, "checksum fits no known variant");
    const { checksum: _checked, ...value } = fields.read(new Reader(packet, base));
    return value;
  },
  write(w, value) {
    const inner = new Writer();
    fields.write(inner, { ...value, checksum: 0 });
    inner.patchU16(checksumAt, cdpChecksum(inner.written()));
    w.bytes(inner.written());
  },
};

/** LLC AA AA 03 and SNAP OUI 00-00-0C. */
const llcSnap = Uint8Array.of(0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c);
const cdpProtocolId = 0x2000;
/** 802.3: a larger number is an EtherType (IEEE 802.3 §3.2.6). */
const mostPayload = 1500;

/** A frame for the CDP group: a packet, or another protocol that shares the address (VTP, DTP, PAgP, UDLD …). */
export type CdpFrame =
  | { readonly kind: "cdp"; readonly source: string; readonly packet: CdpPacket }
  | { readonly kind: "other"; readonly source: string; readonly protocolId: number };

/**
 * Decodes a whole Ethernet frame without tag and FCS. Padding after the 802.3 length is not looked at.
 * Throws WireError, also for a frame that was not sent to the CDP group (reference 2.7 rules 1 to 3).
 */
export function decodeCdpFrame(frame: Uint8Array): CdpFrame {
  return named("cdp", () => readFrame(new Reader(frame)));
}

function readFrame(r: Reader): CdpFrame {
  const destination = mac.read(r);
  if (destination !== cdpGroup)
    throw new WireError("bad-value", 0, `destination ${destination}, ${cdpGroup} belongs`);
  const source = mac.read(r);
  const length = r.u16();
  if (length > mostPayload)
    throw new WireError("bad-length", 12, `802.3 length ${length}, at most ${mostPayload} belongs`);
  const payload = r.sub(length);
  const head = payload.bytes(llcSnap.length);
  if (head.some((byte, i) => byte !== llcSnap[i]))
    throw new WireError("bad-value", 14, "LLC and SNAP are not AA AA 03 00 00 0C");
  const protocolId = payload.u16();
  if (protocolId !== cdpProtocolId) return { kind: "other", source, protocolId };
  return { kind: "cdp", source, packet: cdpPacket.read(payload) };
}

/** Encodes a whole frame, not padded to 60 bytes: the sender's hardware does that. */
export function encodeCdpFrame(source: string, packet: CdpPacket): Uint8Array {
  const payload = encode(cdpPacket, packet);
  const w = new Writer();
  mac.write(w, cdpGroup);
  mac.write(w, source);
  w.u16(llcSnap.length + 2 + payload.length);
  w.bytes(llcSnap);
  w.u16(cdpProtocolId);
  w.bytes(payload);
  return w.finish();
}
