// Orders about a bridge of the kernel. test/vectors/netlink has the bytes that `ip` and `bridge` send.
import type { Mac } from "#hal/contract/link.ts";
import { c, layout } from "#hal/linux/ffi/abi.ts";
import { macBytes } from "#hal/linux/ffi/address.ts";
import { type Attribute, type Request, text, u32, viewOf } from "./message.ts";
import { linkHead } from "./requests.ts";

/** 01-80-C2-00-00-03: 802.1X of a computer is the switch's to answer. */
const passedGroups = 1 << 3;

export interface BridgeLink {
  readonly name: string;
  readonly mac: Mac;
  /** Tagged frames do not enter; kernels without VLANs refuse with EOPNOTSUPP. */
  readonly isFiltering: boolean;
}

function u16(value: number): Uint8Array {
  const bytes = new Uint8Array(2);
  viewOf(bytes).setUint16(0, value, true);
  return bytes;
}

/** As `ip link add name NAME address MAC type bridge forward_delay 0 stp_state 0 [vlan_filtering 1] group_fwd_mask 8`. */
export function addBridge({ name, mac, isFiltering }: BridgeLink): Request {
  const filtering: Attribute[] = isFiltering
    ? [{ type: c.IFLA_BR_VLAN_FILTERING, value: Uint8Array.of(1) }]
    : [];
  const data: Attribute[] = [
    { type: c.IFLA_BR_FORWARD_DELAY, value: u32(0) },
    { type: c.IFLA_BR_STP_STATE, value: u32(0) },
    ...filtering,
    { type: c.IFLA_BR_GROUP_FWD_MASK, value: u16(passedGroups) },
  ];
  const kind = { type: c.IFLA_INFO_KIND, value: text("bridge") };
  return {
    what: `add bridge ${name}`,
    type: c.RTM_NEWLINK,
    flags: c.NLM_F_ACK | c.NLM_F_CREATE | c.NLM_F_EXCL,
    head: linkHead(0),
    attributes: [
      { type: c.IFLA_ADDRESS, value: macBytes(mac) },
      { type: c.IFLA_IFNAME, value: text(`${name}\0`) },
      { type: c.IFLA_LINKINFO, value: [kind, { type: c.IFLA_INFO_DATA, value: data }] },
    ],
  };
}

/** As `ip link set … master BRIDGE`. */
export function setLinkMaster(index: number, bridgeIndex: number): Request {
  return {
    what: "make it a port of the bridge",
    type: c.RTM_NEWLINK,
    flags: c.NLM_F_ACK,
    head: linkHead(index),
    attributes: [{ type: c.IFLA_MASTER, value: u32(bridgeIndex) }],
  };
}

/** As `bridge mdb add dev BRIDGE port BRIDGE grp MAC permanent`: frames to the group come to this host and go no further. */
export function endGroupHere(bridgeIndex: number, group: Mac): Request {
  const head = new Uint8Array(layout.br_port_msg.sizeof);
  head[layout.br_port_msg.family] = c.AF_BRIDGE;
  viewOf(head).setUint32(layout.br_port_msg.ifindex, bridgeIndex, true);
  const at = layout.br_mdb_entry;
  const entry = new Uint8Array(at.sizeof);
  viewOf(entry).setUint32(at.ifindex, bridgeIndex, true);
  entry[at.state] = c.MDB_PERMANENT;
  entry.set(macBytes(group), at.addr);
  return {
    what: `keep ${group} from being forwarded`,
    type: c.RTM_NEWMDB,
    flags: c.NLM_F_ACK | c.NLM_F_CREATE | c.NLM_F_EXCL,
    head,
    attributes: [{ type: c.MDBA_SET_ENTRY, value: entry }],
  };
}
