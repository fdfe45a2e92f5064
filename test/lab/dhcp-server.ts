// The lab's DHCP server (RFC 2131 §4.3). Hears through Sockets and answers through the LinkPort, because a client
// without an address does not answer ARP; both contracts, so it serves a real interface as well.
import { broadcastAddress, broadcastMac, encodeUdpFrame, noAddress } from "#firmware/dhcp/datagram.ts";
import { type DhcpMessage, decodeDhcp, dhcpMessage } from "#firmware/dhcp/messages.ts";
import { type DhcpOption, optionOf } from "#firmware/dhcp/options.ts";
import { encode } from "#firmware/wire/field.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { LinkPort } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Sockets } from "#hal/contract/sockets.ts";
import { type Clock, later } from "#hal/contract/time.ts";
import { Leases, type Pool } from "./dhcp-leases.ts";
import type { Tell } from "./log.ts";

/** What the server gives. */
export interface DhcpScope {
  readonly serverId: Ip4;
  readonly pool: Pool;
  readonly mask: Ip4;
  readonly routers: readonly Ip4[];
  readonly dnsServers: readonly Ip4[];
  readonly domainName: string | undefined;
  readonly ntpServers: readonly Ip4[];
  /** Option 150; none: the option is left out. */
  readonly tftpServers: readonly Ip4[];
  /** Option 66. */
  readonly tftpServerName: string | undefined;
  /** `siaddr`. */
  readonly nextServer: Ip4 | undefined;
  readonly leaseSec: number;
  /** Options 58 and 59; undefined: left out. */
  readonly renewalSec: number | undefined;
  readonly rebindingSec: number | undefined;
  /** 43, 125, 128 … as a site has them. */
  readonly extra: readonly DhcpOption[];
}

export type DhcpPlay =
  | { readonly kind: "good" }
  | { readonly kind: "silent" }
  /** Offers, and answers no REQUEST. */
  | { readonly kind: "offers-only" }
  /** Refuses so many REQUESTs since the play began, then is good. */
  | { readonly kind: "nak"; readonly times: number };

export interface DhcpSettings {
  readonly scope: DhcpScope;
  readonly play: DhcpPlay;
  /** Answers INIT-REBOOT of clients it does not know with NAK instead of silence (RFC 2131 §4.3.2). */
  readonly isAuthoritative: boolean;
  /** Before each answer. */
  readonly delayMs: number;
}

export interface DhcpServerOptions {
  readonly sockets: Sockets;
  readonly link: LinkPort;
  readonly clock: Clock;
  readonly settings: () => DhcpSettings;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/** What a test may do with a running server. */
export interface DhcpServer {
  readonly leases: Leases;
}

const serverPort = 67;
const clientPort = 68;

/** Serves until the signal. */
export function startDhcpServer(options: DhcpServerOptions): DhcpServer {
  const { sockets, clock, settings, tell, signal } = options;
  const leases = new Leases(clock);
  const nak = { play: settings().play, given: 0 };
  const socket = sockets.openUdp({ port: serverPort, canBroadcast: true });
  signal.addEventListener("abort", () => socket.close(), { once: true });

  const handle = (request: DhcpMessage): void => {
    const present = settings();
    if (present.play !== nak.play) Object.assign(nak, { play: present.play, given: 0 });
    const mayRefuse = present.play.kind === "nak" && nak.given < present.play.times;
    const answer = answerTo(request, present, leases, mayRefuse);
    if (answer === undefined || (present.play.kind === "offers-only" && answer.kind !== "offer")) return;
    if (mayRefuse && answer.kind === "nak") nak.given++;
    const { delayMs } = present;
    const go = (): void => {
      tell(answer.kind, { client: request.clientMac, address: answer.address });
      send(options, request, answer, present.scope);
    };
    if (delayMs === 0) go();
    else {
      const alarm = clock.alarm(later(clock.now(), delayMs), go);
      signal.addEventListener("abort", () => alarm.cancel(), { once: true });
    }
  };

  socket.datagrams.subscribe(
    ({ bytes }) => {
      const request = read(bytes);
      const type = request === undefined ? undefined : typeOf(request);
      if (request === undefined || request.op !== "request" || type === undefined) return;
      tell(String(type), { client: request.clientMac, ...requestedFacts(request) });
      if (settings().play.kind !== "silent") handle(request);
    },
    { signal },
  );
  return { leases };
}

interface Answer {
  readonly kind: "offer" | "ack" | "nak";
  /** The client's address; 0.0.0.0 in a NAK and in the answer to an INFORM. */
  readonly address: Ip4;
  /** False for INFORM: no lease in it. */
  readonly hasLease: boolean;
}

const refusal: Answer = { kind: "nak", address: noAddress, hasLease: false };

function answerTo(
  request: DhcpMessage,
  settings: DhcpSettings,
  leases: Leases,
  mayRefuse: boolean,
): Answer | undefined {
  const { scope } = settings;
  const client = request.clientMac;
  const wanted = optionOf(request.options, "requestedAddress")?.address;
  const chosen = optionOf(request.options, "serverId")?.address;
  switch (typeOf(request)) {
    case "discover": {
      const address = leases.choose(client, wanted, scope.pool);
      return address === undefined ? undefined : { kind: "offer", address, hasLease: true };
    }
    case "request":
      // "those servers not selected by the DHCPREQUEST message use the message as notification" (§3.1 step 4)
      if (chosen !== undefined && chosen !== scope.serverId) return undefined;
      if (mayRefuse) return refusal;
      return answerToRequest(request, settings, leases, wanted ?? request.clientAddress);
    case "inform":
      return { kind: "ack", address: noAddress, hasLease: false };
    case "release":
      leases.release(client);
      return undefined;
    case "decline":
      if (wanted !== undefined) leases.decline(client, wanted);
      return undefined;
    default:
      return undefined;
  }
}

function answerToRequest(
  request: DhcpMessage,
  { scope, isAuthoritative }: DhcpSettings,
  leases: Leases,
  address: Ip4,
): Answer | undefined {
  const client = request.clientMac;
  const isSelecting = optionOf(request.options, "serverId") !== undefined;
  const isKnown = leases.heldBy(client) !== undefined;
  // "If the DHCP server has no record of this client, then it MUST remain silent" (§4.3.2, INIT-REBOOT)
  if (!isSelecting && !isKnown && request.clientAddress === noAddress && !isAuthoritative) return undefined;
  if (!isSelecting && isKnown && leases.heldBy(client) !== address) return refusal;
  if (!leases.grant(client, address, scope.leaseSec, scope.pool)) return refusal;
  return { kind: "ack", address, hasLease: true };
}

/** §4.1: where the answer goes. The client's MAC is known, so nobody is asked by ARP. */
function send(options: DhcpServerOptions, request: DhcpMessage, answer: Answer, scope: DhcpScope): void {
  const { link } = options;
  const renews = request.clientAddress !== noAddress && answer.kind !== "nak";
  const isBroadcast = answer.kind === "nak" || (!renews && request.isBroadcast);
  const unicast = renews ? request.clientAddress : answer.address;
  const reply: DhcpMessage = {
    op: "reply",
    hops: 0,
    transactionId: request.transactionId,
    secs: 0,
    isBroadcast: request.isBroadcast,
    clientAddress: answer.kind === "ack" ? request.clientAddress : noAddress,
    yourAddress: answer.address,
    serverAddress: answer.kind === "nak" ? noAddress : (scope.nextServer ?? noAddress),
    relayAddress: noAddress,
    clientMac: request.clientMac,
    serverName: "",
    bootFile: "",
    options: optionsOf(answer, scope),
  };
  link.send(
    encodeUdpFrame({
      destinationMac: isBroadcast ? broadcastMac : request.clientMac,
      sourceMac: link.mac,
      source: { address: scope.serverId, port: serverPort },
      destination: { address: isBroadcast ? broadcastAddress : unicast, port: clientPort },
      payload: encode(dhcpMessage, reply),
    }),
  );
}

function optionsOf(answer: Answer, scope: DhcpScope): readonly DhcpOption[] {
  const options: DhcpOption[] = [
    { kind: "messageType", type: answer.kind },
    { kind: "serverId", address: scope.serverId },
  ];
  if (answer.kind === "nak") return options;
  if (answer.hasLease) {
    options.push({ kind: "leaseTime", seconds: scope.leaseSec });
    if (scope.renewalSec !== undefined) options.push({ kind: "renewalTime", seconds: scope.renewalSec });
    if (scope.rebindingSec !== undefined)
      options.push({ kind: "rebindingTime", seconds: scope.rebindingSec });
  }
  options.push({ kind: "subnetMask", mask: scope.mask });
  const lists = [
    ["routers", scope.routers],
    ["dnsServers", scope.dnsServers],
    ["ntpServers", scope.ntpServers],
    ["tftpServers", scope.tftpServers],
  ] as const;
  for (const [kind, addresses] of lists) if (addresses.length > 0) options.push({ kind, addresses });
  if (scope.domainName !== undefined) options.push({ kind: "domainName", text: scope.domainName });
  if (scope.tftpServerName !== undefined)
    options.push({ kind: "tftpServerName", text: scope.tftpServerName });
  return [...options, ...scope.extra];
}

function typeOf(message: DhcpMessage): string | number | undefined {
  return optionOf(message.options, "messageType")?.type;
}

function requestedFacts(request: DhcpMessage): Readonly<Record<string, string>> {
  const wanted = optionOf(request.options, "requestedAddress")?.address;
  if (wanted !== undefined) return { address: wanted };
  return request.clientAddress === noAddress ? {} : { address: request.clientAddress };
}

function read(bytes: Uint8Array): DhcpMessage | undefined {
  try {
    return decodeDhcp(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return undefined; // what cannot be read cannot be answered (RFC 2131 §4.1)
  }
}
