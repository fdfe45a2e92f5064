// A web server and a forward proxy: busybox's httpd, and tinyproxy 1.11.
import { join } from "node:path";
import type { Host, Net } from "./namespaces.ts";
import { type Peer, startPeer, writeConfiguration } from "./peer.ts";

export const webPort = 8080;
export const proxyPort = 3128;

const isListening = (host: Host, port: number): boolean =>
  host.run("ss", "-Hltn", `sport = :${port}`).includes(`:${port}`);

/** Serves a folder on one address of a host; tells each request and its status. */
export async function startHttpd(net: Net, host: Host, address: string, folder: string): Promise<Peer> {
  const peer = await startPeer({
    name: "httpd",
    host,
    program: "busybox",
    words: ["httpd", "-f", "-vv", "-p", `${address}:${webPort}`, "-h", folder],
    isReady: () => isListening(host, webPort),
  });
  return net.keep(peer);
}

/** Lets everybody of the net through, to wherever its host can reach; tells each request with its whole address. */
export async function startTinyproxy(net: Net, host: Host, address: string): Promise<Peer> {
  const folder = writeConfiguration(net.folder, "tinyproxy", { ADDRESS: address });
  const peer = await startPeer({
    name: "tinyproxy",
    host,
    program: "tinyproxy",
    words: ["-d", "-c", join(folder, "tinyproxy.conf")],
    isReady: () => isListening(host, proxyPort),
  });
  return net.keep(peer);
}
