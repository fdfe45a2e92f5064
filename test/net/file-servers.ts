// TFTP by atftpd (which knows windowsize) and tftpd-hpa, as second opinions beside dnsmasq's.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tftpRoot } from "./dhcp-servers.ts";
import { isBound, type Net, secondAddress, serverAddress } from "./namespaces.ts";
import { type Peer, startPeer } from "./peer.ts";

/** atftpd 0.8 on the servers' first address. */
export async function startAtftpd(net: Net): Promise<Peer> {
  const words = [
    "--daemon",
    "--no-fork",
    "--user",
    "root",
    "--group",
    "root",
    "--verbose=5",
    "--logfile",
    "-",
  ];
  const peer = await startPeer({
    name: "atftpd",
    host: net.servers,
    program: "atftpd",
    words: [...words, "--bind-address", serverAddress, tftpRoot(net)],
    isReady: () => isBound(net, serverAddress, 69),
  });
  return net.keep(peer);
}

/** tftpd-hpa 5.2's program: its package conflicts with atftpd's, so it is unpacked aside, once. */
export function tftpdHpa(): string {
  const folder = join(import.meta.dirname, "../../node_modules/.cache/peers/tftpd-hpa");
  const program = join(folder, "usr/sbin/in.tftpd");
  if (existsSync(program)) return program;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  execFileSync("apt-get", ["-o", "Acquire::Retries=5", "download", "tftpd-hpa"], {
    cwd: partial,
    stdio: "pipe",
  });
  const archive = readdirSync(partial).find((name) => name.endsWith(".deb"));
  if (archive === undefined) throw new Error("apt-get download tftpd-hpa brought no package");
  execFileSync("dpkg-deb", ["-x", join(partial, archive), partial]);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return program;
}

/** tftpd-hpa on the servers' second address. */
export async function startTftpdHpa(net: Net): Promise<Peer> {
  const words = [
    "--foreground",
    "--user",
    "root",
    "--address",
    `${secondAddress}:69`,
    "--secure",
    tftpRoot(net),
  ];
  const peer = await startPeer({
    name: "tftpd-hpa",
    host: net.servers,
    program: tftpdHpa(),
    words,
    isReady: () => isBound(net, secondAddress, 69),
  });
  return net.keep(peer);
}
