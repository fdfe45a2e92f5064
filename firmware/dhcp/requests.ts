// What the client sends in each state: fields and options of RFC 2131 tables 4 and 5.

import { mac as macField } from "#firmware/wire/bytes.ts";
import { encode } from "#firmware/wire/field.ts";
import { noAddress } from "./datagram.ts";
import type { DhcpMessage } from "./messages.ts";
import type { DhcpOption } from "./options.ts";

/** How the phone presents itself. The same from DISCOVER to RELEASE (RFC 2131 §4.2, §4.3.2). */
export interface DhcpIdentity {
  /** Option 12: `SEP<MAC>` or `SIP<MAC>`, by image type. */
  readonly hostName: string;
  /** Option 60, exact octets. */
  readonly vendorClass: string;
  /** Option 55, in order of preference. */
  readonly parameters: readonly number[];
  /** Asks for broadcast replies: only for odd relays (RFC 2131 §4.1). */
  readonly wantsBroadcast: boolean;
}

/** Which strings of option 55 and 60 are sent. */
export const dhcpProfiles = ["own", "cisco-7960", "cisco-7912", "mitel"] as const;
export type DhcpProfile = (typeof dhcpProfiles)[number];

/** Reference 4.1: superset of what this phone uses. */
const ownParameters = [1, 3, 6, 15, 42, 43, 66, 67, 120, 125, 150] as const;

/** Reference 4.1: the fingerprint of a Cisco phone, in order. */
const ciscoParameters = [1, 66, 6, 3, 15, 150, 35] as const;

/** Option 60 with its NUL: servers match it exactly (reference 4.1). */
const vendorClasses = {
  "cisco-7960": "Cisco Systems, Inc. IP Phone CP-7960G\0",
  "cisco-7912": "Cisco Systems, Inc. IP Phone 7912",
  mitel: "ipphone.mitel.com",
} as const;

/** The identity of a profile; `own` sends the product's own name. */
export function identityOf(
  profile: DhcpProfile,
  phone: { readonly hostName: string; readonly product: string },
): DhcpIdentity {
  const isCisco = profile === "cisco-7960" || profile === "cisco-7912";
  return {
    hostName: phone.hostName,
    vendorClass: profile === "own" ? phone.product : vendorClasses[profile],
    parameters: isCisco ? ciscoParameters : ownParameters,
    wantsBroadcast: false,
  };
}

/** Option 57: what a frame holds (decision; RFC 2132 §9.10: at least 576). */
const maxMessageBytes = 1472;

const hardwareTypeEthernet = 1;

/** What varies from message to message. */
interface Heading {
  readonly transactionId: number;
  readonly secs: number;
}

function blank(mac: string, heading: Heading): Omit<DhcpMessage, "options"> {
  return {
    op: "request",
    hops: 0,
    transactionId: heading.transactionId,
    secs: Math.min(heading.secs, 0xffff),
    isBroadcast: false,
    clientAddress: noAddress,
    yourAddress: noAddress,
    serverAddress: noAddress,
    relayAddress: noAddress,
    clientMac: mac,
    serverName: "",
    bootFile: "",
  };
}

/** Option 61: type 1 and the MAC (RFC 2132 §9.14). */
function clientId(mac: string): DhcpOption {
  return { kind: "clientId", bytes: Uint8Array.of(hardwareTypeEthernet, ...encode(macField, mac)) };
}

/** What every message that asks for something carries. */
function wishes(own: DhcpIdentity, mac: string): readonly DhcpOption[] {
  return [
    { kind: "maxMessageSize", bytes: maxMessageBytes },
    { kind: "parameterRequest", codes: Uint8Array.from(own.parameters) },
    { kind: "hostName", text: own.hostName },
    { kind: "vendorClass", text: own.vendorClass },
    clientId(mac),
  ];
}

export function discover(own: DhcpIdentity, mac: string, heading: Heading): DhcpMessage {
  return {
    ...blank(mac, heading),
    isBroadcast: own.wantsBroadcast,
    options: [{ kind: "messageType", type: "discover" }, ...wishes(own, mac)],
  };
}

/** REQUEST in REQUESTING: names the offer by address and server. */
export function requestOffer(
  own: DhcpIdentity,
  mac: string,
  heading: Heading,
  offer: { readonly address: string; readonly server: string },
): DhcpMessage {
  return {
    ...blank(mac, heading),
    isBroadcast: own.wantsBroadcast,
    options: [
      { kind: "messageType", type: "request" },
      { kind: "requestedAddress", address: offer.address },
      { kind: "serverId", address: offer.server },
      ...wishes(own, mac),
    ],
  };
}

/** REQUEST in INIT-REBOOT: the address alone, no server (RFC 2131 §4.3.2). */
export function requestKept(own: DhcpIdentity, mac: string, heading: Heading, address: string): DhcpMessage {
  return {
    ...blank(mac, heading),
    isBroadcast: own.wantsBroadcast,
    options: [
      { kind: "messageType", type: "request" },
      { kind: "requestedAddress", address },
      ...wishes(own, mac),
    ],
  };
}

/** REQUEST in RENEWING and REBINDING: ciaddr set, neither 50 nor 54 (RFC 2131 §4.3.2). */
export function requestMore(own: DhcpIdentity, mac: string, heading: Heading, address: string): DhcpMessage {
  return {
    ...blank(mac, heading),
    clientAddress: address,
    options: [{ kind: "messageType", type: "request" }, ...wishes(own, mac)],
  };
}

/** DECLINE: the address is in use by somebody else (RFC 2131 §4.4.4). */
export function decline(
  mac: string,
  transactionId: number,
  lease: { readonly address: string; readonly server: string },
): DhcpMessage {
  return {
    ...blank(mac, { transactionId, secs: 0 }),
    options: [
      { kind: "messageType", type: "decline" },
      { kind: "requestedAddress", address: lease.address },
      { kind: "serverId", address: lease.server },
      clientId(mac),
    ],
  };
}

/** RELEASE: the address is given back (RFC 2131 §4.4.4). */
export function release(
  mac: string,
  transactionId: number,
  lease: { readonly address: string; readonly server: string },
): DhcpMessage {
  return {
    ...blank(mac, { transactionId, secs: 0 }),
    clientAddress: lease.address,
    options: [
      { kind: "messageType", type: "release" },
      { kind: "serverId", address: lease.server },
      clientId(mac),
    ],
  };
}
