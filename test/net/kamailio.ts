// Kamailio 5.6: registrar and proxy with digest, on the servers' second address.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Net, secondAddress } from "./namespaces.ts";
import { type Peer, startPeer, writeConfiguration } from "./peer.ts";

export interface Kamailio extends Peer {
  /** A command of its control tool, e.g. `ul.dump`. */
  ctl(command: string): string;
}

export interface KamailioOptions {
  /** Of its folder, where a net has more than one. */
  readonly name?: string;
  readonly address?: string;
  /** How long a nonce holds; a short one makes it say `stale`. */
  readonly nonceSec?: number;
  /** Shortest and longest registration. */
  readonly expiresSec?: { readonly least: number; readonly most: number };
}

/** Starts it and waits until its control socket answers. Users 6002 and 6003 (`secret6002`). */
export async function startKamailio(net: Net, options: KamailioOptions = {}): Promise<Kamailio> {
  const { name = "kamailio", expiresSec = { least: 20, most: 3600 } } = options;
  const own = join(net.folder, name);
  const folder = writeConfiguration(own, "kamailio", {
    ADDRESS: options.address ?? secondAddress,
    FOLDER: join(own, "kamailio"),
    NONCE_SEC: String(options.nonceSec ?? 300),
    LEAST_SEC: String(expiresSec.least),
    MOST_SEC: String(expiresSec.most),
  });
  const socket = join(folder, "ctl");
  const ctl = (command: string): string =>
    execFileSync("kamcmd", ["-s", `unix:${socket}`, ...command.split(" ")], {
      encoding: "utf8",
      stdio: "pipe",
    });
  const answers = (): boolean => {
    try {
      return existsSync(socket) && ctl("core.uptime") !== "";
    } catch {
      return false; // not listening yet
    }
  };
  const words = ["-f", join(folder, "kamailio.cfg"), "-DD", "-E", "-Y", folder, "-P", join(folder, "pid")];
  const peer = await startPeer({ name, host: net.servers, program: "kamailio", words, isReady: answers });
  return net.keep({ ...peer, ctl });
}
