// Open vSwitch 3.1 with its userspace datapath: the phone's wire in a switch with 802.1Q, where the kernel may have none.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Net } from "./namespaces.ts";
import { startPeer } from "./peer.ts";

export interface OpenVswitch {
  /** An access port of this VLAN in the servers' namespace, with an address. */
  addAccess(name: string, vlanId: number, address: string): void;
  /** The VLANs of the Ethernet addresses it has learnt, one `port VLAN MAC age` a line. */
  learnt(): string;
}

const schema = "/usr/share/openvswitch/vswitch.ovsschema";
const program = (name: string): string => `/usr/sbin/${name}`;

/**
 * Takes the phone's wire from the bridge to a switch port: `dataVlan` untagged, which is the bridge with its servers, and
 * `voiceVlan` tagged.
 */
export async function startOpenVswitch(
  net: Net,
  vlans: { readonly dataVlan: number; readonly voiceVlan: number },
): Promise<OpenVswitch> {
  const folder = join(net.folder, "ovs");
  mkdirSync(folder);
  const at = (name: string): string => join(folder, name);
  const environment = { OVS_RUNDIR: folder, OVS_LOGDIR: folder, OVS_DBDIR: folder, OVS_SYSCONFDIR: folder };
  const socket = `unix:${at("db.sock")}`;
  const run = (name: string, ...words: string[]): string =>
    execFileSync(name, words, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
  const vsctl = (...words: string[]): string => run("ovs-vsctl", `--db=${socket}`, "--timeout=5", ...words);

  run("ovsdb-tool", "create", at("conf.db"), schema);
  const host = net.servers;
  const common = ["--no-chdir", "-vconsole:info", "-vsyslog:off"];
  const database = await startPeer({
    name: "ovsdb-server",
    host,
    program: program("ovsdb-server"),
    words: [at("conf.db"), `--remote=p${socket}`, `--unixctl=${at("db.ctl")}`, ...common],
    environment,
    isReady: () => existsSync(at("db.sock")),
  });
  net.keep(database);
  vsctl("--no-wait", "init");
  const daemon = await startPeer({
    name: "ovs-vswitchd",
    host,
    program: program("ovs-vswitchd"),
    words: [socket, `--unixctl=${at("vswitchd.ctl")}`, ...common],
    environment,
    isReady: () => existsSync(at("vswitchd.ctl")),
  });
  net.keep(daemon);
  const { dataVlan, voiceVlan } = vlans;
  host.run("ip", "link", "set", net.phonePort, "nomaster");
  vsctl("add-br", "ovs0", "--", "set", "bridge", "ovs0", "datapath_type=netdev");
  const mode = ["vlan_mode=native-untagged", `tag=${dataVlan}`, `trunks=${voiceVlan}`];
  vsctl("add-port", "ovs0", net.phonePort, ...mode);
  vsctl("add-port", "ovs0", net.uplink, `tag=${dataVlan}`);
  return {
    addAccess(name, vlanId, address) {
      const internal = ["--", "set", "interface", name, "type=internal"];
      vsctl("add-port", "ovs0", name, `tag=${vlanId}`, ...internal);
      host.run("ip", "addr", "add", `${address}/24`, "dev", name);
      host.run("ip", "link", "set", name, "up");
      host.run("ethtool", "-K", name, "tx", "off"); // sums are finished by the sender
    },
    learnt: () => run("ovs-appctl", "-t", at("vswitchd.ctl"), "fdb/show", "ovs0"),
  };
}
