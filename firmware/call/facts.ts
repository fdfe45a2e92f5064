// What menus show beside the phone view: facts that seldom change and that nobody watches. The composition root keeps
// them; ui/ chooses the words. Plain data.
import type { StatusMessage } from "#firmware/config/notices.ts";
import type { ServiceView } from "#firmware/xml/notices.ts";
import type { StreamStatistics } from "#hal/contract/media.ts";

/** One status message, newest last; `atMs` is milliseconds since start. */
export interface StatusEntry extends StatusMessage {
  readonly atMs: number;
}

/** The network as configured or learned; empty strings and undefined where there is none. */
export interface NetworkFacts {
  readonly mac: string;
  readonly hostName: string;
  readonly domain: string;
  readonly dhcpServer: string;
  readonly address: string;
  readonly mask: string;
  readonly tftpServer: string;
  readonly routers: readonly string[];
  readonly dnsServers: readonly string[];
  readonly operationalVlan: number | undefined;
  readonly adminVlan: number | undefined;
  readonly isDhcpEnabled: boolean;
  readonly isAlternateTftp: boolean;
}

/** Counters of the network ports since power-on. */
export interface PortFacts {
  readonly received: number;
  readonly sent: number;
  readonly receiveErrors: number;
  readonly broadcasts: number;
  /** Milliseconds since the last reset. */
  readonly sinceResetMs: number;
  /** What each port negotiated, from port 0 (network) on: `Full, 100`; undefined: link down. */
  readonly ports: readonly (string | undefined)[];
}

export interface VersionFacts {
  readonly application: string;
  readonly boot: string;
  readonly hardware: string;
  readonly serial: string;
}

/** An entry of the personal directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly number: string;
}

/** A picture of four greys, row by row from the top left: 0 white … 3 black, as the 7960 counts them. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly levels: Uint8Array;
}

/** Everything the menus need that the phone view does not hold. */
export interface PhoneFacts {
  readonly status: readonly StatusEntry[];
  readonly network: NetworkFacts;
  readonly ports: PortFacts | undefined;
  readonly versions: VersionFacts;
  readonly lineKeyCount: number;
  /** SIP is the protocol: its menu is shown. */
  readonly hasSipMenu: boolean;
  /** Statistics of the selected call's sound. */
  readonly media: StreamStatistics | undefined;
  /** Values of configuration parameters by name, as text, for the menus that show and change them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Parameters a file forbids the user to change. */
  readonly lockedSettings: readonly string[];
  /** The two configuration menus may be changed. */
  readonly isUnlocked: boolean;
  /** How they are unlocked: by the phone password; where none is set also by pressing `**#`, as in older releases. */
  readonly unlockedBy: "password" | "star-star-pound";
  /** Names of the rings there are to choose from. */
  readonly rings: readonly string[];
  readonly contrastPct: number;
  readonly personal: readonly DirectoryEntry[];
  readonly servicesUrl: string | undefined;
  readonly directoryUrl: string | undefined;
  /** The page of XML services that is open. */
  readonly service: ServiceView | undefined;
  /** The site's picture for the idle screen. */
  readonly logo: Picture | undefined;
}
