// From a decoded packet to what the phone believes about a neighbour: first TLV of a kind wins, text is cut and made
// printable, numbers are checked (reference boot-and-provisioning 2.7 rules 4, 5, 8).
import { type CdpAddress, type CdpPacket, type CdpTlv, noManagementLevel } from "./messages.ts";
import type { CdpNeighbour, CdpPowerAvailable, CdpVoiceVlan } from "./notices.ts";

/** Characters of a peer's text that are kept. */
const mostTextLength = 255;

/** At most 255 characters, what is not printable ASCII as a full stop. Never a format, path, file name or markup. */
export function printable(text: string): string {
  return text.slice(0, mostTextLength).replace(/[^\x20-\x7e]/g, ".");
}

type Kind = CdpTlv["kind"];

/** The first TLV of a kind; a repeated one does not count. */
function first<K extends Kind>(tlvs: readonly CdpTlv[], kind: K): Extract<CdpTlv, { kind: K }> | undefined {
  return tlvs.find((tlv): tlv is Extract<CdpTlv, { kind: K }> => tlv.kind === kind);
}

function textOf(tlvs: readonly CdpTlv[], kind: "deviceId" | "portId" | "platform" | "software"): string {
  return printable(first(tlvs, kind)?.text ?? "");
}

/** Appliance 1 is asked first, else the first entry counts (reference 2.3, TLV 0x0E). */
export function voiceVlanOf(
  entries: readonly { readonly appliance: number; readonly vlanId: number }[] | undefined,
): CdpVoiceVlan {
  const entry = entries?.find(({ appliance }) => appliance === 1) ?? entries?.[0];
  if (entry === undefined) return { kind: "none" };
  if (entry.vlanId >= 1 && entry.vlanId <= 4094) return { kind: "vlan", vlanId: entry.vlanId };
  if (entry.vlanId === 4095) return { kind: "untagged" };
  if (entry.vlanId === 0) return { kind: "priority-tagged" };
  return { kind: "out-of-range", value: entry.vlanId };
}

function powerOf(tlvs: readonly CdpTlv[]): CdpPowerAvailable | undefined {
  const tlv = first(tlvs, "powerAvailable");
  const available = tlv?.milliwatts[0];
  if (tlv === undefined || available === undefined) return undefined;
  const management = tlv.milliwatts[1];
  return {
    requestId: tlv.requestId,
    managementId: tlv.managementId,
    availableMilliwatts: available,
    managementMilliwatts: management === noManagementLevel ? undefined : management,
  };
}

function ip4Addresses(addresses: readonly CdpAddress[] | undefined): readonly string[] {
  return (addresses ?? []).flatMap((entry) => (entry.kind === "ip4" ? [entry.address] : []));
}

function trustOf(tlvs: readonly CdpTlv[]): CdpNeighbour["trust"] {
  const bits = first(tlvs, "extendedTrust")?.bits;
  const cos = first(tlvs, "untrustedCos")?.cos;
  if (bits === undefined && cos === undefined) return undefined;
  return { isTrusted: (bits ?? 0) % 2 === 1, untrustedPriority: cos !== undefined && cos <= 7 ? cos : 0 };
}

/** What a packet from `mac` says. */
export function neighbourOf(mac: string, packet: CdpPacket): CdpNeighbour {
  const { tlvs } = packet;
  const duplex = first(tlvs, "duplex")?.mode;
  const native = first(tlvs, "nativeVlan")?.vlanId;
  const location = first(tlvs, "location");
  return {
    mac,
    deviceId: textOf(tlvs, "deviceId"),
    portId: textOf(tlvs, "portId"),
    platform: textOf(tlvs, "platform"),
    software: textOf(tlvs, "software"),
    capabilities: first(tlvs, "capabilities")?.bits ?? 0,
    addresses: ip4Addresses(first(tlvs, "addresses")?.addresses),
    nativeVlan: native !== undefined && native >= 1 && native <= 4094 ? native : undefined,
    voiceVlan: voiceVlanOf(first(tlvs, "voiceVlan")?.entries),
    duplex: duplex === undefined ? undefined : duplex === 0 ? "half" : "full",
    power: powerOf(tlvs),
    trust: trustOf(tlvs),
    location: location === undefined ? undefined : printable(location.text),
    ttlSec: packet.ttlSec,
  };
}
