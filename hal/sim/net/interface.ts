// What the simulated kernel knows of its one interface: address, router, voice VLAN, MTU. Meets NetworkConfig.
import { HalError } from "#hal/contract/errors.ts";
import type { VlanTag } from "#hal/contract/link.ts";
import type { InterfaceAddress, Ip4, NetworkConfig, NetworkState } from "#hal/contract/network.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { anyAddress, isIp4, isMulticast, isSameSubnet, limitedBroadcast, subnetBroadcast } from "./octets.ts";

/** The interface as the protocols above it see it. */
export interface Interface extends NetworkConfig {
  /** After every change of VLAN or address: other neighbours from here on. */
  readonly changes: Stream<NetworkState>;
  isOwn(address: Ip4): boolean;
  /** Limited, or all ones in the host part. */
  isBroadcast(address: Ip4): boolean;
  /** Whom to ask ARP for: the destination itself, or the router; undefined without a route. */
  nextHop(destination: Ip4): Ip4 | undefined;
}

/** An interface, without VLAN and address unless `found` says so. `name` appears in errors. */
export function createInterface(name: string, found: Partial<NetworkState> = {}): Interface {
  const changes = new Emitter<NetworkState>();
  let present: NetworkState = {
    vlan: undefined,
    address: undefined,
    router: undefined,
    mtu: 1500,
    media: "auto",
    ...found,
  };

  const change = (next: Partial<NetworkState>): void => {
    present = { ...present, ...next };
    if ("vlan" in next || "address" in next) changes.emit(present);
  };
  const refuse = (operation: string, detail: string): Promise<never> =>
    Promise.reject(new HalError("io", name, operation, detail));

  return {
    changes,
    state: () => present,
    isOwn: (address) => present.address?.address === address,
    isBroadcast(address) {
      if (address === limitedBroadcast) return true;
      const own = present.address;
      return own !== undefined && own.prefix < 31 && address === subnetBroadcast(own.address, own.prefix);
    },
    nextHop(destination) {
      const own = present.address;
      if (own === undefined) return undefined;
      return isSameSubnet(own.address, destination, own.prefix) ? destination : present.router;
    },
    setVlan(tag) {
      if (tag !== undefined && !isTag(tag))
        return refuse("set VLAN", `VLAN ${tag.vlanId} priority ${tag.priority}, expected 0–4094 and 0–7`);
      if (!isSameTag(tag, present.vlan)) change({ vlan: tag, address: undefined, router: undefined });
      return Promise.resolve();
    },
    setAddress(address) {
      if (address !== undefined && !isUsable(address))
        return refuse("set address", `${address.address}/${address.prefix} is no host address`);
      if (!isSameAddress(address, present.address)) change({ address });
      return Promise.resolve();
    },
    setRouter(router) {
      if (router !== undefined && !isIp4(router)) return refuse("set router", `${router} is no address`);
      if (router !== present.router) change({ router });
      return Promise.resolve();
    },
    setMtu(mtu) {
      if (!Number.isInteger(mtu) || mtu < 576 || mtu > 1500)
        return refuse("set MTU", `${mtu} bytes, expected 576–1500`);
      if (mtu !== present.mtu) change({ mtu });
      return Promise.resolve();
    },
    setMedia(media) {
      change({ media });
      return Promise.resolve();
    },
  };
}

function isTag({ vlanId, priority }: VlanTag): boolean {
  const isWhole = Number.isInteger(vlanId) && Number.isInteger(priority);
  return isWhole && vlanId >= 0 && vlanId <= 4094 && priority >= 0 && priority <= 7;
}

function isSameTag(a: VlanTag | undefined, b: VlanTag | undefined): boolean {
  return a?.vlanId === b?.vlanId && a?.priority === b?.priority;
}

function isUsable({ address, prefix }: InterfaceAddress): boolean {
  if (!isIp4(address) || !Number.isInteger(prefix) || prefix < 0 || prefix > 32) return false;
  return address !== anyAddress && address !== limitedBroadcast && !isMulticast(address);
}

function isSameAddress(a: InterfaceAddress | undefined, b: InterfaceAddress | undefined): boolean {
  return a?.address === b?.address && a?.prefix === b?.prefix;
}
