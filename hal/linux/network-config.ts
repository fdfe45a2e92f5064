// Addresses, the default route and the voice VLAN on the phone's interface, by netlink. An address or route that others
// put on the interface stays, except the one found at start, which is ours to replace.
import { HalError } from "#hal/contract/errors.ts";
import type { VlanTag } from "#hal/contract/link.ts";
import type { InterfaceAddress, Ip4, LinkMedia, NetworkConfig, NetworkState } from "#hal/contract/network.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { setLinkMedia } from "./ethtool.ts";
import { c } from "./ffi/abi.ts";
import { ip4Bytes } from "./ffi/address.ts";
import { errno } from "./ffi/errno.ts";
import { decodeAddress, decodeLink, decodeRoute, type LinkFact } from "./netlink/facts.ts";
import { type Message, type Request, viewOf } from "./netlink/message.ts";
import {
  addVlan,
  type DefaultRoute,
  deleteAddress,
  deleteDefaultRoute,
  deleteLink,
  dumpAddresses,
  dumpLinks,
  dumpRoutes,
  getLink,
  replaceAddress,
  setDefaultRoute,
  setLinkMac,
  setLinkMtu,
  setLinkUp,
} from "./netlink/requests.ts";
import { type Rtnetlink, RtnetlinkRefusal } from "./netlink/rtnetlink.ts";
import type { Interface } from "./udp.ts";

/** Metric of our default route where the host has one of its own by another interface, which we leave alone. */
const besideMetric = 700;
const leastMtu = 576;
const mostMtu = 1500;

export interface NetworkOptions {
  readonly name: string;
  readonly netlink: Pick<Rtnetlink, "ask">;
  readonly messages: Stream<Message>;
  readonly signal: AbortSignal;
  /** What carries untagged traffic where the interface is a port of a bridge; the interface itself unless told. */
  readonly bridge?: Interface | undefined;
}

/** The contract, and what the sockets need to know of it. */
export interface LinuxNetwork extends NetworkConfig {
  /** The interface that IP traffic goes through now: the port itself, or the VLAN link on it. */
  via(): Interface;
  /** Our address was taken away by somebody else. */
  readonly addressLost: Stream<InterfaceAddress>;
}

/** True when both addresses share the first `prefix` bits. */
export function isOnLink(address: InterfaceAddress, other: Ip4): boolean {
  if (address.prefix === 0) return true;
  const shift = 32 - address.prefix;
  const value = (text: Ip4): number => viewOf(ip4Bytes(text)).getUint32(0);
  return value(address.address) >>> shift === value(other) >>> shift;
}

/** Takes the interface as it is, switched on, with `mac` where given and different. HalError `missing`, `denied`. */
export function openNetwork(options: NetworkOptions, mac?: string): LinuxNetwork {
  const { name, netlink } = options;
  const [answer] = netlink.ask(getLink(name), name);
  if (answer === undefined) throw new HalError("missing", name, "look up", "no such interface");
  const link = decodeLink(answer);
  if (mac !== undefined && link.mac !== mac) netlink.ask(setLinkMac(link.index, mac), name);
  if (!link.isUp) netlink.ask(setLinkUp(link.index), name);
  return new KernelNetwork(options, link);
}

class KernelNetwork implements LinuxNetwork {
  readonly addressLost = new Emitter<InterfaceAddress>();
  readonly #name: string;
  readonly #netlink: Pick<Rtnetlink, "ask">;
  readonly #port: Interface;
  /** The port, or the bridge it belongs to. */
  readonly #untagged: Interface;
  #via: Interface;
  #vlan: VlanTag | undefined;
  #address: InterfaceAddress | undefined;
  #route: DefaultRoute | undefined;
  #mtu: number;
  #media: LinkMedia = "auto";

  constructor(options: NetworkOptions, link: LinkFact) {
    this.#name = options.name;
    this.#netlink = options.netlink;
    this.#port = { name: options.name, index: link.index };
    this.#mtu = link.mtu ?? mostMtu;
    this.#untagged = options.bridge ?? this.#port;
    this.#via = this.#untagged;
    this.#findVlan();
    this.#findAddresses();
    options.messages.subscribe((message) => this.#noticed(message), { signal: options.signal });
  }

  #ask(request: Request): Message[] {
    return this.#netlink.ask(request, this.#via.name);
  }

  /** Works off promises: the calls are short, and a refusal is a rejection. */
  async #order(work: () => void): Promise<void> {
    work();
  }

  #findVlan(): void {
    for (const message of this.#ask(dumpLinks)) {
      const { index, name, parentIndex, vlan, isUp, mtu } = decodeLink(message);
      if (vlan === undefined || name === undefined || parentIndex !== this.#port.index || !isUp) continue;
      this.#via = { name, index };
      this.#vlan = { vlanId: vlan.vlanId, priority: vlan.egressOfZero };
      this.#mtu = mtu ?? this.#mtu;
    }
  }

  #findAddresses(): void {
    const { index } = this.#via;
    const addresses = this.#ask(dumpAddresses).map(decodeAddress);
    const found = addresses.find((address) => address?.index === index);
    this.#address = found === undefined ? undefined : { address: found.address, prefix: found.prefix };
    for (const route of this.#ask(dumpRoutes).map(decodeRoute)) {
      if (route?.index !== index || route.prefix !== 0 || route.router === undefined) continue;
      if (route.table !== c.RT_TABLE_MAIN) continue;
      const metric = route.metric === 0 ? {} : { metric: route.metric };
      this.#route ??= { index, router: route.router, ...metric };
    }
  }

  #noticed(message: Message): void {
    if (message.type !== c.RTM_DELADDR || this.#address === undefined) return;
    const gone = decodeAddress(message);
    if (gone?.index !== this.#via.index || gone.address !== this.#address.address) return;
    if (gone.prefix !== this.#address.prefix || this.#hasAddress(this.#address)) return;
    this.#address = undefined;
    this.#route = undefined; // the kernel removes routes that leave by it
    this.addressLost.emit({ address: gone.address, prefix: gone.prefix });
  }

  /** Asked again, because the notice may be older than what we have set since. */
  #hasAddress(wanted: InterfaceAddress): boolean {
    return this.#ask(dumpAddresses)
      .map(decodeAddress)
      .some(
        (found) =>
          found?.index === this.#via.index &&
          found.address === wanted.address &&
          found.prefix === wanted.prefix,
      );
  }

  via(): Interface {
    return this.#via;
  }

  state(): NetworkState {
    return {
      vlan: this.#vlan,
      address: this.#address,
      router: this.#route?.router,
      mtu: this.#mtu,
      media: this.#media,
    };
  }

  setVlan(tag: VlanTag | undefined): Promise<void> {
    return this.#order(() => {
      if (tag?.vlanId === this.#vlan?.vlanId && tag?.priority === this.#vlan?.priority) return;
      const old = this.#vlan === undefined ? undefined : this.#via;
      if (tag?.vlanId === this.#vlan?.vlanId) {
        this.#forgetAddress();
        this.#leaveVlan(old);
        this.#enterVlan(tag);
        return;
      }
      const next = tag === undefined ? this.#untagged : this.#addVlanLink(tag); // a refusal here changes nothing
      this.#forgetAddress();
      this.#leaveVlan(old);
      this.#via = next;
      this.#vlan = tag;
    });
  }

  #enterVlan(tag: VlanTag | undefined): void {
    if (tag === undefined) return;
    this.#via = this.#addVlanLink(tag);
    this.#vlan = tag;
  }

  #leaveVlan(old: Interface | undefined): void {
    if (old !== undefined) this.#netlink.ask(deleteLink(old.index), old.name);
    this.#via = this.#untagged;
    this.#vlan = undefined;
  }

  /** Packets keep their own priority 0–7 in the tag; those without one get the tag's. */
  #addVlanLink(tag: VlanTag): Interface {
    const name = vlanName(this.#name, tag.vlanId);
    const identity = [1, 2, 3, 4, 5, 6, 7].map((value) => [value, value] as const);
    const request = addVlan({
      parentIndex: this.#port.index,
      name,
      vlanId: tag.vlanId,
      ingress: identity,
      egress: [[0, tag.priority], ...identity],
    });
    try {
      this.#netlink.ask(request, this.#name);
    } catch (error) {
      if (!(error instanceof RtnetlinkRefusal) || error.errno !== errno.EEXIST) throw error;
      this.#netlink.ask(deleteLink(this.#indexOf(name)), name); // left by an earlier run, with maps we do not know
      this.#netlink.ask(request, this.#name);
    }
    const index = this.#indexOf(name);
    this.#netlink.ask(setLinkUp(index), name);
    return { name, index };
  }

  #indexOf(name: string): number {
    const [answer] = this.#netlink.ask(getLink(name), name);
    if (answer === undefined) throw new HalError("missing", name, "look up", "no such interface");
    return decodeLink(answer).index;
  }

  #forgetAddress(): void {
    this.#removeRoute();
    const address = this.#address;
    if (address === undefined) return;
    this.#address = undefined;
    ignoring(errno.EADDRNOTAVAIL, () => this.#ask(deleteAddress(this.#via.index, address)));
  }

  #removeRoute(): void {
    const route = this.#route;
    if (route === undefined) return;
    this.#route = undefined;
    ignoring(errno.ESRCH, () => this.#ask(deleteDefaultRoute(route)));
  }

  setAddress(address: InterfaceAddress | undefined): Promise<void> {
    return this.#order(() => {
      const present = this.#address;
      if (present?.address === address?.address && present?.prefix === address?.prefix) {
        if (address === undefined || this.#hasAddress(address)) return;
      }
      this.#forgetAddress();
      if (address === undefined) return;
      this.#ask(replaceAddress(this.#via.index, address));
      this.#address = address;
    });
  }

  setRouter(router: Ip4 | undefined): Promise<void> {
    return this.#order(() => {
      if (router === this.#route?.router) return;
      this.#removeRoute();
      if (router === undefined) return;
      const { index } = this.#via;
      const isNear = this.#address === undefined || isOnLink(this.#address, router);
      const route: DefaultRoute = { index, router, ...(isNear ? {} : { isOnLink: true }) };
      try {
        this.#ask(setDefaultRoute(route, "add"));
        this.#route = route;
      } catch (error) {
        if (!(error instanceof RtnetlinkRefusal) || error.errno !== errno.EEXIST) throw error;
        const beside = { ...route, metric: besideMetric };
        this.#ask(setDefaultRoute(beside, "replace"));
        this.#route = beside;
      }
    });
  }

  setMedia(media: LinkMedia): Promise<void> {
    return this.#order(() => {
      setLinkMedia(this.#port.name, media);
      this.#media = media;
    });
  }

  setMtu(mtu: number): Promise<void> {
    return this.#order(() => {
      if (!Number.isInteger(mtu) || mtu < leastMtu || mtu > mostMtu) {
        const detail = `${leastMtu} to ${mostMtu} belongs`;
        throw new HalError("unsupported", this.#via.name, `set MTU ${mtu}`, detail);
      }
      if (mtu === this.#mtu) return;
      this.#ask(setLinkMtu(this.#via.index, mtu));
      this.#mtu = mtu;
    });
  }
}

/** `eth0.110`; a long interface name is cut so that the kernel takes it. */
function vlanName(port: string, vlanId: number): string {
  const suffix = `.${vlanId}`;
  return port.slice(0, c.IFNAMSIZ - 1 - suffix.length) + suffix;
}

/** Removing what somebody else has removed already is no failure. */
function ignoring(expected: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof RtnetlinkRefusal) || error.errno !== expected) throw error;
  }
}
