// Who the phone says it is: tags and Call-IDs, addresses of record, the Contact of a line on a given way.
import { hexDigits } from "#firmware/runtime/chance.ts";
import { printAddress } from "#firmware/sip/message/address.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { type HeaderLine, line as headerLine, rawLine } from "#firmware/sip/message/message.ts";
import { octetsOf } from "#firmware/sip/message/octets.ts";
import { parseUri, printUri } from "#firmware/sip/message/uri.ts";
import type { Random } from "#hal/contract/random.ts";
import type { ServerAddress, SipLine, SipSettings } from "./settings.ts";
import { defaultPort } from "./transport/arrival.ts";
import type { Flow } from "./transport/flow.ts";

/** Methods this phone serves: Allow (RFC 3261 §20.5; REGISTER is not among them, it is no registrar). */
export const servedMethods = [
  "INVITE",
  "ACK",
  "CANCEL",
  "BYE",
  "OPTIONS",
  "NOTIFY",
  "REFER",
  "UPDATE",
  "PRACK",
  "INFO",
] as const;

/** Methods it knows but does not serve: 405 instead of 501. */
export const knownMethods: readonly string[] = [
  ...servedMethods,
  "REGISTER",
  "SUBSCRIBE",
  "MESSAGE",
  "PUBLISH",
];

/** Option tags it understands (RFC 3262, 4028, 3891). */
export const supportedOptions = ["100rel", "timer", "replaces", "norefersub"] as const;

/** Bodies it reads. */
export const acceptedTypes = ["application/sdp", "message/sipfrag"] as const;

export const allowLine: HeaderLine = rawLine(headers.allow, servedMethods.join(", "));
export const supportedLine: HeaderLine = rawLine(headers.supported, supportedOptions.join(", "));
export const acceptLine: HeaderLine = rawLine(headers.accept, acceptedTypes.join(", "));

/** What every request of ours says about the phone. */
export function requestLines(settings: SipSettings): readonly HeaderLine[] {
  return [rawLine(headers.userAgent, octetsOf(settings.userAgent))];
}

/** The MAC and 64 random bits: another tag for every dialog (RFC 3261 §19.3 wants 32). */
export function newTag(settings: SipSettings, random: Random): string {
  return `${settings.mac.toLowerCase()}${hexDigits(random, 16)}`;
}

/** `MAC-random@address`, unique in space and time (§8.1.1.4). */
export function newCallId(settings: SipSettings, random: Random, host: string): string {
  return `${settings.mac.toLowerCase()}-${hexDigits(random, 16)}@${host}`;
}

/** Host of a line's address of record: its own, else its first proxy's, else the phone's address. */
export function domainOf(line: SipLine, localAddress: string): string {
  return line.domain ?? line.proxies[0]?.host ?? localAddress;
}

/** `sip:host`, with the port where it is not the usual one. */
export function serverUri(server: Pick<ServerAddress, "host" | "port">): string {
  return printUri({ host: server.host, port: server.port === defaultPort ? undefined : server.port });
}

/** The address of record of a line. */
export function recordUri(line: SipLine, settings: SipSettings, localAddress: string): string {
  const user = settings.userInfo === "none" ? {} : { user: settings.userInfo };
  return printUri({ user: octetsOf(line.name), host: domainOf(line, localAddress), parameters: user });
}

/** From of a line. */
export function fromLine(line: SipLine, uri: string, tag: string): HeaderLine {
  const displayName = octetsOf(line.displayName);
  return headerLine(headers.from, { displayName, uri: parseUri(uri), parameters: new Map([["tag", tag]]) });
}

/** To without tag. */
export function toLine(uri: string, displayName = ""): HeaderLine {
  return rawLine(headers.to, printAddress({ displayName, uri: { text: uri } }));
}

/** Our URI on a way: where requests of a dialog or for the line reach us. */
export function contactUri(
  line: SipLine,
  settings: SipSettings,
  flow: Pick<Flow, "sentBy" | "transport">,
): string {
  const user = octetsOf(line.contact ?? line.name);
  const parameters = {
    ...(settings.userInfo === "phone" ? { user: "phone" } : {}),
    transport: flow.transport.toLowerCase(),
  };
  const [host = "", port] = flow.sentBy.split(":");
  return printUri({ user, host, port: port === undefined ? undefined : Number(port), parameters });
}

export function contactLine(
  line: SipLine,
  settings: SipSettings,
  flow: Pick<Flow, "sentBy" | "transport">,
): HeaderLine {
  return rawLine(headers.contact, `<${contactUri(line, settings, flow)}>`);
}
