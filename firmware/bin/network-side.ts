// The boot's orders to the interface: voice VLAN, address, neighbours, marking. Changes of the interface follow each
// other in the order they were decided.
import type { BootEffect, BootEvent } from "#firmware/boot/events.ts";
import { phoneCapabilities } from "#firmware/cdp/announcement.ts";
import { type Cdp, startCdp } from "#firmware/cdp/client.ts";
import type { PhoneConfig } from "#firmware/config/phone-config.ts";
import { type DhcpClient, startDhcp, startStaticAddress } from "#firmware/dhcp/client.ts";
import type { Lease } from "#firmware/dhcp/notices.ts";
import { identityOf } from "#firmware/dhcp/requests.ts";
import { type Lldp, startLldp } from "#firmware/lldp/client.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { LinkState, VlanTag } from "#hal/contract/link.ts";
import type { LinkMedia } from "#hal/contract/network.ts";
import type { Marking } from "#hal/contract/sockets.ts";
import { type Base, deviceName } from "./base.ts";
import { typedNetwork } from "./typed-network.ts";

/** Marking of voice and signalling where neither LLDP-MED nor the configuration says (reference X23). */
export interface Markings {
  readonly priority: number;
  /** Of the switch's policy; undefined: the configuration decides (reference X23). */
  readonly voiceDscp: number | undefined;
  readonly signallingPriority: number | undefined;
  readonly signallingDscp: number | undefined;
}

/** Signalling where nobody says otherwise: CS3 as Cisco configurations have it (reference boot 2.6). */
const usualSignalling = { priority: 3, dscp: 24 } as const;

export interface NetworkSide {
  /** True when the effect was one of the interface. */
  perform(effect: BootEffect): boolean;
  readonly cdp: Cdp;
  readonly lldp: Lldp;
  readonly dhcp: DhcpClient;
  /** `dyn_dns_addr_1/2`; empty: those of the lease. */
  setNameServers(servers: readonly string[]): void;
  /** `network_media_type`; a card that cannot is left as it is, and the log says so. */
  setMedia(media: MediaType): void;
  /** `pcPort` of the configuration: whether the computer behind the phone has its connection. */
  setPcPort(isEnabled: boolean): void;
  /** The lease in use. */
  lease(): Lease | undefined;
  markings(): Markings;
  /** Carrier as it is now, for the boot's beginning. */
  link(): LinkState;
}

/** How signalling leaves: as LLDP-MED says, else the configuration, else the usual. */
export function signallingMarking(markings: Markings, configured: number | undefined): Marking {
  return {
    dscp: markings.signallingDscp ?? configured ?? usualSignalling.dscp,
    priority: markings.signallingPriority ?? usualSignalling.priority,
  };
}

/** EF unless somebody says otherwise (reference boot 2.6). */
const usualVoiceDscp = 46;

/** 802.1p 5 unless somebody says otherwise (reference boot 2.6). */
const usualMarkings: Markings = {
  priority: 5,
  voiceDscp: undefined,
  signallingPriority: undefined,
  signallingDscp: undefined,
};

/** What the configuration says where the switch has no policy; before a configuration the usual one. */
export function voiceMarking(markings: Markings, configured: number | undefined): Marking {
  return { dscp: markings.voiceDscp ?? configured ?? usualVoiceDscp, priority: markings.priority };
}

/** `network_media_type` (reference cisco-7960-sip CFG-050). */
type MediaType = PhoneConfig["network"]["mediaType"];

const mediaOf: Readonly<Record<MediaType, LinkMedia>> = {
  Auto: "auto",
  Full100: { speedMbps: 100, duplex: "full" },
  Half100: { speedMbps: 100, duplex: "half" },
  Full10: { speedMbps: 10, duplex: "full" },
  Half10: { speedMbps: 10, duplex: "half" },
};

/** Starts CDP and DHCP; DHCP asks for nothing before the boot says so. */
export function createNetworkSide(
  base: Base,
  settings: { readonly prefix: "SEP" | "SIP" },
  tell: (event: BootEvent) => void,
): NetworkSide {
  const { hal, names, runtime, facts, options, signal } = base;
  const { identity } = hal;
  const hostName = deviceName(settings.prefix, hal.link.mac);
  let markings = usualMarkings;
  let lease: Lease | undefined;
  let configuredNameServers: readonly string[] = [];
  let media: MediaType = "Auto";
  let queue: Promise<void> = Promise.resolve();

  const cdp = startCdp({
    runtime,
    link: hal.link,
    facts: {
      deviceId: hostName,
      platform: `${identity.product} ${facts.lineKeyCount > 2 ? 7960 : 7940}`,
      software: identity.version,
      capabilities: phoneCapabilities(hal.pcPort !== undefined ? "with-pc-port" : "without-pc-port"),
      address: undefined,
      milliwatts: undefined,
      vlanId: undefined,
    },
    notify: (notice) => tell({ kind: "cdp", notice }),
    signal,
  });
  const lldp = startLldp({
    runtime,
    link: hal.link,
    facts: {
      mac: hal.link.mac,
      address: undefined,
      systemName: hostName,
      systemDescription: `${identity.product} ${identity.version}`,
      hasPcPort: hal.pcPort !== undefined,
      policy: undefined,
      milliwatts: undefined,
      inventory: {
        hardwareRevision: identity.hardwareRevision,
        firmwareRevision: identity.version,
        softwareRevision: identity.version,
        serialNumber: identity.serial,
        manufacturer: identity.product,
        model: facts.lineKeyCount > 2 ? "7960" : "7940",
        assetId: "",
      },
    },
    notify: (notice) => tell({ kind: "lldp", notice }),
    signal,
  });
  const dhcp = startDhcp({
    runtime,
    link: hal.link,
    storage: hal.storage,
    notify: (notice) => tell({ kind: "dhcp", notice }),
    signal,
  });
  const fixed = startStaticAddress({
    runtime,
    link: hal.link,
    notify: (notice) => tell({ kind: "dhcp", notice }),
    signal,
  });
  let isFixed = false;
  hal.link.changes.subscribe(({ isUp }) => tell({ kind: "link", isUp }), { signal });

  /** One change of the interface after the other; `after` gets the HalError that stopped it, if one did. */
  const change = (
    what: string,
    act: () => Promise<void>,
    after: (error: HalError | undefined) => void,
  ): void => {
    queue = queue.then(act).then(
      () => after(undefined),
      (error: unknown) => {
        if (error instanceof HalError) {
          runtime.log("net").warning(error.message);
          after(error);
        } else runtime.fail(`net ${what}`, error);
      },
    );
  };

  const setVlan = ({ tag }: Extract<BootEffect, { kind: "set-vlan" }>): void =>
    change(
      "set VLAN",
      () => hal.network.setVlan(tag),
      (error) => {
        const outcome =
          error === undefined ? "done" : error.code === "unsupported" ? "unsupported" : "failed";
        tell({ kind: "vlan-set", vlanId: tag?.vlanId, outcome });
      },
    );

  /** DHCP, or the typed-in address; the other one is silent. */
  const startAddress = (tag: VlanTag | undefined): void => {
    const typed = typedNetwork(hal.storage);
    isFixed = typed.fixed !== undefined;
    if (typed.fixed !== undefined) {
      dhcp.stop();
      fixed.start(typed.fixed, tag);
      return;
    }
    fixed.stop();
    dhcp.start({
      identity: identityOf(options.dhcpProfile, { hostName, product: identity.product }),
      tftp: typed.tftpWish,
      vlan: tag,
    });
  };

  /** Those of the configuration take the place of the lease's (reference START-024). */
  const useNameServers = (): void =>
    names.setServers(configuredNameServers.length > 0 ? configuredNameServers : (lease?.dnsServers ?? []));
  const useAddress = (wanted: Lease): void => {
    lease = wanted;
    const { address, mask, routers } = wanted;
    change(
      "set address",
      async () => {
        await hal.network.setAddress({ address, prefix: prefixOf(mask) });
        await hal.network.setRouter(routers[0]);
        useNameServers();
      },
      (error) => tell({ kind: "address-set", address, failure: error?.code }),
    );
  };

  const removeAddress = (): void => {
    lease = undefined;
    change(
      "remove address",
      async () => {
        await hal.network.setRouter(undefined);
        await hal.network.setAddress(undefined);
      },
      () => undefined,
    );
  };

  const tellPolicy = (vlanId: number | undefined): void => {
    const { priority, voiceDscp, signallingPriority, signallingDscp } = markings;
    lldp.update({
      policy: {
        vlanId,
        priority,
        voiceDscp: voiceDscp ?? usualVoiceDscp,
        signallingPriority: signallingPriority ?? usualSignalling.priority,
        signallingDscp: signallingDscp ?? usualSignalling.dscp,
      },
    });
  };

  const perform = (effect: BootEffect): boolean => {
    switch (effect.kind) {
      case "set-vlan":
        setVlan(effect);
        return true;
      case "mark":
        markings = effect;
        return true;
      case "discover":
        cdp.rediscover();
        lldp.rediscover();
        return true;
      case "negotiate-power":
        cdp.update({ milliwatts: effect.by === "cdp" ? powerWish(facts.requestedMilliwatts) : undefined });
        lldp.update({ milliwatts: effect.by === "lldp" ? facts.requestedMilliwatts : undefined });
        return true;
      case "trust-pc-port":
        if (hal.pcPort !== undefined)
          change(
            "trust",
            () => hal.pcPort?.setTrust(effect) ?? Promise.resolve(),
            () => undefined,
          );
        return true;
      case "describe":
        cdp.update({ address: effect.address, vlanId: effect.vlanId });
        lldp.update({ address: effect.address });
        tellPolicy(effect.vlanId);
        return true;
      case "start-address":
        startAddress(effect.tag);
        return true;
      case "verify-address":
        if (isFixed) fixed.verify();
        else dhcp.verify();
        return true;
      case "release-address":
        fixed.stop();
        dhcp.release();
        return true;
      case "stop-address":
        fixed.stop();
        dhcp.stop();
        return true;
      case "use-address":
        useAddress(effect.lease);
        return true;
      case "remove-address":
        removeAddress();
        return true;
      default:
        return false;
    }
  };

  return {
    perform,
    cdp,
    lldp,
    dhcp,
    setNameServers(servers) {
      configuredNameServers = servers;
      useNameServers();
    },
    setMedia(wanted) {
      if (wanted === media) return; // setting it again would take the carrier away
      media = wanted;
      change(
        "set media",
        () => hal.network.setMedia(mediaOf[wanted]),
        () => undefined,
      );
    },
    setPcPort(isEnabled) {
      const port = hal.pcPort;
      if (port === undefined || port.isEnabled() === isEnabled) return;
      change(
        isEnabled ? "switch the PC port on" : "switch the PC port off",
        () => port.setEnabled(isEnabled),
        () => undefined,
      );
    },
    lease: () => lease,
    markings: () => markings,
    link: () => hal.link.state(),
  };
}

const powerWish = (milliwatts: number | undefined): readonly number[] | undefined =>
  milliwatts === undefined ? undefined : [milliwatts];

/** Ones at the front of a mask; masks with holes were refused by the DHCP client. */
export function prefixOf(mask: string): number {
  return mask
    .split(".")
    .map((octet) => Number(octet).toString(2).replaceAll("0", "").length)
    .reduce((sum, ones) => sum + ones, 0);
}

/** The local broadcast address. */
export function broadcastOf(address: string, mask: string): string {
  const octets = mask.split(".").map(Number);
  return address
    .split(".")
    .map((octet, i) => (Number(octet) & (octets[i] ?? 0)) | (~(octets[i] ?? 0) & 0xff))
    .join(".");
}
