// Two network namespaces and a bridge between them: `servers` (10.77.0.1 and 10.77.0.2 on br0) and `phone` (eth0). Hosts
// can be added beside the phone. Everything is named after the run and removed by `close`.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { enterNetworkNamespace } from "#hal/linux/ffi/namespace.ts";
import { openNets } from "./evidence.ts";
import type { Peer } from "./peer.ts";
import { folderPrefix, namespacePrefix, removeFolder, removeNamespace } from "./sweep.ts";

export const phoneMac = "00:11:22:33:44:55";
const bridgeMac = "02:00:5e:4d:00:01";
/** The address servers listen on, and a second one for a second registrar. */
export const serverAddress = "10.77.0.1";
export const secondAddress = "10.77.0.2";

/** A namespace and the end of its wire. */
export interface Host {
  readonly namespace: string;
  readonly interfaceName: string;
  /** The net's, where its programs' output is kept. */
  readonly folder: string;
  /** Runs a program inside and returns what it printed; throws when it fails. */
  run(program: string, ...words: string[]): string;
}

export interface Net {
  readonly servers: Host;
  readonly phone: Host;
  /** For configurations, captures and files; removed at the end. */
  readonly folder: string;
  /** The servers' end of the phone's wire: setting it down is pulling the cable. */
  readonly phonePort: string;
  /** The free end of a wire into the servers' bridge, for another switch. */
  readonly uplink: string;
  /** A further host on the bridge, with an address. */
  addHost(name: string, address: string): Host;
  /** A further phone on the bridge: its eth0 is down and has its hardware address; the bridge's port has its name. */
  addPhone(name: string, mac: string): Host;
  /** This process's main thread, and threads it starts later, are inside the phone's namespace from now on. */
  enterPhone(): void;
  /** Ends with the net. */
  keep<P extends Peer>(peer: P): P;
  close(): Promise<void>;
}

const run = process.env["OFFHOOK_NET_RUN"] ?? String(process.pid);
let made = 0;

function hostAt(namespace: string, interfaceName: string, folder: string): Host {
  return {
    namespace,
    interfaceName,
    folder,
    run: (program, ...words) =>
      execFileSync("ip", ["netns", "exec", namespace, program, ...words], {
        encoding: "utf8",
        stdio: "pipe",
      }),
  };
}

function addNamespace(name: string): void {
  execFileSync("ip", ["netns", "add", name]);
  const inside = (...words: string[]) =>
    execFileSync("ip", ["netns", "exec", name, ...words], { stdio: "pipe" });
  inside("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");
  inside("ip", "link", "set", "lo", "up");
}

/** A wire from the bridge to eth0 of a new host; sums are finished by the sender, as a card would. */
function connect(servers: Host, host: Host, port: string): void {
  const { interfaceName: name, namespace } = host;
  servers.run("ip", "link", "add", port, "type", "veth", "peer", "name", name, "netns", namespace);
  servers.run("ip", "link", "set", port, "master", "br0", "up");
  servers.run("ethtool", "-K", port, "tx", "off");
  host.run("ethtool", "-K", name, "tx", "off");
}

/** Makes the net; the phone's eth0 has its hardware address and is down, as a card at power-on. */
export function makeNet(): Net {
  made++;
  const prefix = `${namespacePrefix(run)}${process.pid}-${made}`;
  const names: string[] = [];
  const peers: Peer[] = [];
  const folder = mkdtempSync(join(tmpdir(), folderPrefix(run)));
  chmodSync(folder, 0o711); // servers that give up root must reach what is theirs in it
  const add = (short: string, interfaceName: string): Host => {
    const name = `${prefix}${short}`;
    addNamespace(name);
    names.push(name);
    return hostAt(name, interfaceName, folder);
  };
  const said = openNets.add(peers);
  const close = async (): Promise<void> => {
    said.close();
    for (const peer of peers.reverse()) await peer.stop();
    for (const name of names) removeNamespace(name);
    removeFolder(folder);
  };
  const servers = add("srv", "br0");
  // With an address of its own: else it takes the lowest of its ports', and changes it under the hosts that know it when a
  // port comes later; what they send to the old one is dropped until their neighbour entry is old.
  const bridge = ["br0", "address", bridgeMac, "type", "bridge", "forward_delay", "0", "stp_state", "0"];
  servers.run("ip", "link", "add", ...bridge);
  servers.run("ip", "link", "set", "br0", "up");
  // A port that is always up, so that the bridge has carrier while the phone's wire has none: kea opens no socket on an
  // interface that does not run.
  servers.run("ip", "link", "add", "held0", "type", "veth", "peer", "name", "held1");
  servers.run("ip", "link", "set", "held0", "master", "br0", "up");
  servers.run("ip", "link", "set", "held1", "up");
  for (const end of ["held0", "held1"]) servers.run("ethtool", "-K", end, "tx", "off");
  // LLDP and 802.1X cross the bridge: the far end of the wire is the switch.
  servers.run("sh", "-c", "echo 0x4008 > /sys/class/net/br0/bridge/group_fwd_mask");
  for (const address of [serverAddress, secondAddress])
    servers.run("ip", "addr", "add", `${address}/24`, "broadcast", "10.77.0.255", "dev", "br0");
  servers.run("ip", "route", "add", "224.0.0.0/4", "dev", "br0");
  const addPhone = (short: string, port: string, mac: string): Host => {
    const host = add(short, "eth0");
    connect(servers, host, port);
    host.run("ip", "link", "set", "eth0", "address", mac);
    return host;
  };
  const phone = addPhone("tel", "tel0", phoneMac);
  return {
    servers,
    phone,
    folder,
    phonePort: "tel0",
    uplink: "held1",
    addHost(name, address) {
      const host = add(name, "eth0");
      connect(servers, host, name);
      host.run("ip", "link", "set", "eth0", "up");
      host.run("ip", "addr", "add", `${address}/24`, "broadcast", "10.77.0.255", "dev", "eth0");
      return host;
    },
    addPhone: (name, mac) => addPhone(name, name, mac),
    enterPhone: () => enterNetworkNamespace(`/run/netns/${phone.namespace}`),
    keep(peer) {
      peers.push(peer);
      return peer;
    },
    close,
  };
}

/** True when some server is bound to that UDP port, as the kernel lists them. */
export function isBound(net: Net, address: string, port: number): boolean {
  return net.servers.run("ss", "-Hlun", `sport = :${port}`).includes(`${address}:${port}`);
}
