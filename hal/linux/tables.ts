// Neighbours and counters as the kernel tells them in /proc (proc_net(5)); those of this thread's network namespace.
import { readFileSync } from "node:fs";
import { HalError } from "#hal/contract/errors.ts";
import type { ArpEntry, Counters, NetworkTables } from "#hal/contract/tables.ts";
import { c, layout } from "./ffi/abi.ts";
import { ip4Bytes } from "./ffi/address.ts";
import { errno } from "./ffi/errno.ts";
import { type Request, viewOf } from "./netlink/message.ts";
import { type Rtnetlink, RtnetlinkRefusal } from "./netlink/rtnetlink.ts";
import type { Interface } from "./udp.ts";

const arpFile = "/proc/self/net/arp";
const snmpFile = "/proc/self/net/snmp";
const unresolved = "00:00:00:00:00:00";

export interface TablesOptions {
  readonly netlink: Pick<Rtnetlink, "ask">;
  /** The interface that carries IP traffic. */
  via(): Interface;
}

/** Tables of the interface in use. */
export function createTables({ netlink, via }: TablesOptions): NetworkTables {
  const arp = (): readonly ArpEntry[] => parseArpTable(read(arpFile), via().name);
  return {
    arp,
    clearArp() {
      const { name, index } = via();
      for (const { address } of arp()) {
        try {
          netlink.ask(deleteNeighbour(index, address), name);
        } catch (error) {
          if (!(error instanceof RtnetlinkRefusal) || error.errno !== errno.ENOENT) throw error;
        }
      }
    },
    counters() {
      const all = parseCounters(read(snmpFile));
      return { ip: all.get("Ip") ?? {}, tcp: all.get("Tcp") ?? {} };
    },
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new HalError("missing", path, "read", "the kernel has no such table", { cause });
  }
}

/** Neighbours of one interface that have answered. */
function parseArpTable(text: string, interfaceName: string): readonly ArpEntry[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [address, , , mac, , device] = line.split(/\s+/);
      if (address === undefined || mac === undefined || device !== interfaceName || mac === unresolved)
        return [];
      return [{ address, mac }];
    });
}

/** Pairs of lines: names, then values, each behind the name of the protocol. */
function parseCounters(text: string): ReadonlyMap<string, Counters> {
  const lines = text.split("\n").map((line) => line.split(/:?\s+/));
  const found = new Map<string, Counters>();
  for (const [index, [protocol, ...names]] of lines.entries()) {
    const [same, ...values] = lines[index + 1] ?? [];
    if (index % 2 === 1 || protocol === undefined || protocol !== same) continue;
    found.set(protocol, Object.fromEntries(names.map((name, at) => [name, Number(values[at])])));
  }
  return found;
}

/** Takes an address out of the neighbour table. */
function deleteNeighbour(index: number, address: string): Request {
  const at = layout.ndmsg;
  const head = new Uint8Array(at.sizeof);
  head[at.ndm_family] = c.AF_INET;
  viewOf(head).setInt32(at.ndm_ifindex, index, true);
  return {
    what: `forget neighbour ${address}`,
    type: c.RTM_DELNEIGH,
    flags: c.NLM_F_ACK,
    head,
    attributes: [{ type: c.NDA_DST, value: ip4Bytes(address) }],
  };
}
