// Why a request is not taken, in the order of RFC 3261 §8.2: malformed, version, method, scheme, user, merged, Require,
// body, Accept (reference row UAC-034). Pure.
import { type HeaderType, headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  has,
  rawLine,
  type SipRequest,
  sipVersion,
  soleOf,
  valuesOf,
} from "#firmware/sip/message/message.ts";
import { parseUri, type SipUri, type Uri } from "#firmware/sip/message/uri.ts";
import { magicCookie } from "#firmware/sip/message/via.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import {
  acceptedTypes,
  acceptLine,
  allowLine,
  knownMethods,
  servedMethods,
  supportedOptions,
} from "./identity.ts";

/** How a request is turned down. */
export interface Refusal {
  readonly status: number;
  /** For a person reading a trace: what is wrong. */
  readonly reason?: string;
  readonly lines: readonly HeaderLine[];
}

export interface RefusalContext {
  /** Does one of our lines own this user part? */
  isOurs(uri: SipUri): boolean;
  readonly isMerged: boolean;
}

/** Headers that must be readable where they stand: what this phone acts on. */
const actedOn: readonly HeaderType<unknown>[] = [
  headers.via,
  headers.maxForwards,
  headers.contact,
  headers.contentType,
  headers.contentEncoding,
  headers.expires,
  headers.require,
  headers.supported,
  headers.recordRoute,
  headers.event,
  headers.subscriptionState,
  headers.referTo,
  headers.replaces,
  headers.sessionExpires,
  headers.minSessionExpires,
  headers.rack,
];

/** Everything RFC 3261 demands of the form of a request. Throws WireError naming the header. */
function checkForm(request: SipRequest): Uri {
  if (request.flaw !== undefined) throw request.flaw;
  const uri = parseUri(request.uri);
  soleOf(request, headers.from);
  soleOf(request, headers.to);
  soleOf(request, headers.callId);
  const cseq = soleOf(request, headers.cseq);
  for (const type of actedOn) valuesOf(request, type);
  if (valuesOf(request, headers.via).length === 0) throw new WireError("bad-value", 0, "no Via");
  if (valuesOf(request, headers.maxForwards).length > 1)
    throw new WireError("bad-value", 0, "two Max-Forwards");
  if (cseq.method !== request.method && !isUnknown(request.method))
    throw new WireError("bad-value", 0, `CSeq says ${cseq.method}, the request line ${request.method}`);
  if (request.method === "INVITE" || request.method === "SUBSCRIBE" || request.method === "REFER")
    checkContact(request);
  return uri;
}

/** "The Contact header field MUST be present and contain exactly one SIP or SIPS URI" (§8.1.1.8); RFC 2543 had none. */
function checkContact(request: SipRequest): void {
  const contacts = valuesOf(request, headers.contact);
  const branch = firstOf(request, headers.via)?.parameters.get("branch") ?? "";
  if (contacts.length > 1) throw new WireError("bad-value", 0, `${contacts.length} Contacts`);
  if (contacts.length === 0 && branch.startsWith(magicCookie))
    throw new WireError("bad-value", 0, "no Contact");
}

const isUnknown = (method: string): boolean => !knownMethods.includes(method);

const isServed = (method: string): boolean => (servedMethods as readonly string[]).includes(method);

/** Undefined for a request that may go on. */
export function refusalOf(request: SipRequest, context: RefusalContext): Refusal | undefined {
  if (request.version !== sipVersion) return { status: 505, lines: [] };
  let uri: Uri;
  try {
    uri = checkForm(request);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { status: 400, reason: plainReason(error), lines: [] };
  }
  if (!isServed(request.method)) return { status: isUnknown(request.method) ? 501 : 405, lines: [allowLine] };
  if (uri.kind !== "sip") return { status: 416, lines: [] };
  const isInDialog = firstOf(request, headers.to)?.parameters.has("tag") === true;
  if (!isInDialog && !context.isOurs(uri)) return { status: 404, lines: [] };
  if (context.isMerged) return { status: 482, lines: [] };
  return refusedExtension(request) ?? refusedBody(request) ?? refusedAnswer(request);
}

/** Control characters have no place in a reason phrase. */
function plainReason(error: WireError): string {
  return `Bad Request: ${error.message.replace(/[^\x20-\x7e]/g, "?").slice(0, 120)}`;
}

/** §8.2.2.3. "Require and Proxy-Require … MUST NOT be used in … CANCEL … or ACK". */
function refusedExtension(request: SipRequest): Refusal | undefined {
  const unknown = valuesOf(request, headers.require).filter(
    (option) => !(supportedOptions as readonly string[]).includes(option.toLowerCase()),
  );
  if (unknown.length === 0) return undefined;
  return { status: 420, lines: [rawLine(headers.unsupported, unknown.join(", "))] };
}

const sessionMethods = ["INVITE", "UPDATE", "PRACK"];

/** §8.2.3: a body whose type or coding is not understood, unless it is said to be optional. */
function refusedBody(request: SipRequest): Refusal | undefined {
  if (request.body.length === 0 || !sessionMethods.includes(request.method)) return undefined;
  const disposition = has(request, headers.contentDisposition)
    ? firstOf(request, headers.contentDisposition)
    : undefined;
  if (disposition?.parameters.get("handling")?.toLowerCase() === "optional") return undefined;
  const encodings = valuesOf(request, headers.contentEncoding).filter(
    (coding) => coding.toLowerCase() !== "identity",
  );
  if (encodings.length > 0)
    return { status: 415, lines: [acceptLine, rawLine(headers.acceptEncoding, "identity")] };
  const type = firstOf(request, headers.contentType)?.type;
  if (type !== "application/sdp" && type?.startsWith("multipart/") !== true)
    return { status: 415, lines: [acceptLine] };
  return undefined;
}

/** An INVITE whose answer may not be SDP can have no answer. */
function refusedAnswer(request: SipRequest): Refusal | undefined {
  if (request.method !== "INVITE" || !has(request, headers.accept)) return undefined;
  const ranges = valuesOf(request, headers.accept).map((range) => range.replace(/\s*;.*/, "").toLowerCase());
  const isWelcome = ranges.some((range) => ["application/sdp", "application/*", "*/*"].includes(range));
  if (isWelcome || ranges.length === 0) return undefined;
  const warning = rawLine(
    headers.warning,
    `399 ${warnAgent} "${acceptedTypes[0]} is the only answer there is"`,
  );
  return { status: 406, lines: [warning] };
}

/** The warn-agent of our warnings: a pseudonym, as RFC 3261 §20.43 allows. */
export const warnAgent = "phone";
