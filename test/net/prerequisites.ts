// What the net tier needs of a machine, and the image tier for its Asterisk: root, namespaces, and programs of
// .ci/packages.net. One sentence per lack.
import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** Program and the Debian package that has it. */
const programs: readonly (readonly [program: string, packageName: string])[] = [
  ["ip", "iproute2"],
  ["ethtool", "ethtool"],
  ["ss", "iproute2"],
  ["sysctl", "procps"],
  ["unshare", "util-linux"],
  ["nsenter", "util-linux"],
  ["mmdebstrap", "mmdebstrap"],
  ["dnsmasq", "dnsmasq-base"],
  ["kamailio", "kamailio"],
  ["kamcmd", "kamailio"],
  ["chronyd", "chrony"],
  ["baresip", "baresip-core"],
  ["sipp", "sip-tester"],
  ["lldpd", "lldpd"],
  ["scapy", "python3-scapy"],
  ["ovs-vswitchd", "openvswitch-switch"],
  ["ovs-vsctl", "openvswitch-switch"],
  ["kea-dhcp4", "kea-dhcp4-server"],
  ["atftpd", "atftpd"],
  ["busybox", "busybox"],
  ["tcpdump", "tcpdump"],
  ["tshark", "tshark"],
  ["busybox", "busybox"],
  ["tinyproxy", "tinyproxy"],
];

/** True where a program of this name can be run. */
export function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false; // the next folder
    }
  });
}

function canMakeNamespaces(): boolean {
  const name = `oh${process.pid}-probe`;
  try {
    execFileSync("ip", ["netns", "add", name], { stdio: "ignore" });
    execFileSync("ip", ["netns", "del", name], { stdio: "ignore" });
    return true;
  } catch {
    return false; // told as a sentence
  }
}

/** Sentences that say what of all this, or of these programs, is missing; empty when the tier can run. */
export function findMissing(tier = "net", wanted?: readonly string[]): readonly string[] {
  if (process.getuid?.() !== 0) return [`The ${tier} tier makes network namespaces and needs root.`];
  const missing = programs.filter(
    ([program]) => wanted?.includes(program) !== false && !isInstalled(program),
  );
  if (missing.length > 0) {
    const packages = [...new Set(missing.map(([, name]) => name))].sort().join(" ");
    const names = missing.map(([program]) => program).join(", ");
    return [`The ${tier} tier needs ${names}: apt-get install --no-install-recommends ${packages}`];
  }
  if (!canMakeNamespaces())
    return ["This machine refuses network namespaces (ip netns add): run as root with CAP_SYS_ADMIN."];
  return [];
}
