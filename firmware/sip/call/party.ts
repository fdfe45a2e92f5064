// Who is at the other end, as far as it was told: From, To, Remote-Party-ID, P-Asserted-Identity (RFC 3261, RFC 3325).
import type { Address } from "#firmware/sip/message/address.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, type SipMessage, valuesOf } from "#firmware/sip/message/message.ts";
import { readable } from "#firmware/sip/message/octets.ts";
import { unescaped } from "#firmware/sip/message/uri.ts";
import type { Party } from "#firmware/sip/notices.ts";
import { WireError } from "#firmware/wire/wire-error.ts";

/** RFC 3323 §4.1.1.3, and what phones before it sent. */
function isAnonymous(address: Address): boolean {
  const { uri, displayName } = address;
  if (uri.kind !== "sip") return false;
  const user = (uri.user ?? "").toLowerCase();
  return (
    user === "anonymous" || uri.host === "anonymous.invalid" || displayName.toLowerCase() === "anonymous"
  );
}

export function partyOf(address: Address): Party {
  const { uri, displayName } = address;
  const number =
    uri.kind === "sip" ? unescaped((uri.user ?? "").replace(/[;:].*/, "")) : uri.rest.replace(/[;?].*/, "");
  return {
    name: readable(displayName),
    number: readable(number),
    uri: readable(uri.text),
    isAnonymous: isAnonymous(address),
  };
}

/** Somebody of whom nothing is known. */
export const unknownParty: Party = { name: "", number: "", uri: "", isAnonymous: false };

/** A header that cannot be read tells nothing. */
function read<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** The identity a trusted server vouches for, if the settings let it count. */
function vouchedFor(message: SipMessage, role: "calling" | "called"): Address | undefined {
  const remote = (read(() => valuesOf(message, headers.remotePartyId)) ?? []).find(
    ({ parameters }) => (parameters.get("party") ?? role).toLowerCase() === role,
  );
  return remote ?? read(() => firstOf(message, headers.assertedIdentity));
}

/** Who calls: From, or better knowledge where `isVouchedUsed`. */
export function callerOf(message: SipMessage, isVouchedUsed: boolean): Party {
  const from = read(() => firstOf(message, headers.from));
  const vouched = isVouchedUsed ? vouchedParty(message) : undefined;
  if (vouched !== undefined) return vouched;
  return from === undefined ? unknownParty : partyOf(from);
}

/** Who a request inside a call says is there now; undefined where it says nothing a server vouches for. */
export function vouchedParty(message: SipMessage): Party | undefined {
  const vouched = vouchedFor(message, "calling");
  if (vouched === undefined) return undefined;
  const privacy = vouched.parameters.get("privacy")?.toLowerCase() ?? "off";
  return { ...partyOf(vouched), isAnonymous: privacy !== "off" };
}

/** Who answered: To of the 2xx, or better knowledge. */
export function calleeOf(message: SipMessage, isVouchedUsed: boolean): Party {
  const vouched = isVouchedUsed ? vouchedFor(message, "called") : undefined;
  const to = vouched ?? read(() => firstOf(message, headers.to));
  return to === undefined ? unknownParty : partyOf(to);
}

/**
 * The party a call was first meant for, where it was diverted: the lowest Diversion, as the first one there was. Older
 * servers have names of their own for it (reference rows HDR-007, HDR-008).
 */
export function divertedFrom(message: SipMessage): Party | undefined {
  for (const type of [headers.diversion, headers.ccDiversion, headers.ccRedirect]) {
    const first = read(() => valuesOf(message, type))?.at(-1);
    if (first !== undefined) return partyOf(first);
  }
  return undefined;
}
