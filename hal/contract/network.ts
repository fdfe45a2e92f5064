// Addresses, routes and the voice VLAN on the phone's one network interface.
import type { VlanTag } from "./link.ts";

/** Dotted IPv4 address. */
export type Ip4 = string;

export interface InterfaceAddress {
  readonly address: Ip4;
  /** 0–32. */
  readonly prefix: number;
}

/** Speed and duplex of the port: agreed with the other end, or fixed. */
export type LinkMedia = "auto" | { readonly speedMbps: 10 | 100; readonly duplex: "half" | "full" };

/** What the interface holds, found at start or set by us. */
export interface NetworkState {
  readonly vlan: VlanTag | undefined;
  readonly address: InterfaceAddress | undefined;
  readonly router: Ip4 | undefined;
  readonly mtu: number;
  /** As set here; a port is found at "auto". */
  readonly media: LinkMedia;
}

/** Sets the interface up. Every call is idempotent and rejects with HalError. */
export interface NetworkConfig {
  state(): NetworkState;
  /**
   * All IP traffic from here on is tagged so, or untagged for undefined; address and router of the old VLAN go.
   * HalError `unsupported` where the kernel has no 802.1Q: then nothing has changed.
   */
  setVlan(tag: VlanTag | undefined): Promise<void>;
  /** Sets the address, or removes it for undefined. Setting the present one again changes nothing. */
  setAddress(address: InterfaceAddress | undefined): Promise<void>;
  /** The default route, or none. */
  setRouter(router: Ip4 | undefined): Promise<void>;
  /** 576–1500. */
  setMtu(mtu: number): Promise<void>;
  /** HalError `unsupported` where the card cannot: then nothing has changed. */
  setMedia(media: LinkMedia): Promise<void>;
}
