// What is asked of the kernel: one function per question or order. test/vectors/netlink has the bytes that `ip` sends.
import type { Mac } from "#hal/contract/link.ts";
import type { InterfaceAddress, Ip4 } from "#hal/contract/network.ts";
import { c, layout } from "#hal/linux/ffi/abi.ts";
import { ip4Bytes, macBytes } from "#hal/linux/ffi/address.ts";
import { type Attribute, type Request, text, u32, viewOf } from "./message.ts";

const ack = c.NLM_F_ACK;

/** The fixed part of an order about a link; `change` has the flags that `flags` speaks of. */
export function linkHead(index: number, flags = 0, change = 0): Uint8Array {
  const at = layout.ifinfomsg;
  const head = new Uint8Array(at.sizeof);
  viewOf(head).setInt32(at.ifi_index, index, true);
  viewOf(head).setUint32(at.ifi_flags, flags, true);
  viewOf(head).setUint32(at.ifi_change, change, true);
  return head;
}

function addressHead(index: number, prefix: number): Uint8Array {
  const at = layout.ifaddrmsg;
  const head = new Uint8Array(at.sizeof);
  head[at.ifa_family] = c.AF_INET;
  head[at.ifa_prefixlen] = prefix;
  viewOf(head).setUint32(at.ifa_index, index, true);
  return head;
}

function routeHead(fields: { protocol?: number; scope: number; type?: number; flags?: number }): Uint8Array {
  const at = layout.rtmsg;
  const head = new Uint8Array(at.sizeof);
  head[at.rtm_family] = c.AF_INET;
  head[at.rtm_table] = c.RT_TABLE_MAIN;
  head[at.rtm_protocol] = fields.protocol ?? 0;
  head[at.rtm_scope] = fields.scope;
  head[at.rtm_type] = fields.type ?? 0;
  viewOf(head).setUint32(at.rtm_flags, fields.flags ?? 0, true);
  return head;
}

/** One interface by name; the answer is a link message. */
export function getLink(name: string): Request {
  const attributes = [{ type: c.IFLA_IFNAME, value: text(`${name}\0`) }];
  return { what: `look up interface ${name}`, type: c.RTM_GETLINK, flags: 0, head: linkHead(0), attributes };
}

/** Every interface. */
export const dumpLinks: Request = {
  what: "list interfaces",
  type: c.RTM_GETLINK,
  flags: c.NLM_F_DUMP,
  head: linkHead(0),
  attributes: [],
};

/** Every IPv4 address. */
export const dumpAddresses: Request = {
  what: "list addresses",
  type: c.RTM_GETADDR,
  flags: c.NLM_F_DUMP,
  head: addressHead(0, 0),
  attributes: [],
};

/** Every IPv4 route. */
export const dumpRoutes: Request = {
  what: "list routes",
  type: c.RTM_GETROUTE,
  flags: c.NLM_F_DUMP,
  head: (() => {
    const head = new Uint8Array(layout.rtmsg.sizeof);
    head[layout.rtmsg.rtm_family] = c.AF_INET;
    return head;
  })(),
  attributes: [],
};

/** As `ip link set … up`. */
export function setLinkUp(index: number): Request {
  const head = linkHead(index, c.IFF_UP, c.IFF_UP);
  return { what: "set the link up", type: c.RTM_NEWLINK, flags: ack, head, attributes: [] };
}

/** As `ip link set … down`. */
export function setLinkDown(index: number): Request {
  const head = linkHead(index, 0, c.IFF_UP);
  return { what: "set the link down", type: c.RTM_NEWLINK, flags: ack, head, attributes: [] };
}

/** As `ip link set … mtu N`. */
export function setLinkMtu(index: number, mtu: number): Request {
  const attributes = [{ type: c.IFLA_MTU, value: u32(mtu) }];
  return { what: `set MTU ${mtu}`, type: c.RTM_NEWLINK, flags: ack, head: linkHead(index), attributes };
}

/** As `ip link set … address MAC`. */
export function setLinkMac(index: number, mac: Mac): Request {
  const attributes = [{ type: c.IFLA_ADDRESS, value: macBytes(mac) }];
  return { what: `set address ${mac}`, type: c.RTM_NEWLINK, flags: ack, head: linkHead(index), attributes };
}

/** As `ip link del …`. */
export function deleteLink(index: number): Request {
  return { what: "remove the link", type: c.RTM_DELLINK, flags: ack, head: linkHead(index), attributes: [] };
}

/** Pairs of kernel priority and 802.1p priority, 0–7. */
export type PriorityMap = readonly (readonly [from: number, to: number])[];

export interface VlanLink {
  readonly parentIndex: number;
  readonly name: string;
  /** 0–4094. */
  readonly vlanId: number;
  /** 802.1p priority of received frames to the packet's priority. */
  readonly ingress?: PriorityMap;
  /** A packet's priority to the 802.1p priority it is sent with. */
  readonly egress?: PriorityMap;
}

function priorityMap(type: number, map: PriorityMap | undefined): Attribute[] {
  if (map === undefined) return [];
  const at = layout.ifla_vlan_qos_mapping;
  const value = map.map(([from, to]) => {
    const bytes = new Uint8Array(at.sizeof);
    viewOf(bytes).setUint32(at.from, from, true);
    viewOf(bytes).setUint32(at.to, to, true);
    return { type: c.IFLA_VLAN_QOS_MAPPING, value: bytes };
  });
  return [{ type, value }];
}

/** As `ip link add link PARENT name NAME type vlan id N [ingress-qos-map …] [egress-qos-map …]`, byte for byte. */
export function addVlan(vlan: VlanLink): Request {
  const id = new Uint8Array(2);
  viewOf(id).setUint16(0, vlan.vlanId, true);
  const data = [
    { type: c.IFLA_VLAN_ID, value: id },
    ...priorityMap(c.IFLA_VLAN_INGRESS_QOS, vlan.ingress),
    ...priorityMap(c.IFLA_VLAN_EGRESS_QOS, vlan.egress),
  ];
  const kind = { type: c.IFLA_INFO_KIND, value: text("vlan") };
  return {
    what: `add VLAN link ${vlan.name}`,
    type: c.RTM_NEWLINK,
    flags: ack | c.NLM_F_CREATE | c.NLM_F_EXCL,
    head: linkHead(0),
    attributes: [
      { type: c.IFLA_LINK, value: u32(vlan.parentIndex) },
      { type: c.IFLA_IFNAME, value: text(`${vlan.name}\0`) },
      { type: c.IFLA_LINKINFO, value: [kind, { type: c.IFLA_INFO_DATA, value: data }] },
    ],
  };
}

/** The broadcast address of an address and its prefix. */
export function broadcastOf({ address, prefix }: InterfaceAddress): Ip4 {
  const value = viewOf(ip4Bytes(address)).getUint32(0);
  const host = prefix === 32 ? 0 : 0xffffffff >>> prefix;
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, (value | host) >>> 0);
  return bytes.join(".");
}

/** As `ip addr replace ADDRESS/PREFIX broadcast … dev …`. */
export function replaceAddress(index: number, { address, prefix }: InterfaceAddress): Request {
  return {
    what: `set address ${address}/${prefix}`,
    type: c.RTM_NEWADDR,
    flags: ack | c.NLM_F_CREATE | c.NLM_F_REPLACE,
    head: addressHead(index, prefix),
    attributes: [
      { type: c.IFA_LOCAL, value: ip4Bytes(address) },
      { type: c.IFA_BROADCAST, value: ip4Bytes(broadcastOf({ address, prefix })) },
      { type: c.IFA_ADDRESS, value: ip4Bytes(address) },
    ],
  };
}

/** As `ip addr del ADDRESS/PREFIX dev …`. */
export function deleteAddress(index: number, { address, prefix }: InterfaceAddress): Request {
  return {
    what: `remove address ${address}/${prefix}`,
    type: c.RTM_DELADDR,
    flags: ack,
    head: addressHead(index, prefix),
    attributes: [
      { type: c.IFA_LOCAL, value: ip4Bytes(address) },
      { type: c.IFA_ADDRESS, value: ip4Bytes(address) },
    ],
  };
}

export interface DefaultRoute {
  readonly index: number;
  readonly router: Ip4;
  /** The router is outside the address's prefix, but on this wire. */
  readonly isOnLink?: boolean;
  /** Routes with a smaller one go first; absent is 0. */
  readonly metric?: number;
}

function routeAttributes({ index, router, metric }: DefaultRoute): Attribute[] {
  const attributes = [
    { type: c.RTA_GATEWAY, value: ip4Bytes(router) },
    { type: c.RTA_OIF, value: u32(index) },
  ];
  return metric === undefined ? attributes : [...attributes, { type: c.RTA_PRIORITY, value: u32(metric) }];
}

/** As `ip route replace|add default via ROUTER dev …`. `add` fails with EEXIST where another route stands. */
export function setDefaultRoute(route: DefaultRoute, how: "add" | "replace"): Request {
  return {
    what: `set default route via ${route.router}`,
    type: c.RTM_NEWROUTE,
    flags: ack | c.NLM_F_CREATE | (how === "add" ? c.NLM_F_EXCL : c.NLM_F_REPLACE),
    head: routeHead({
      protocol: c.RTPROT_BOOT,
      scope: c.RT_SCOPE_UNIVERSE,
      type: c.RTN_UNICAST,
      flags: route.isOnLink === true ? c.RTNH_F_ONLINK : 0,
    }),
    attributes: routeAttributes(route),
  };
}

/** As `ip route del default via ROUTER dev …`. */
export function deleteDefaultRoute(route: DefaultRoute): Request {
  return {
    what: `remove default route via ${route.router}`,
    type: c.RTM_DELROUTE,
    flags: ack,
    head: routeHead({ scope: c.RT_SCOPE_NOWHERE }),
    attributes: routeAttributes(route),
  };
}
