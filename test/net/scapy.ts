// scapy 2.5 as the switch at the far end of the phone's wire: CDP by a program that is not ours, and its reading of ours.
import { join } from "node:path";
import type { Net } from "./namespaces.ts";
import { type Peer, startPeer } from "./peer.ts";

/** Debian's own Python: the machine may have another one first on its path, without Debian's scapy. */
const python = "/usr/bin/python3";

/** Its output has a line for each frame of the phone's. */
export async function startScapySwitch(net: Net): Promise<Peer> {
  const peer = await startPeer({
    name: "scapy",
    host: net.servers,
    program: python,
    words: [join(import.meta.dirname, "peers/scapy/switch.py"), net.phonePort],
    isReady: (output) => output.includes("ready"),
    withinMs: 20_000,
  });
  return net.keep(peer);
}
