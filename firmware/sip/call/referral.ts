// What REFER and NOTIFY carry: the target with its escaped headers, and the status line of a sipfrag (RFC 3515, RFC 3420,
// RFC 3891, RFC 3892). Pure.
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  rawLine,
  type SipRequest,
  valuesOf,
} from "#firmware/sip/message/message.ts";
import { asRequestUri, escapedHeader, type SipUri, unescaped } from "#firmware/sip/message/uri.ts";
import { latin1 } from "#firmware/wire/bytes.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { Destination } from "./transfer.ts";

/** A REFER that can be done. */
export interface Referral {
  readonly uri: string;
  /** Lines for the new INVITE: Referred-By as it came, Replaces from the target's headers. */
  readonly lines: readonly HeaderLine[];
  /** False where RFC 4488 asked for no subscription. */
  readonly hasSubscription: boolean;
}

/** `<sip:c@host?Replaces=…>` (RFC 3891 §3): the value escaped inside the URI. */
export function referToValue(to: Destination): string {
  const replaces = to.replaces === undefined ? "" : `?Replaces=${escapedHeader(to.replaces)}`;
  return `<${to.uri}${replaces}>`;
}

/** Headers of a URI this phone puts into the request it makes of it; others could forge anything. */
const allowed = [headers.replaces];

function headersOf(uri: SipUri): readonly HeaderLine[] {
  return (uri.headers ?? "").split("&").flatMap((part) => {
    const equals = part.indexOf("=");
    if (equals < 0) return [];
    const name = unescaped(part.slice(0, equals)).toLowerCase();
    const type = allowed.find(({ id }) => id === name);
    return type === undefined
      ? []
      : [rawLine(type, type.print(type.parse(unescaped(part.slice(equals + 1)))))];
  });
}

/** A status to refuse with, or what is asked for: exactly one Refer-To with a sip: URI (RFC 3515 §2.4.2). */
export function readReferral(request: SipRequest): Referral | number {
  try {
    const targets = valuesOf(request, headers.referTo);
    const uri = targets[0]?.uri;
    if (targets.length !== 1 || uri === undefined) return 400;
    if (uri.kind !== "sip") return 416;
    const method = uri.parameters.get("method");
    if (method !== undefined && method.toUpperCase() !== "INVITE") return 501;
    const referredBy = request.headers.filter(({ id }) => id === headers.referredBy.id);
    const hasSubscription = firstOf(request, headers.referSub)?.value.toLowerCase() !== "false";
    return { uri: asRequestUri(uri), lines: [...referredBy, ...headersOf(uri)], hasSubscription };
  } catch (error) {
    if (error instanceof WireError) return 400;
    throw error;
  }
}

/** Status of a `SIP/2.0 200 OK` in a body; undefined where there is none. */
export function sipfragStatus(body: Uint8Array): number | undefined {
  const match = /^\s*SIP\/2\.0 (\d{3})\b/i.exec(latin1(body.subarray(0, 200)));
  return match === null ? undefined : Number(match[1]);
}
