// The simulated kernel's network: ARP, IPv4, ICMP, UDP, TCP over one port, put together. Phones and lab hosts use the same.
import { HalError } from "#hal/contract/errors.ts";
import type { LinkPort } from "#hal/contract/link.ts";
import type { Ip4, NetworkConfig, NetworkState } from "#hal/contract/network.ts";
import type { ProbeAnswer } from "#hal/contract/probe.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Sockets } from "#hal/contract/sockets.ts";
import type { NetworkTables } from "#hal/contract/tables.ts";
import type { Clock } from "#hal/contract/time.ts";
import type { CableEnd } from "./cable.ts";
import { Drops } from "./drops.ts";
import { buildFrame, etherType, headerLength } from "./ethernet.ts";
import { Icmp, type ProbeOptions } from "./icmp.ts";
import { createInterface, type Interface } from "./interface.ts";
import { Ip, isForVlan } from "./ip.ts";
import { Neighbours } from "./neighbours.ts";
import { broadcastMac, macAt, u16 } from "./octets.ts";
import { createPort } from "./port.ts";
import { Tcp } from "./tcp.ts";
import { Udp } from "./udp.ts";

export interface StackOptions {
  /** Interface name for people and logs. */
  readonly name: string;
  readonly mac: string;
  readonly end: CableEnd;
  readonly clock: Clock;
  readonly random: Random;
  /** What the interface holds at start: nothing unless told. */
  readonly found?: Partial<NetworkState>;
}

/** A host's network: what a kernel gives to programs. */
export interface Stack {
  readonly link: LinkPort;
  readonly network: NetworkConfig;
  readonly sockets: Sockets;
  readonly drops: Drops;
  /** For routers: forwarding is off until `ip.forward` is set. */
  readonly ip: Ip;
  readonly tables: NetworkTables;
  /** Tells the link where our address is (gratuitous ARP). */
  announce(): void;
  /** What comes back for one echo request. */
  probe(to: Ip4, options: ProbeOptions): Promise<ProbeAnswer>;
  /** Round trip in ms; rejects with HalError `timeout` or `unreachable`. */
  ping(to: Ip4, options: { readonly timeoutMs: number; readonly sizeBytes?: number }): Promise<number>;
  /** As if the power went: no alarm and no listener is left, nothing more is sent. */
  close(): void;
}

/** A network stack on one end of a cable. */
export function createStack(options: StackOptions): Stack {
  const { name, mac, end, clock, random } = options;
  const life = new AbortController();
  const { signal } = life;
  const port = createPort({ name, mac, end, clock, signal });
  const network: Interface = createInterface(name, options.found);
  const drops = new Drops();
  const neighbours = new Neighbours({
    own: mac,
    network,
    clock,
    send: (destination, payload) =>
      port.send(buildFrame(destination, mac, etherType.arp, payload), network.state().vlan),
    refused: (reason) => drops.count(`arp ${reason}`),
  });
  const ip = new Ip({ port, network, neighbours, clock, random, drops });
  const icmp = new Icmp({ ip, network, clock, random, drops });
  const udp = new Udp({ ip, icmp, network, random, drops });
  const tcp = new Tcp({ ip, icmp, network, clock, random, drops });

  port.incoming.subscribe(
    (frame) => {
      if (!isForVlan(frame, network.state().vlan) || !isForHost(frame.bytes, mac)) return;
      const type = u16(frame.bytes, 12);
      if (type === etherType.arp) neighbours.receive(frame.bytes.subarray(headerLength));
      else if (type === etherType.ip4) ip.receive(frame);
    },
    { signal },
  );
  // Linux forgets its neighbours with the carrier; another address or VLAN means other neighbours.
  port.changes.subscribe((state) => state.isUp || neighbours.flush(), { signal });
  network.changes.subscribe(() => neighbours.flush(), { signal });

  const noTls = (): HalError =>
    new HalError("unsupported", name, "connect TLS", "the simulated network has no TLS");
  return {
    link: port,
    network,
    sockets: {
      openUdp: (udpOptions) => udp.open(udpOptions),
      connectTcp: (to, tcpOptions) => tcp.connect(to, tcpOptions),
      connectTls: () => Promise.reject(noTls()),
      listenTcp: (listenPort, tcpOptions) => tcp.listen(listenPort, tcpOptions),
    },
    drops,
    ip,
    tables: {
      arp: () => neighbours.list(),
      clearArp: () => neighbours.flush(),
      counters: () => ({ ip: { ...ip.counts }, tcp: { ...tcp.counts } }),
    },
    announce: () => neighbours.announce(),
    probe: (to, probeOptions) => icmp.probe(to, probeOptions),
    ping: (to, pingOptions) => icmp.ping(to, pingOptions),
    close() {
      life.abort();
      neighbours.close();
      tcp.close();
      udp.close();
      icmp.close();
      ip.close();
    },
  };
}

/** Own address, broadcast, or any group: the groups are told apart above. */
function isForHost(frame: Uint8Array, own: string): boolean {
  const destination = macAt(frame, 0);
  return destination === own || destination === broadcastMac || ((frame[0] ?? 0) & 1) === 1;
}
