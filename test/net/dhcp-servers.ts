// DHCP by dnsmasq (with TFTP) and by kea, on the servers' bridge.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Net, secondAddress, serverAddress } from "./namespaces.ts";
import { type Peer, startPeer, writeConfiguration } from "./peer.ts";

export interface DnsmasqOptions {
  /** Addresses of option 150; absent: the servers' own. Empty: none is sent. */
  readonly tftpServers?: readonly string[];
  /** Further options as dnsmasq writes them, e.g. `66,"10.77.0.1"`. */
  readonly options?: readonly string[];
  readonly leaseSec?: number;
  /** Further words for its command line. */
  readonly words?: readonly string[];
}

/** The folder that dnsmasq serves by TFTP; put files there. */
export function tftpRoot(net: Net): string {
  const folder = join(net.folder, "tftp");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** dnsmasq 2.90: leases 10.77.0.100 to 10.77.0.150 and files by TFTP. Without `no-ping` each first offer takes 3 s. */
export async function startDnsmasq(net: Net, options: DnsmasqOptions = {}): Promise<Peer> {
  const { tftpServers = [serverAddress], leaseSec = 3600 } = options;
  const option150 = tftpServers.length === 0 ? [] : [`150,${tftpServers.join(",")}`];
  const words = [
    "--no-daemon",
    "--conf-file=/dev/null",
    "--port=0",
    "--no-ping",
    "--dhcp-authoritative",
    "--log-dhcp",
    "--user=root",
    "--interface=br0",
    "--bind-interfaces",
    `--dhcp-range=10.77.0.100,10.77.0.150,255.255.255.0,10.77.0.255,${leaseSec}`,
    `--dhcp-option=option:router,${serverAddress}`,
    `--dhcp-leasefile=${join(net.folder, "dnsmasq.leases")}`,
    `--pid-file=${join(net.folder, "dnsmasq.pid")}`,
    "--enable-tftp",
    `--tftp-root=${tftpRoot(net)}`,
    ...[...option150, ...(options.options ?? [])].map((option) => `--dhcp-option-force=${option}`),
    ...(options.words ?? []),
  ];
  const isReady = (output: string): boolean => /dnsmasq-tftp.*TFTP root is/.test(output);
  const peer = await startPeer({ name: "dnsmasq", host: net.servers, program: "dnsmasq", words, isReady });
  return net.keep(peer);
}

export interface KeaOptions {
  readonly leaseSec?: number;
  /** Addresses of option 150, an array; absent: both of the servers' own. */
  readonly tftpServers?: readonly string[];
}

/** kea 2.2: leases 10.77.0.160 to 10.77.0.199, option 150 as an array. */
export async function startKea(net: Net, options: KeaOptions = {}): Promise<Peer> {
  const { leaseSec = 3600, tftpServers = [serverAddress, secondAddress] } = options;
  const folder = writeConfiguration(net.folder, "kea", {
    LEASE_SEC: String(leaseSec),
    TFTP_SERVERS: tftpServers.join(", "),
  });
  const peer = await startPeer({
    name: "kea",
    host: net.servers,
    program: "kea-dhcp4",
    words: ["-c", join(folder, "kea.conf")],
    environment: { KEA_PIDFILE_DIR: folder, KEA_LOCKFILE_DIR: folder },
    isReady: (output) => output.includes("DHCP4_STARTED"),
  });
  return net.keep(peer);
}
