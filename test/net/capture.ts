// tcpdump on an interface, and tshark as the judge of what was on the wire.
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Host, Net } from "./namespaces.ts";
import { eventually, type Peer, startPeer } from "./peer.ts";

export interface Capture extends Peer {
  readonly file: string;
  /** One row per packet that matches `filter` (Wireshark's display filter), one column per field. */
  rows(filter: string, ...fields: readonly string[]): string[][];
  /** What tshark calls malformed of what `mac` sent; empty is what it should be. */
  malformedFrom(mac: string): string[][];
}

/** Reads a capture file with tshark. */
export function readCapture(file: string, filter: string, ...fields: readonly string[]): string[][] {
  const words = ["-n", "-r", file, "-Y", filter, "-T", "fields", ...fields.flatMap((field) => ["-e", field])];
  const output = execFileSync("tshark", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}

/** Starts a capture of everything on the host's interface. `stop` first, then read. */
export async function startCapture(net: Net, host: Host, name = "capture"): Promise<Capture> {
  const file = join(net.folder, `${name}.pcap`);
  const peer = await startPeer({
    name: "tcpdump",
    host,
    program: "tcpdump",
    // The usual 2 MB are a few frames where the card hands over whole segments: a busy machine lost 166 of 3000 packets.
    words: ["-i", host.interfaceName, "-B", "32768", "-U", "--immediate-mode", "-Z", "root", "-w", file],
    isReady: (output) => output.includes("listening on"),
  });
  await eventually("capture file", () => existsSync(file) && statSync(file).size > 0);
  return net.keep({
    ...peer,
    file,
    rows: (filter, ...fields) => readCapture(file, filter, ...fields),
    malformedFrom: (mac) =>
      readCapture(
        file,
        `eth.src == ${mac} && (_ws.malformed || _ws.short)`,
        "frame.number",
        "frame.protocols",
        "_ws.col.Info",
      ),
  });
}
