// What menus show beside the phone view, put together when something it is made from has changed.
import type {
  DirectoryEntry,
  NetworkFacts,
  PhoneFacts,
  Picture,
  PortFacts,
  StatusEntry,
} from "#firmware/call/facts.ts";
import type { PhoneConfig } from "#firmware/config/phone-config.ts";
import type { Lease } from "#firmware/dhcp/notices.ts";
import type { ServiceView } from "#firmware/xml/notices.ts";
import type { LinkState } from "#hal/contract/link.ts";
import type { StreamStatistics } from "#hal/contract/media.ts";
import { type Base, deviceName } from "./base.ts";
import { typedNetwork } from "./typed-network.ts";

/** Most status messages kept; older ones are in the log. */
const mostStatus = 100;

/** What `show config` has where a parameter has no value. */
const unset = "UNPROVISIONED";

/** Where the facts come from. */
export interface FactSources {
  config(): PhoneConfig | undefined;
  lease(): Lease | undefined;
  vlanId(): number | undefined;
  media(): StreamStatistics | undefined;
  contrastPct(): number;
  directory(): readonly DirectoryEntry[];
  rings(): { readonly names: readonly string[]; readonly chosen: string };
  prefix: "SEP" | "SIP";
  logo(): Picture | undefined;
  service(): ServiceView | undefined;
}

/** The facts, remade when told. */
export interface MenuFacts {
  facts(): PhoneFacts;
  /** Something they are made from has changed. */
  changed(): void;
  /** A status message; the newest is last. */
  status(message: Omit<StatusEntry, "atMs">): void;
  statusMessages(): readonly StatusEntry[];
  setUnlocked(isUnlocked: boolean): void;
  isUnlocked(): boolean;
}

export function createMenuFacts(base: Base, sources: FactSources): MenuFacts {
  const { hal, facts: board } = base;
  const { identity, clock } = hal;
  let status: readonly StatusEntry[] = [];
  let isUnlocked = false;
  let made: PhoneFacts | undefined;

  const make = (): PhoneFacts => {
    const config = sources.config();
    const values = config?.values ?? [];
    const rings = sources.rings();
    return {
      status,
      network: networkFacts(base, sources),
      ports: portFacts(base),
      versions: {
        application: `offhook-${identity.version}`,
        boot: hal.images
          .list()
          .map(({ name, version, isRunning }) => `${name}${isRunning ? "*" : ""} ${version ?? "-"}`)
          .join(" "),
        hardware: `${board.name} ${identity.hardwareRevision}`,
        serial: identity.serial,
      },
      lineKeyCount: board.lineKeyCount,
      hasSipMenu: config?.protocol !== "sccp",
      media: sources.media(),
      settings: {
        ...Object.fromEntries(values.map(({ name, text }) => [name, text === unset ? "" : text])),
        ring_type: rings.chosen,
      },
      lockedSettings: values.filter(({ isLocked }) => isLocked).map(({ name }) => name),
      isUnlocked,
      unlockedBy: config?.access.password === undefined ? "star-star-pound" : "password",
      rings: rings.names,
      contrastPct: sources.contrastPct(),
      personal: sources.directory(),
      servicesUrl: config?.urls.services,
      directoryUrl: config?.urls.directory,
      service: sources.service(),
      logo: sources.logo(),
    };
  };
  const change = (): void => {
    made = undefined;
  };
  return {
    facts: () => {
      made ??= make();
      return made;
    },
    changed: change,
    status(message) {
      status = [...status, { ...message, atMs: Math.round(clock.now()) }].slice(-mostStatus);
      change();
    },
    statusMessages: () => status,
    setUnlocked(value) {
      isUnlocked = value;
      change();
    },
    isUnlocked: () => isUnlocked,
  };
}

function networkFacts({ hal }: Base, sources: FactSources): NetworkFacts {
  const typed = typedNetwork(hal.storage);
  const lease = sources.lease();
  const config = sources.config();
  return {
    mac: hal.link.mac,
    hostName: deviceName(sources.prefix, hal.link.mac),
    domain: lease?.domainName ?? "",
    dhcpServer: lease?.server ?? "",
    address: lease?.address ?? "",
    mask: lease?.mask ?? "",
    tftpServer: config?.files[0]?.server ?? lease?.tftpServers[0] ?? "",
    routers: lease?.routers ?? [],
    dnsServers: lease?.dnsServers ?? [],
    operationalVlan: sources.vlanId(),
    adminVlan: typed.vlanId,
    isDhcpEnabled: lease?.origin !== "static",
    isAlternateTftp: typed.isAlternateTftp,
  };
}

function portFacts({ hal }: Base): PortFacts {
  const counters = hal.link.counters();
  return {
    received: counters.receivedFrames,
    sent: counters.sentFrames,
    receiveErrors: counters.receiveErrors,
    broadcasts: counters.broadcastsReceived,
    sinceResetMs: Math.round(hal.clock.now()),
    ports: [hal.link, hal.pcPort].flatMap((port) => (port === undefined ? [] : [negotiated(port.state())])),
  };
}

function negotiated({ isUp, duplex, speedMbps }: LinkState): string | undefined {
  if (!isUp) return undefined;
  return `${duplex === "half" ? "Half" : "Full"}, ${speedMbps ?? "?"}`;
}
