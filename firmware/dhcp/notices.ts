// What the DHCP client (and the static address beside it) reports, upward. Codes and facts, no words.
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { MonoMs } from "#hal/contract/time.ts";

/** One enterprise's data of option 125, not looked into. */
export interface LeaseVendorBlock {
  readonly enterprise: number;
  readonly data: Uint8Array;
}

/** An address with everything that came with it. Names were checked to be names; lists are in order of preference. */
export interface Lease {
  readonly origin: "dhcp" | "static";
  readonly address: Ip4;
  readonly mask: Ip4;
  /** Undefined for a static address. */
  readonly server: Ip4 | undefined;
  /** 0xFFFFFFFF on the wire is Infinity here. */
  readonly leaseSec: number;
  readonly routers: readonly Ip4[];
  readonly dnsServers: readonly Ip4[];
  readonly domainName: string | undefined;
  readonly ntpServers: readonly Ip4[];
  /** Option 150. */
  readonly tftpServers: readonly Ip4[];
  /** Option 66: one name or address. */
  readonly tftpServerName: string | undefined;
  /** Option 67, or the `file` field. */
  readonly bootFile: string | undefined;
  /** The `sname` field. */
  readonly serverName: string | undefined;
  /** `siaddr`: the next boot server. */
  readonly nextServer: Ip4 | undefined;
  /** Option 43 as sent. */
  readonly vendorSpecific: Uint8Array | undefined;
  readonly vendorBlocks: readonly LeaseVendorBlock[];
  /** Option 120 as sent (RFC 3361). */
  readonly sipServers: Uint8Array | undefined;
}

/** Why an OFFER or ACK is of no use. */
export type OfferFault =
  | "no-server-id" // option 54
  | "no-lease-time" // option 51, or shorter than ten seconds
  | "no-mask" // option 1
  | "bad-address" // not an address for a host
  | "no-tftp"; // names no TFTP server, and one is needed

/** Why an address may not be used any longer. */
export type LostReason =
  | "expired"
  | "refused" // NAK
  | "conflict" // somebody else uses it
  | "changed" // the server gave another one
  | "released"; // by us

export type DhcpNotice =
  /** A DISCOVER or REQUEST got no answer in its time; `tries` were sent so far. */
  | { readonly kind: "silent"; readonly tries: number }
  /** The server of an accepted offer did not confirm it in 60 s. */
  | { readonly kind: "unconfirmed"; readonly server: Ip4 }
  | { readonly kind: "offer-refused"; readonly server: Ip4 | undefined; readonly fault: OfferFault }
  /** NAK; a new search begins. */
  | { readonly kind: "refused"; readonly server: Ip4 | undefined; readonly address: Ip4 }
  /** The address is another device's; the next attempt is at `retryAt`. */
  | {
      readonly kind: "conflict";
      readonly address: Ip4;
      readonly mac: Mac;
      readonly count: number;
      readonly retryAt: MonoMs;
    }
  /** An address may be used from now on. */
  | { readonly kind: "bound"; readonly lease: Lease; readonly how: "new" | "kept" | "static" }
  /** Renewed or verified with the same address: no change for anything above. */
  | { readonly kind: "renewed"; readonly lease: Lease }
  /** Stop using the address now. */
  | { readonly kind: "lost"; readonly address: Ip4; readonly reason: LostReason };
