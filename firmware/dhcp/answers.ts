// From an OFFER or ACK to a lease: what must be there, what is checked, which offer is taken (reference 4.2 to 4.4).
import { ip4, latin1 } from "#firmware/wire/bytes.ts";
import { encode } from "#firmware/wire/field.ts";
import { broadcastAddress, noAddress, prefixOf } from "./datagram.ts";
import type { DhcpMessage } from "./messages.ts";
import type { Lease, OfferFault } from "./notices.ts";
import { type DhcpOption, type DhcpOptionKind, optionOf } from "./options.ts";
import { type LeaseTimes, leaseTimes, shortestLeaseSec } from "./timing.ts";
import { vendorBlocksOrNone } from "./vendor-blocks.ts";

/** A lease and its times as the server gave them. */
export interface Granted {
  readonly lease: Lease & { readonly server: string };
  readonly times: LeaseTimes;
}

export type Answer =
  | { readonly kind: "good"; readonly granted: Granted }
  | { readonly kind: "bad"; readonly fault: OfferFault; readonly server: string | undefined };

/** Option 51: for ever (RFC 2131 §3.3). */
const forEver = 0xffff_ffff;

const firstMulticast = 224;
const loopback = 127;

/** Not 0/8, 127/8, 224/3, and not the broadcast address of its own network (decision). */
function isHostAddress(address: string, mask: string): boolean {
  const bytes = encode(ip4, address);
  const first = bytes[0] ?? 0;
  if (first === 0 || first === loopback || first >= firstMulticast) return false;
  const ones = encode(ip4, mask);
  const isBroadcast = bytes.every((byte, i) => (byte | (ones[i] ?? 0)) === 0xff);
  return !(isBroadcast && prefixOf(mask) < 31);
}

/** A host name or dotted address; anything else is not believed. */
function nameOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,253})$/.test(text) ? text : undefined;
}

const usable = (address: string): string | undefined =>
  address === noAddress || address === broadcastAddress ? undefined : address;

function addressesOf(
  options: readonly DhcpOption[],
  kind: "routers" | "dnsServers" | "ntpServers" | "tftpServers",
): readonly string[] {
  return (optionOf(options, kind)?.addresses ?? []).filter((address) => usable(address) !== undefined);
}

function textOf(
  options: readonly DhcpOption[],
  kind: Extract<DhcpOptionKind, "domainName" | "tftpServerName" | "bootFile">,
): string | undefined {
  const text = optionOf(options, kind)?.text;
  return text === "" ? undefined : text;
}

/**
 * Reads an OFFER or an ACK to a REQUEST. `fallbackMask` stands in where an ACK leaves out what its OFFER said.
 * Options 51 and 54 must be there (RFC 2131 table 3; decision: also in an ACK).
 */
export function readAnswer(message: DhcpMessage, fallbackMask?: string): Answer {
  const { options } = message;
  const server = optionOf(options, "serverId")?.address;
  const bad = (fault: OfferFault): Answer => ({ kind: "bad", fault, server });
  if (server === undefined || usable(server) === undefined) return bad("no-server-id");
  const seconds = optionOf(options, "leaseTime")?.seconds;
  if (seconds === undefined || seconds < shortestLeaseSec) return bad("no-lease-time");
  const mask = optionOf(options, "subnetMask")?.mask ?? fallbackMask;
  if (mask === undefined) return bad("no-mask");
  if (!isHostAddress(message.yourAddress, mask)) return bad("bad-address");
  const leaseSec = seconds === forEver ? Number.POSITIVE_INFINITY : seconds;
  return {
    kind: "good",
    granted: {
      lease: {
        origin: "dhcp",
        address: message.yourAddress,
        mask,
        server,
        leaseSec,
        routers: addressesOf(options, "routers"),
        dnsServers: addressesOf(options, "dnsServers"),
        domainName: nameOf(textOf(options, "domainName")),
        ntpServers: addressesOf(options, "ntpServers"),
        tftpServers: addressesOf(options, "tftpServers"),
        tftpServerName: nameOf(textOf(options, "tftpServerName")),
        bootFile: textOf(options, "bootFile") ?? (message.bootFile === "" ? undefined : message.bootFile),
        serverName: nameOf(message.serverName),
        nextServer: usable(message.serverAddress),
        vendorSpecific: optionOf(options, "vendorSpecific")?.bytes,
        vendorBlocks: vendorBlocksOrNone(optionOf(options, "vendorIdentifying")?.bytes),
        sipServers: optionOf(options, "sipServers")?.bytes,
      },
      times: leaseTimes(
        leaseSec,
        optionOf(options, "renewalTime")?.seconds,
        optionOf(options, "rebindingTime")?.seconds,
      ),
    },
  };
}

/** How good an offer is: `best` is taken at once, `some` after others had their chance, `none` names no TFTP server. */
export type TftpMerit = "best" | "some" | "none";

const mitelId = "id:ipphone.mitel.com";

/** Options 150 and 66 (or a Mitel string) name a server for phones; `sname` and `siaddr` only may. */
export function tftpMeritOf(lease: Lease): TftpMerit {
  const vendor = [lease.vendorSpecific, ...lease.vendorBlocks.map(({ data }) => data)];
  const isMitel = vendor.some((bytes) => bytes !== undefined && latin1(bytes).includes(mitelId));
  if (lease.tftpServers.length > 0 || lease.tftpServerName !== undefined || isMitel) return "best";
  return lease.serverName !== undefined || lease.nextServer !== undefined ? "some" : "none";
}
