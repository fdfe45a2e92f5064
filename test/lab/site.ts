// The hosts of the lab and the servers that run on them, each reading its part of the settings.
import type { Random } from "#hal/contract/random.ts";
import type { Clock } from "#hal/contract/time.ts";
import { startDhcpServer } from "./dhcp-server.ts";
import { startDnsServer } from "./dns-server.ts";
import { type Files, playUnder } from "./files.ts";
import { createHost, type Host } from "./host.ts";
import { configurationPort, startHttpServer } from "./http-server.ts";
import type { LabLog } from "./log.ts";
import { createRouter } from "./router.ts";
import { type LabSettings, place } from "./settings.ts";
import { watchSip } from "./sip-watch.ts";
import { startSntpServer } from "./sntp-server.ts";
import type { Switch } from "./switch.ts";
import { startTftpServer } from "./tftp-server.ts";

/** Who is where. */
export interface Hosts {
  /** 10.77.110.1: everything, and the first registrar. */
  readonly server: Host;
  /** 10.77.110.2: second TFTP server and second registrar. */
  readonly second: Host;
  /** 10.77.110.3: third call manager. */
  readonly third: Host;
  /** 10.77.1.1: DHCP in the data VLAN. */
  readonly dataServer: Host;
  /** Sits on the first address of the voice pool; plugged in by a fault alone. */
  readonly squatter: Host;
}

export interface SiteOptions {
  readonly network: Switch;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: () => LabSettings;
  readonly files: Files;
  readonly log: LabLog;
  readonly signal: AbortSignal;
}

/** Attaches every host and starts every server; ends with the signal. */
export async function openSite(options: SiteOptions): Promise<Hosts> {
  const { signal } = options;
  const host = (name: string, last: string, vlan: number, address: string, router: string): Host =>
    createHost({ name, mac: `00:11:22:33:44:${last}`, vlan, address, prefix: 24, router }, options);
  const { voiceVlan, dataVlan } = place;
  const hosts: Hosts = {
    server: host("server", "01", voiceVlan, place.server, place.router),
    second: host("second", "02", voiceVlan, place.second, place.router),
    third: host("third", "04", voiceVlan, place.third, place.router),
    dataServer: host("data server", "03", dataVlan, place.dataServer, place.dataRouter),
    squatter: host("squatter", "66", voiceVlan, place.firstVoice, place.router),
  };
  hosts.squatter.port.cable.unplug();
  const router = createRouter(
    [
      { vlan: voiceVlan, mac: "00:11:22:33:44:fd", address: place.router, prefix: 24 },
      { vlan: dataVlan, mac: "00:11:22:33:44:fe", address: place.dataRouter, prefix: 24 },
    ],
    options,
  );
  signal.addEventListener(
    "abort",
    () => {
      for (const one of Object.values(hosts)) one.close();
      router.close();
    },
    { once: true },
  );
  startAddressServers(hosts, options);
  await startFileServers(hosts, options);
  startSntpServer({
    ...serving(hosts.server, options),
    settings: () => options.settings().time,
    tell: options.log.teller("ntp"),
  });
  await startDnsServer({
    ...serving(hosts.server, options),
    settings: () => options.settings().dns,
    tell: options.log.teller("dns"),
  });
  watchSip(hosts.server, options.log.teller("sip 1"), signal);
  watchSip(hosts.second, options.log.teller("sip 2"), signal);
  return hosts;
}

/** What every server is given. */
function serving(host: Host, { clock, signal }: SiteOptions) {
  return { sockets: host.stack.sockets, link: host.stack.link, clock, signal };
}

function startAddressServers(hosts: Hosts, options: SiteOptions): void {
  const { settings, log } = options;
  startDhcpServer({
    ...serving(hosts.server, options),
    settings: () => settings().dhcp.voice,
    tell: log.teller("dhcp voice"),
  });
  startDhcpServer({
    ...serving(hosts.dataServer, options),
    settings: () => settings().dhcp.data,
    tell: log.teller("dhcp data"),
  });
  startDhcpServer({
    ...serving(hosts.second, options),
    settings: () => settings().dhcp.rival ?? { ...settings().dhcp.voice, play: { kind: "silent" } },
    tell: (what, facts) => {
      if (settings().dhcp.rival !== undefined) log.teller("dhcp rival")(what, facts);
    },
  });
}

async function startFileServers(hosts: Hosts, options: SiteOptions): Promise<void> {
  const { settings, files, log } = options;
  for (const name of ["first", "second"] as const) {
    const host = name === "first" ? hosts.server : hosts.second;
    const play = (fileName: string) => playUnder(settings().files[name].fault, files, fileName);
    startTftpServer({
      ...serving(host, options),
      settings: () => settings().files[name].tftp,
      play,
      tell: log.teller(`tftp ${host.address}`),
    });
    await startHttpServer({
      ...serving(host, options),
      port: configurationPort,
      play,
      tell: log.teller(`http ${host.address}`),
    });
  }
}
