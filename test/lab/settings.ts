// Everything about the lab that can be set: plain data, so that a fault is a function from settings to settings.
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Impairment } from "#hal/sim/net/cable.ts";
import type { CdpSettings } from "./cdp-speaker.ts";
import type { DhcpScope, DhcpSettings } from "./dhcp-server.ts";
import type { DnsSettings } from "./dns-server.ts";
import type { FileFault } from "./files.ts";
import { goodHandset, type HandsetSettings } from "./handset.ts";
import type { LldpSettings } from "./lldp-speaker.ts";
import type { LabDevices } from "./sccp/devices.ts";
import { type CallManagerPlay, chanSkinny } from "./sccp/play.ts";
import type { SntpSettings } from "./sntp-server.ts";
import { defaultTftp, type TftpSettings } from "./tftp-server.ts";

/** Addresses of the lab (10.77.0.0/16 throughout). */
export const place = {
  voiceVlan: 110,
  dataVlan: 1,
  /** DHCP, TFTP, HTTP, DNS, time and the first registrar. */
  server: "10.77.110.1",
  /** Second TFTP server and second registrar. */
  second: "10.77.110.2",
  /** Third call manager. */
  third: "10.77.110.3",
  router: "10.77.110.254",
  /** DHCP in the data VLAN. */
  dataServer: "10.77.1.1",
  dataRouter: "10.77.1.254",
  /** First address of the voice pool; the squatter sits on it. */
  firstVoice: "10.77.110.20",
  firstData: "10.77.1.20",
  domain: "lab.example",
} as const;

/** One file server, over TFTP and HTTP. */
export interface FileServerSettings {
  readonly tftp: TftpSettings;
  readonly fault: FileFault;
}

/** What the lab's registrars do; the SIP server of the lab reads this. */
export interface SipSettings {
  /** User part → password as the registrars know it. */
  readonly users: Readonly<Record<string, string>>;
  /** What the phone's file names as proxy: an address, the domain whose SRV records name both registrars, or `USECALLMANAGER`. */
  readonly proxy: string;
  readonly expiresSec: number;
  /** `off`: the machine is gone, nothing answers. `stopped`: the machine answers, the program does not run. */
  readonly first: RegistrarState;
  readonly second: RegistrarState;
  /** Answers every REGISTER with this status; undefined: properly. */
  readonly registerStatus: number | undefined;
  /** The same for the second registrar alone. */
  readonly secondStatus: number | undefined;
  readonly secondLine: SecondLine | undefined;
  readonly transport: "udp" | "tls";
  /** The image that the phone's file names; undefined: none. */
  readonly load: string | undefined;
  /** The first registrar stops so long after its first registration and comes back knowing nobody. */
  readonly restart: { readonly afterMs: number; readonly downMs: number } | undefined;
}

export type RegistrarState = "up" | "stopped" | "off";

/** What the lab's call managers do (SCCP). */
export interface SccpSettings {
  /** Device name → buttons, on every server. */
  readonly devices: LabDevices;
  readonly play: CallManagerPlay;
  /** The servers of the phone's list. `off`: their machine hears no SCCP any more, as after a power cut. */
  readonly servers: {
    readonly first: RegistrarState;
    readonly second: RegistrarState;
    readonly third: RegistrarState;
  };
}

/** The settings change once, when something is first seen. */
export interface LaterChange {
  /** `what` of the log entry that starts it. */
  readonly at: string;
  readonly afterMs: number;
  readonly change: (settings: LabSettings) => LabSettings;
}

/** A second line in the phone's file. */
export interface SecondLine {
  readonly user: string;
  /** As the file has it. */
  readonly password: string;
  /** Host of its own proxy. */
  readonly proxy: string;
}

/** Unplugs the phone once, when something is first seen. */
export interface FlapSettings {
  /** `what` of the log entry that starts it; `start`: at once. */
  readonly at: "start" | "cdp query" | "discover" | "read" | "REGISTER" | "registered";
  readonly afterMs: number;
  readonly downMs: number;
}

export interface LabSettings {
  /** Of the phone whose files are served. */
  readonly phoneMac: Mac;
  readonly protocol: "sip" | "sccp" | "prx";
  readonly cdp: CdpSettings;
  /** Undefined: the switch speaks no LLDP, as Cisco's do unless told. */
  readonly lldp: LldpSettings | undefined;
  /** What the phone's cable does to frames. */
  readonly cable: Impairment;
  readonly dhcp: {
    readonly voice: DhcpSettings;
    readonly data: DhcpSettings;
    /** A second server in the voice VLAN, on the second host; undefined: none. */
    readonly rival: DhcpSettings | undefined;
  };
  /** Somebody has the first address of the voice pool without asking. */
  readonly hasSquatter: boolean;
  readonly files: { readonly first: FileServerSettings; readonly second: FileServerSettings };
  readonly dns: DnsSettings;
  readonly time: SntpSettings;
  readonly sip: SipSettings;
  readonly sccp: SccpSettings;
  readonly flap: FlapSettings | undefined;
  /** False: nothing is plugged into the phone's socket. */
  readonly hasCable: boolean;
  readonly later: LaterChange | undefined;
  readonly handset: HandsetSettings;
}

const voiceScope: DhcpScope = {
  serverId: place.server,
  pool: { first: place.firstVoice, size: 100 },
  mask: "255.255.255.0",
  routers: [place.router],
  dnsServers: [place.server],
  domainName: place.domain,
  ntpServers: [place.server],
  tftpServers: [place.server, place.second],
  tftpServerName: undefined,
  nextServer: undefined,
  leaseSec: 3600,
  renewalSec: undefined,
  rebindingSec: undefined,
  extra: [],
};

const dataScope: DhcpScope = {
  ...voiceScope,
  serverId: place.dataServer,
  pool: { first: place.firstData, size: 100 },
  routers: [place.dataRouter],
};

const goodDhcp = { play: { kind: "good" }, isAuthoritative: false, delayMs: 0 } as const;
const goodFiles: FileServerSettings = { tftp: defaultTftp, fault: "serve" };

const a = (name: string, address: Ip4) => ({ name, ttlSec: 300, type: "A", address }) as const;

/** LLDP-MED as a switch with a voice VLAN speaks it. */
export const medSwitch: LldpSettings = {
  systemName: "lab-switch",
  voice: { isTagged: true, vlanId: place.voiceVlan, priority: 5, dscp: 46 },
  signalling: { isTagged: true, vlanId: place.voiceVlan, priority: 3, dscp: 24 },
  grantedMilliwatts: 15_400,
};

/** A network on which everything works. */
export const defaultSettings: LabSettings = {
  phoneMac: "00:11:22:33:44:55",
  protocol: "sip",
  cdp: {
    voices: [{ deviceId: "lab-switch", voiceVlan: place.voiceVlan }],
    nativeVlan: place.dataVlan,
    availableMilliwatts: 15_400,
  },
  lldp: undefined,
  cable: {},
  dhcp: {
    voice: { ...goodDhcp, scope: voiceScope },
    data: { ...goodDhcp, scope: dataScope },
    rival: undefined,
  },
  hasSquatter: false,
  files: { first: goodFiles, second: goodFiles },
  dns: {
    zone: [
      a("sip1.lab.example", place.server),
      a("sip2.lab.example", place.second),
      a("tftp.lab.example", place.server),
      a("ntp.lab.example", place.server),
      srv(10, 5060, "sip1.lab.example"),
      srv(20, 5060, "sip2.lab.example"),
      {
        name: place.domain,
        ttlSec: 300,
        type: "NAPTR",
        order: 50,
        preference: 50,
        flags: "s",
        service: "SIP+D2U",
        regexp: "",
        replacement: "_sip._udp.lab.example",
      },
    ],
    play: "good",
    mostUdpBytes: 512,
  },
  time: {
    play: { kind: "good" },
    unixMsAtZero: 1_767_225_600_000, // 2026-01-01T00:00:00Z
    broadcastTo: [],
    broadcastEveryMs: 64_000,
  },
  sip: {
    users: { "1001": "lab-1001", "1002": "lab-1002" },
    proxy: place.server,
    expiresSec: 3600,
    first: "up",
    second: "up",
    registerStatus: undefined,
    secondStatus: undefined,
    secondLine: undefined,
    transport: "udp",
    load: undefined,
    restart: undefined,
  },
  sccp: {
    devices: {
      SEP001122334455: {
        buttons: [
          { kind: "line", number: "1001", name: "Lab phone", label: "1001" },
          { kind: "line", number: "1003", name: "Second line", label: "1003" },
          { kind: "speed-dial", number: "600", label: "Echo" },
          { kind: "hint", number: "1002", label: "Desk 2" },
        ],
      },
      SEP001122334466: {
        buttons: [{ kind: "line", number: "1002", name: "Other phone", label: "1002" }],
      },
    },
    play: chanSkinny,
    servers: { first: "up", second: "up", third: "up" },
  },
  flap: undefined,
  hasCable: true,
  later: undefined,
  handset: goodHandset,
};

function srv(priority: number, port: number, target: string) {
  return {
    name: "_sip._udp.lab.example",
    ttlSec: 300,
    type: "SRV",
    priority,
    weight: 0,
    port,
    target,
  } as const;
}
