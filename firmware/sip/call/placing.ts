// How a call of ours presents itself: Request-URI, From, To, and what else its INVITE says (RFC 3261 §8.1.1, RFC 3323,
// reference section 4.10).
import type { CallRoute } from "#firmware/call/intents.ts";
import { domainOf, recordUri } from "#firmware/sip/identity.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { type HeaderLine, rawLine } from "#firmware/sip/message/message.ts";
import { octetsOf } from "#firmware/sip/message/octets.ts";
import { parseUri, printUri } from "#firmware/sip/message/uri.ts";
import type { SipLine, SipSettings } from "#firmware/sip/settings.ts";
import { WireError } from "#firmware/wire/wire-error.ts";

/** Digits, signs and separators of a telephone number. */
const phoneNumber = /^\+?[0-9*#.()-]+$/;

/** What a person dialled, as a Request-URI; undefined for a URI that is none. */
export function dialledUri(
  target: string,
  line: SipLine,
  localAddress: string,
  asUser?: "phone" | "ip",
): string | undefined {
  const octets = octetsOf(target.trim());
  if (octets === "") return undefined;
  if (/^(sips?|tel):/i.test(octets)) return checked(octets);
  if (octets.includes("@")) return checked(`sip:${octets}`);
  const kind = asUser ?? (phoneNumber.test(octets) ? "phone" : undefined);
  const user: Record<string, string> = kind === undefined ? {} : { user: kind };
  return checked(printUri({ user: octets, host: domainOf(line, localAddress), parameters: user }));
}

function checked(text: string): string | undefined {
  try {
    return parseUri(text).kind === "sip" ? text : undefined;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

export interface Presented {
  readonly fromUri: string;
  /** Octets, ready to stand between quotes. */
  readonly fromName: string;
  readonly lines: readonly HeaderLine[];
}

/** "…a display name of Anonymous and sip:anonymous@anonymous.invalid" (RFC 3323 §4.1.1.3). */
const anonymousUri = "sip:anonymous@anonymous.invalid";

const escapedName = (name: string): string => octetsOf(name).replace(/["\\]/g, "\\$&");

/** What a call is like, beside whom it is for. */
export interface How {
  readonly isAnonymous: boolean;
  readonly route: CallRoute;
}

/** Who the INVITE says is calling. */
export function presented(line: SipLine, settings: SipSettings, localAddress: string, how: How): Presented {
  const record = recordUri(line, { ...settings, userInfo: "none" }, localAddress);
  const name = escapedName(line.displayName);
  const lines: HeaderLine[] = [];
  if (settings.isRemotePartyIdUsed) {
    const shown = name === "" ? "" : `"${name}" `;
    const privacy = how.isAnonymous ? "full" : "off";
    const value = `${shown}<${record}>;party=calling;id-type=subscriber;privacy=${privacy};screen=no`;
    lines.push(rawLine(headers.remotePartyId, value));
  }
  if (how.route === "emergency") lines.push({ id: "priority", name: "Priority", value: "emergency" });
  if (!how.isAnonymous) return { fromUri: record, fromName: name, lines };
  return { fromUri: anonymousUri, fromName: "Anonymous", lines: [...lines, rawLine(headers.privacy, "id")] };
}
