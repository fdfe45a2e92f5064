// What the kernel says of links, addresses and routes, as values. Unknown attributes are ignored.
import type { LinkCounters, Mac } from "#hal/contract/link.ts";
import type { InterfaceAddress, Ip4 } from "#hal/contract/network.ts";
import { c, layout } from "#hal/linux/ffi/abi.ts";
import { ip4Text, macText } from "#hal/linux/ffi/address.ts";
import {
  type Attributes,
  decodeAttributes,
  type Message,
  readText,
  readU32,
  splitPayload,
  viewOf,
} from "./message.ts";

export interface LinkFact {
  readonly index: number;
  readonly name: string | undefined;
  readonly mac: Mac | undefined;
  /** Burnt in; undefined where the device has none, as on virtual ones. */
  readonly permanentMac: Mac | undefined;
  readonly mtu: number | undefined;
  /** Switched on by us or somebody. */
  readonly isUp: boolean;
  /** A signal on the wire. */
  readonly hasCarrier: boolean;
  /** Index of the link below. */
  readonly parentIndex: number | undefined;
  readonly vlan: { readonly vlanId: number; readonly egressOfZero: number } | undefined;
  readonly counters: Omit<LinkCounters, "broadcastsReceived"> | undefined;
}

export interface AddressFact extends InterfaceAddress {
  readonly index: number;
}

export interface RouteFact {
  readonly index: number | undefined;
  readonly router: Ip4 | undefined;
  /** Prefix length of the destination; 0 is a default route. */
  readonly prefix: number;
  readonly table: number;
  readonly metric: number;
}

function hardware(bytes: Uint8Array | undefined): Mac | undefined {
  return bytes === undefined || bytes.length !== 6 ? undefined : macText(bytes);
}

function ip4(bytes: Uint8Array | undefined): Ip4 | undefined {
  return bytes === undefined || bytes.length !== 4 ? undefined : ip4Text(bytes);
}

function vlanOf(attributes: Attributes): LinkFact["vlan"] {
  const info = attributes.get(c.IFLA_LINKINFO);
  if (info === undefined) return undefined;
  const parts = decodeAttributes(info);
  const data = parts.get(c.IFLA_INFO_DATA);
  if (readText(parts, c.IFLA_INFO_KIND) !== "vlan" || data === undefined) return undefined;
  const inner = decodeAttributes(data);
  const id = inner.get(c.IFLA_VLAN_ID);
  if (id === undefined || id.length !== 2) return undefined;
  return { vlanId: viewOf(id).getUint16(0, true), egressOfZero: egressOfZero(inner) };
}

/** The 802.1p priority of packets without one of their own. The kernel lists the map as attributes of one type. */
function egressOfZero(data: Attributes): number {
  const map = data.get(c.IFLA_VLAN_EGRESS_QOS);
  const size = layout.nlattr.sizeof + layout.ifla_vlan_qos_mapping.sizeof;
  for (let offset = 0; map !== undefined && offset + size <= map.length; offset += size) {
    const view = viewOf(map.subarray(offset + layout.nlattr.sizeof));
    if (view.getUint32(0, true) === 0) return view.getUint32(4, true) & 7;
  }
  return 0;
}

function countersOf(bytes: Uint8Array | undefined): LinkFact["counters"] {
  const at = layout.rtnl_link_stats64;
  if (bytes === undefined || bytes.length < at.multicast + 8) return undefined;
  const count = (offset: number): number => Number(viewOf(bytes).getBigUint64(offset, true));
  return {
    receivedFrames: count(at.rx_packets),
    sentFrames: count(at.tx_packets),
    receiveErrors: count(at.rx_errors),
  };
}

/** RTM_NEWLINK or RTM_DELLINK. */
export function decodeLink({ payload }: Message): LinkFact {
  const at = layout.ifinfomsg;
  const { head, attributes } = splitPayload(payload, at.sizeof);
  const flags = head.getUint32(at.ifi_flags, true);
  return {
    index: head.getInt32(at.ifi_index, true),
    name: readText(attributes, c.IFLA_IFNAME),
    mac: hardware(attributes.get(c.IFLA_ADDRESS)),
    permanentMac: hardware(attributes.get(c.IFLA_PERM_ADDRESS)),
    mtu: readU32(attributes, c.IFLA_MTU),
    isUp: (flags & c.IFF_UP) !== 0,
    hasCarrier: (flags & c.IFF_UP) !== 0 && (flags & c.IFF_LOWER_UP) !== 0,
    parentIndex: readU32(attributes, c.IFLA_LINK),
    vlan: vlanOf(attributes),
    counters: countersOf(attributes.get(c.IFLA_STATS64)),
  };
}

/** RTM_NEWADDR or RTM_DELADDR; undefined for one that is not IPv4. */
export function decodeAddress({ payload }: Message): AddressFact | undefined {
  const at = layout.ifaddrmsg;
  const { head, attributes } = splitPayload(payload, at.sizeof);
  const address = ip4(attributes.get(c.IFA_LOCAL)) ?? ip4(attributes.get(c.IFA_ADDRESS));
  if (head.getUint8(at.ifa_family) !== c.AF_INET || address === undefined) return undefined;
  return { index: head.getUint32(at.ifa_index, true), address, prefix: head.getUint8(at.ifa_prefixlen) };
}

/** RTM_NEWROUTE or RTM_DELROUTE; undefined for one that is not IPv4. */
export function decodeRoute({ payload }: Message): RouteFact | undefined {
  const at = layout.rtmsg;
  const { head, attributes } = splitPayload(payload, at.sizeof);
  if (head.getUint8(at.rtm_family) !== c.AF_INET) return undefined;
  return {
    index: readU32(attributes, c.RTA_OIF),
    router: ip4(attributes.get(c.RTA_GATEWAY)),
    prefix: head.getUint8(at.rtm_dst_len),
    table: readU32(attributes, c.RTA_TABLE) ?? head.getUint8(at.rtm_table),
    metric: readU32(attributes, c.RTA_PRIORITY) ?? 0,
  };
}
