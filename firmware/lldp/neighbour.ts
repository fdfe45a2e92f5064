// From a decoded frame to what the phone believes about a neighbour: text cut and made printable, numbers checked, the
// first TLV of a kind counts.
import { ip4, latin1, mac } from "#firmware/wire/bytes.ts";
import { decode } from "#firmware/wire/field.ts";
import { Reader } from "#firmware/wire/reader.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import {
  application,
  chassisSubtype,
  type LldpFrame,
  type LldpTlv,
  medClass,
  portSubtype,
} from "./messages.ts";
import type { LldpLocation, LldpNeighbour, LldpPolicy } from "./notices.ts";

/** Characters of a peer's text that are kept. */
const mostTextLength = 255;

/** At most 255 characters, what is not printable ASCII as a full stop. */
export function printable(text: string): string {
  return text.slice(0, mostTextLength).replace(/[^\x20-\x7e]/g, ".");
}

type Of<K extends LldpTlv["kind"]> = Extract<LldpTlv, { kind: K }>;

function first<K extends LldpTlv["kind"]>(tlvs: readonly LldpTlv[], kind: K): Of<K> | undefined {
  return tlvs.find((tlv): tlv is Of<K> => tlv.kind === kind);
}

const familyIp4 = 1;

/** A chassis or port id as people read it: MAC and address by subtype, else text. */
function idText(id: Uint8Array, isMac: boolean, isAddress: boolean): string {
  if (isMac && id.length === 6) return decode("mac", mac, id);
  if (isAddress && id.length === 5 && id[0] === familyIp4) return decode("ip4", ip4, id.subarray(1));
  return printable(latin1(id));
}

/** The policy of an application. Endpoints echo what they use: only a network device says what to use. */
function policyOf(tlvs: readonly LldpTlv[], wanted: number): LldpPolicy | undefined {
  const deviceClass = first(tlvs, "medCapabilities")?.deviceClass;
  if (deviceClass !== undefined && deviceClass < medClass.networkConnectivity) return undefined;
  return tlvs.find(
    (tlv): tlv is Of<"networkPolicy"> => tlv.kind === "networkPolicy" && tlv.application === wanted,
  )?.policy;
}

const typePse = 0;
const atAllocatedAt = 3;

/** What the switch grants, in milliwatts: LLDP-MED first, else the 802.3at allocation. */
function grantedOf(tlvs: readonly LldpTlv[]): number | undefined {
  const med = first(tlvs, "extendedPower");
  if (med !== undefined && med.power.type === typePse) return med.tenthsWatt * 100;
  const more = first(tlvs, "powerViaMdi")?.more;
  if (more === undefined || more.length < atAllocatedAt + 2) return undefined;
  const allocated = new Reader(more.subarray(atAllocatedAt)).u16();
  return allocated === 0 ? undefined : allocated * 100;
}

const formats = { coordinates: 1, civic: 2, elin: 3 } as const;
const coordinateBytes = 16;

/** Undefined where the bytes make no sense: a location alone never spoils a frame. */
export function locationOf(format: number, data: Uint8Array): LldpLocation | undefined {
  switch (format) {
    case formats.coordinates:
      return data.length === coordinateBytes ? { kind: "coordinates", bytes: data } : undefined;
    case formats.elin: {
      const digits = latin1(data);
      return /^\d{10,25}$/.test(digits) ? { kind: "elin", digits } : undefined;
    }
    case formats.civic:
      return civic(data);
    default:
      return undefined;
  }
}

const mostElements = 32;

/** RFC 4776: length, what, country, then type, length, text. */
function civic(data: Uint8Array): LldpLocation | undefined {
  try {
    const r = new Reader(data);
    const inner = r.sub(r.u8());
    inner.u8();
    const country = printable(latin1(inner.bytes(2)));
    const elements: { readonly type: number; readonly text: string }[] = [];
    while (inner.remaining > 0 && elements.length < mostElements) {
      const type = inner.u8();
      elements.push({ type, text: printable(new TextDecoder().decode(inner.bytes(inner.u8()))) });
    }
    return { kind: "civic", country, elements };
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function addressesOf(tlvs: readonly LldpTlv[]): readonly string[] {
  return tlvs.flatMap((tlv) =>
    tlv.kind === "managementAddress" && tlv.address.family === familyIp4 && tlv.address.bytes.length === 4
      ? [decode("ip4", ip4, tlv.address.bytes)]
      : [],
  );
}

const mostAddresses = 8;

/** What a frame says. */
export function neighbourOf({ source, tlvs }: LldpFrame): LldpNeighbour {
  const chassis = first(tlvs, "chassisId");
  const port = first(tlvs, "portId");
  const location = first(tlvs, "location");
  const { mac: chassisMac, networkAddress: chassisAddress } = chassisSubtype;
  return {
    mac: source,
    chassisId: idText(
      chassis?.id ?? new Uint8Array(),
      chassis?.subtype === chassisMac,
      chassis?.subtype === chassisAddress,
    ),
    portId: idText(
      port?.id ?? new Uint8Array(),
      port?.subtype === portSubtype.mac,
      port?.subtype === portSubtype.networkAddress,
    ),
    portDescription: printable(first(tlvs, "portDescription")?.text ?? ""),
    systemName: printable(first(tlvs, "systemName")?.text ?? ""),
    systemDescription: printable(first(tlvs, "systemDescription")?.text ?? ""),
    capabilities: first(tlvs, "capabilities")?.enabled ?? 0,
    managementAddresses: addressesOf(tlvs).slice(0, mostAddresses),
    isMed: first(tlvs, "medCapabilities") !== undefined,
    voice: policyOf(tlvs, application.voice),
    voiceSignalling: policyOf(tlvs, application.voiceSignalling),
    grantedMilliwatts: grantedOf(tlvs),
    location: location === undefined ? undefined : locationOf(location.format, location.data),
    ttlSec: first(tlvs, "timeToLive")?.seconds ?? 0,
  };
}
