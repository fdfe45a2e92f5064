// Asterisk 16.28 from the bullseye root: chan_skinny and PJSIP in one, in the servers' namespace.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { subscriber } from "#test/fleet/subscriber.ts";
import { bullseyeRoot } from "./bullseye.ts";
import { type Net, serverAddress } from "./namespaces.ts";
import { type Peer, startPeer, writeConfiguration } from "./peer.ts";

export interface Asterisk extends Peer {
  /** A command of its console, e.g. `pjsip show contacts`. */
  cli(command: string): string;
  /** From now on it expects this password of user 6002. */
  setPassword(password: string): void;
}

export interface AsteriskOptions {
  /** Device name of the SCCP phone. */
  readonly skinnyDevice?: string;
  /** Of its folders, where a net has two. */
  readonly name?: string;
  readonly address?: string;
  /** Keepalives of SCCP phones; 30 unless told. */
  readonly keepAliveSec?: number;
  /** SCCP phones send each other their sound without it. (Not to PJSIP's: chan_skinny tells the bridge no packet time.) */
  readonly hasDirectMedia?: boolean;
  /** Knows so many phones of a fleet (test/fleet). */
  readonly fleet?: number;
  /** Of user 6002; `secret6002` unless told. */
  readonly password?: string;
  /** Seconds that a registration lasts at most; an hour unless told. */
  readonly mostExpiresSec?: number;
}

/** A certificate or key of test/vectors/tls. */
export const tlsVector = (name: string): string => join(import.meta.dirname, "../vectors/tls", name);

// Its own configuration and changing folders are laid over the shared root in a mount namespace that ends with it.
const script = `
set -e
root=$1 own=$2
for each in etc/asterisk var/lib/asterisk var/spool/asterisk run/asterisk var/log/asterisk; do
  mkdir -p "$root/$each"
  mount --bind "$own/$each" "$root/$each"
done
mount -t proc proc "$root/proc"
exec chroot "$root" /usr/sbin/asterisk -f -n -g
`;

/** Starts it and waits until it is fully booted. Users 6002 and 6003 (`secret6002`), SCCP lines 6001 and 6004. */
export async function startAsterisk(net: Net, options: AsteriskOptions = {}): Promise<Asterisk> {
  const root = bullseyeRoot();
  const { name = "asterisk", address = serverAddress, keepAliveSec = 30, hasDirectMedia = false } = options;
  const fleet = Array.from({ length: options.fleet ?? 0 }, (_, i) => subscriber(i));
  const own = join(net.folder, `${name}-root`);
  for (const folder of ["etc", "var/lib/asterisk", "var/spool/asterisk", "run/asterisk", "var/log/asterisk"])
    mkdirSync(join(own, folder), { recursive: true });
  const values = {
    ADDRESS: address,
    SKINNY_DEVICE: options.skinnyDevice ?? "SEP001122334455",
    KEEPALIVE_SEC: String(keepAliveSec),
    DIRECT_MEDIA: hasDirectMedia ? "yes" : "no",
    FLEET_LINES: fleet.map(({ number }) => `[${number}]\ncontext=phones\nlinelabel=${number}\n`).join(""),
    FLEET_DEVICES: fleet
      .map(({ deviceName, number }) => `[fleet${number}]\ndevice=${deviceName}\nline=${number}\n`)
      .join(""),
    PASSWORD: options.password ?? "secret6002",
    MOST_EXPIRES_SEC: String(options.mostExpiresSec ?? 3600),
  };
  const configuration = writeConfiguration(net.folder, "asterisk", values, name);
  for (const file of ["site-server.pem", "site-server.key"])
    copyFileSync(tlsVector(file), join(configuration, file));
  for (const ofOneBefore of ["etc/asterisk", "var/lib/asterisk/astdb.sqlite3"]) // who was registered, too
    rmSync(join(own, ofOneBefore), { recursive: true, force: true });
  execFileSync("cp", ["-r", configuration, join(own, "etc/asterisk")]);
  const ask = (pid: number, command: string): string =>
    execFileSync(
      "nsenter",
      ["-t", String(pid), "-m", "-n", "chroot", root, "/usr/sbin/asterisk", "-rx", command],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
  const isBooted = (_output: string, pid: number): boolean => {
    if (!existsSync(join(own, "run/asterisk/asterisk.ctl"))) return false;
    try {
      return ask(pid, "core waitfullybooted").includes("fully booted");
    } catch {
      return false; // its socket does not answer yet
    }
  };
  const peer = await startPeer({
    name,
    host: net.servers,
    program: "unshare",
    words: ["--mount", "--propagation", "private", "sh", "-c", script, "sh", root, own],
    isReady: isBooted,
    withinMs: 30_000,
  });
  const users = join(own, "etc/asterisk/pjsip.conf");
  return net.keep({
    ...peer,
    cli: (command) => ask(peer.pid, command),
    setPassword(password) {
      const text = readFileSync(users, "utf8");
      writeFileSync(users, text.replace(/^(username=6002\npassword=).*$/m, `$1${password}`));
      ask(peer.pid, "module reload res_pjsip.so");
    },
  });
}
