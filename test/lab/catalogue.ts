// The fault catalogue: everything that can stop or mark a boot, what is behind it, and the lab's fault that shows it.
// What the screen says (sentence and next step) stands in ui/words, by the same codes. A code without an entry here, or
// without a sentence there, does not compile.
import { sipTroubles } from "#firmware/bin/registration.ts";
import type { TroubleCode } from "#firmware/boot/notices.ts";
import type { ConfigFailure } from "#firmware/config/notices.ts";
import type { LostReason, OfferFault } from "#firmware/dhcp/notices.ts";
import type { RegistrationFailure } from "#firmware/sip/notices.ts";
import type { HalErrorCode } from "#hal/contract/errors.ts";
import type { StorageTrouble } from "#hal/contract/storage.ts";
import type { FaultName } from "./faults.ts";

/**
 * Why one of several lines is not registered. A certificate is that of all lines, which have one transport: it is the
 * boot's `server-untrusted`.
 */
export type LineCode = `line-${Exclude<RegistrationFailure, "certificate">}`;

/** Everything that the catalogue explains. */
export type FaultCode = TroubleCode | LineCode;

/** One entry. */
export interface Entry {
  /** What is wrong behind it, in network, servers or handset. */
  readonly cause: string;
  /** The fault of the lab that produces it. */
  readonly fault: FaultName;
  /** It is on the screen within this, milliseconds after power-up. */
  readonly withinMs: number;
}

const entry = (fault: FaultName, withinMs: number, cause: string): Entry => ({ cause, fault, withinMs });

/** Every failure, in the order in which a boot meets them. */
export const catalogue: Readonly<Record<FaultCode, Entry>> = {
  "storage-corrupt": entry("storage-corrupt", 1000, "The store did not pass its check at start."),
  "storage-absent": entry("storage-absent", 1000, "The storage cannot be opened, or a write failed."),
  "storage-full": entry("storage-full", 1000, "A write found no space left."),
  "part-missing": entry("part-missing", 1000, "A part of the board does not answer."),
  "crashed-before": entry("crashed-before", 1000, "The last run ended in an error nobody handled."),
  "safe-mode": entry("crashed-thrice", 1000, "Three starts in a row ended in a crash or never got ready."),
  "no-link": entry("no-cable", 4000, "No carrier: no cable, a dead switch port, or a broken pair."),
  "phase-slow": entry("silent-switch", 4000, "A phase takes longer than its bound and nobody has said why."),
  "vlan-silent-switch": entry("silent-switch", 8000, "CDP and LLDP are off at the switch port."),
  "vlan-none": entry("no-voice-vlan", 2000, "The switch port has no voice VLAN."),
  "vlan-conflict": entry("two-voice-vlans", 2000, "Two neighbours, or CDP and LLDP, name different VLANs."),
  "vlan-unsupported": entry("kernel-without-vlans", 2000, "The kernel was built without 802.1Q."),
  "vlan-change-waits": entry(
    "moving-voice-vlan",
    30_000,
    "The voice VLAN changes during a call or too often.",
  ),
  "duplex-mismatch": entry("duplex-mismatch", 2000, "One end of the cable negotiates, the other is fixed."),
  "power-short": entry("power-short", 2000, "The switch's budget or the port's limit is used up."),
  "dhcp-silent": entry("dhcp-silent", 6000, "No DHCP server or relay in this VLAN, or its pool is empty."),
  "dhcp-refused": entry("dhcp-nak-always", 2000, "The server knows another owner, or another network."),
  "dhcp-bad-offer": entry("dhcp-bad-offer", 2000, "An offer without mask, lease, server or host address."),
  "dhcp-unconfirmed": entry("dhcp-unconfirmed", 120_000, "The server offers and does not acknowledge."),
  "dhcp-no-tftp": entry("no-option-150", 2000, "The scope has neither option 150 nor 66 nor siaddr."),
  "dhcp-lease-expired": entry("dhcp-dies", 200_000, "Nobody renewed the lease until it ran out."),
  "address-conflict": entry("address-conflict", 2000, "Another device uses the address that was offered."),
  "address-refused": entry("address-refused", 2000, "The kernel does not take the address."),
  "tftp-no-server": entry("no-file-server", 12_000, "DHCP names no file server, and none is typed in."),
  "tftp-timeout": entry("tftp-dead", 40_000, "The file server is down, or a firewall drops UDP port 69."),
  "tftp-error": entry("tftp-error", 2000, "The server has the file and may not, or cannot, read it."),
  "config-not-found": entry("no-files", 2000, "No file of any name that is asked for exists."),
  "config-malformed": entry("malformed-file", 2000, "A file is cut off, or is something else."),
  "config-unusable": entry("file-not-found", 2000, "The files name no line, or no server."),
  "config-last-good": entry("only-kept-files", 40_000, "No file could be fetched, the kept ones are used."),
  "load-unavailable": entry("load-missing", 10_000, "The file names an image that is not on the server."),
  "name-not-found": entry("unknown-registrar", 8000, "The server is a name that DNS does not know."),
  "server-unreachable": entry("registrar-refuses", 2000, "The server's machine runs, its program does not."),
  "server-silent": entry("all-registrars-dead", 12_000, "The server is down, or a firewall drops SIP."),
  "server-rejected": entry("registrar-rejects", 2000, "The server knows the phone and does not want it."),
  "server-untrusted": entry(
    "untrusted-registrar",
    60_000,
    "Expired, other name, unknown issuer, or wrong time.",
  ),
  "wrong-password": entry("wrong-password", 2000, "File and server have different passwords."),
  "server-list-exhausted": entry("call-servers-dead", 95_000, "No server of the list answers."),
  "registration-lost": entry(
    "call-managers-die",
    300_000,
    "The server closed the connection or forgot the phone.",
  ),
  "time-silent": entry("ntp-absent", 10_000, "The time server is down, or a firewall drops UDP port 123."),
  "time-wrong": entry("ntp-unsynchronised", 10_000, "The time server has no time, or an impossible one."),
  "time-refused": entry("ntp-kiss-of-death", 10_000, "The time server answers DENY or RSTR."),
  "line-no-answer": entry("line-no-answer", 60_000, "The server of this line is down."),
  "line-refused-by-network": entry(
    "line-refused",
    5000,
    "The machine of this line's server has no SIP program.",
  ),
  "line-wrong-password": entry("line-wrong-password", 5000, "File and server have different passwords."),
  "line-unknown-line": entry("line-unknown", 5000, "The server has no such user."),
  "line-forbidden": entry("line-forbidden", 5000, "The server does not let this user register here."),
  "line-server-error": entry(
    "line-server-error",
    5000,
    "The server's database is away, or it is overloaded.",
  ),
  "line-redirected": entry(
    "line-redirected",
    5000,
    "The server sends the phone to somewhere that leads nowhere.",
  ),
  "line-rejected": entry("line-rejected", 5000, "The server refuses what the phone asks."),
  "line-name-not-found": entry(
    "line-unknown-server",
    8000,
    "The server of this line is a name DNS does not know.",
  ),
  "line-interval-too-brief": entry(
    "line-interval",
    5000,
    "The server wants longer registrations than are allowed.",
  ),
};

/** Codes of the parts that lead to an entry: each of them, or this does not compile. */
export const leadsTo = {
  "offer of DHCP": {
    "no-server-id": "dhcp-bad-offer",
    "no-lease-time": "dhcp-bad-offer",
    "no-mask": "dhcp-bad-offer",
    "bad-address": "dhcp-bad-offer",
    "no-tftp": "dhcp-no-tftp",
  } satisfies Record<OfferFault, FaultCode>,
  "lost address": {
    expired: "dhcp-lease-expired",
    refused: "dhcp-refused",
    conflict: "address-conflict",
  } satisfies Record<Exclude<LostReason, "changed" | "released">, FaultCode>, // those two are no failures
  configuration: {
    "tftp-timeout": "tftp-timeout",
    "tftp-error": "tftp-error",
    "tftp-no-server": "tftp-no-server",
    "config-not-found": "config-not-found",
    "config-malformed": "config-malformed",
    "config-unusable": "config-unusable",
  } satisfies Record<ConfigFailure, FaultCode>,
  "SIP registration": sipTroubles satisfies Record<RegistrationFailure, FaultCode>, // the firmware's own table
  storage: {
    corrupt: "storage-corrupt",
    absent: "storage-absent",
    failed: "storage-absent",
    full: "storage-full",
  } satisfies Record<StorageTrouble["kind"], FaultCode>,
  "kernel, setting the address": {
    missing: "address-refused",
    busy: "address-refused",
    io: "address-refused",
    unsupported: "address-refused",
    denied: "address-refused",
    refused: "address-refused",
    unreachable: "address-refused",
    timeout: "address-refused",
    "not-found": "address-refused",
  } satisfies Record<HalErrorCode, FaultCode>,
} as const;

export const faultCodes = Object.keys(catalogue) as readonly FaultCode[]; // the keys of the table above
