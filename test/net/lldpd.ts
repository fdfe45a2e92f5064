// lldpd 1.0.16 on the servers' end of the phone's wire: LLDP-MED voice VLAN, and a table of CDP and LLDP neighbours.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Net } from "./namespaces.ts";
import { type Peer, startPeer } from "./peer.ts";

export interface Lldpd extends Peer {
  /** A command of lldpcli, e.g. `show neighbors -f json`. */
  cli(command: string): string;
}

// Its folders are compiled in: a /run of its own in a mount namespace that ends with it. -H 0: a neighbour that speaks two
// protocols stays in both tables.
const script = `
set -e
mount --bind "$1" /run
mkdir -p /run/lldpd
exec lldpd -d -M 4 -H 0 -ccc -l -u /run/lldpd.socket -I "$2"
`;

/** Starts it on the phone's port of the bridge. */
export async function startLldpd(net: Net): Promise<Lldpd> {
  const folder = join(net.folder, "lldpd");
  mkdirSync(folder);
  const cli = (command: string): string =>
    execFileSync("lldpcli", ["-u", join(folder, "lldpd.socket"), ...command.split(" ")], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const answers = (): boolean => {
    try {
      return cli("show chassis") !== "";
    } catch {
      return false; // not listening yet
    }
  };
  const peer = await startPeer({
    name: "lldpd",
    host: net.servers,
    program: "unshare",
    words: ["--mount", "--propagation", "private", "sh", "-c", script, "sh", folder, net.phonePort],
    isReady: answers,
  });
  return net.keep({ ...peer, cli });
}
