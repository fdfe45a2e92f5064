// chrony 4.3 as a time server: unicast, and broadcast or multicast where asked. It never touches the clock (-x).
import { join } from "node:path";
import { isBound, type Net, serverAddress } from "./namespaces.ts";
import { type Peer, startPeer, writeConfiguration } from "./peer.ts";

export interface ChronyOptions {
  /** Addresses that get a packet every five seconds, e.g. `10.77.0.255`, `224.0.1.1`. */
  readonly broadcasts?: readonly string[];
}

export async function startChrony(net: Net, options: ChronyOptions = {}): Promise<Peer> {
  const folder = writeConfiguration(net.folder, "chrony", {
    ADDRESS: serverAddress,
    FOLDER: join(net.folder, "chrony"),
    BROADCASTS: (options.broadcasts ?? []).map((address) => `broadcast 5 ${address}`).join("\n"),
  });
  const peer = await startPeer({
    name: "chrony",
    host: net.servers,
    program: "chronyd",
    words: ["-x", "-d", "-u", "root", "-f", join(folder, "chrony.conf")],
    isReady: () => isBound(net, serverAddress, 123),
  });
  return net.keep(peer);
}
