// The headers this phone understands, one line each: name, compact form, whether a value is a list, and how a value is
// read and written. Everything else is kept as it came (RFC 3261 §7.3.1, §20).
import { parseAddress, printAddress } from "./address.ts";
import { printParameters } from "./parameters.ts";
import {
  type MediaType,
  parseAuth,
  parseCallId,
  parseDate,
  parseForwards,
  parseLength,
  parseMediaType,
  parseRack,
  parseReplaces,
  parseResponseNumber,
  parseRetryAfter,
  parseSeconds,
  parseSequence,
  parseSessionExpires,
  parseTagged,
  parseToken,
  printDate,
  printReplaces,
  type Rack,
  type RetryAfter,
  type Sequence,
  type SessionExpires,
  type Tagged,
} from "./values.ts";
import { parseVia, type Via } from "./via.ts";

/** One kind of header. */
export interface HeaderType<T> {
  /** As we write it. */
  readonly name: string;
  /** Lower case: what lines are found by. */
  readonly id: string;
  readonly compact: string | undefined;
  /** A comma separates values, and the header may stand more than once. */
  readonly isList: boolean;
  /** Throws WireError. */
  parse(text: string): T;
  print(value: T): string;
}

type Options<T> = {
  readonly compact?: string;
  readonly parse: (text: string) => T;
  readonly print: (value: T) => string;
};

const kind = <T>(name: string, isList: boolean, options: Options<T>): HeaderType<T> => ({
  name,
  id: name.toLowerCase(),
  compact: options.compact,
  isList,
  parse: options.parse,
  print: options.print,
});
const one = <T>(name: string, options: Options<T>): HeaderType<T> => kind(name, false, options);
const many = <T>(name: string, options: Options<T>): HeaderType<T> => kind(name, true, options);

const compact = (letter: string | undefined): { readonly compact?: string } =>
  letter === undefined ? {} : { compact: letter };
const same = (text: string): string => text;
const address = { parse: parseAddress, print: printAddress };
const token = { parse: parseToken, print: same };
const text = (letter?: string) => ({ parse: same, print: same, ...compact(letter) });
const seconds = (letter?: string) => ({ parse: parseSeconds, print: String, ...compact(letter) });
const auth = {
  parse: parseAuth,
  print: (value: ReturnType<typeof parseAuth>) =>
    `${value.scheme} ${printParameters(value.parameters).slice(1).replaceAll(";", ", ")}`,
};
const tagged = (letter?: string) => ({
  parse: parseTagged,
  print: (value: Tagged) => value.value + printParameters(value.parameters),
  ...compact(letter),
});
const mediaType = (letter?: string) => ({
  parse: parseMediaType,
  print: (value: MediaType) => value.type + printParameters(value.parameters),
  ...compact(letter),
});

export const headers = {
  accept: many("Accept", text()),
  acceptEncoding: many("Accept-Encoding", text()),
  acceptLanguage: many("Accept-Language", text()),
  alertInfo: many("Alert-Info", text()),
  allow: many("Allow", token),
  allowEvents: many("Allow-Events", { ...token, compact: "u" }),
  also: many("Also", address),
  authenticationInfo: one("Authentication-Info", text()),
  authorization: one("Authorization", auth),
  callId: one("Call-ID", { parse: parseCallId, print: same, compact: "i" }),
  callInfo: many("Call-Info", text()),
  ccDiversion: many("CC-Diversion", address),
  ccRedirect: many("CC-Redirect", address),
  contact: many("Contact", { ...address, compact: "m" }),
  contentDisposition: one("Content-Disposition", tagged()),
  contentEncoding: many("Content-Encoding", { ...token, compact: "e" }),
  contentLength: one("Content-Length", { parse: parseLength, print: String, compact: "l" }),
  contentType: one("Content-Type", mediaType("c")),
  cseq: one<Sequence>("CSeq", { parse: parseSequence, print: (value) => `${value.number} ${value.method}` }),
  date: one("Date", { parse: parseDate, print: printDate }),
  diversion: many("Diversion", address),
  event: one("Event", tagged("o")),
  expires: one("Expires", seconds()),
  from: one("From", { ...address, compact: "f" }),
  maxForwards: one("Max-Forwards", { parse: parseForwards, print: String }),
  minExpires: one("Min-Expires", seconds()),
  minSessionExpires: one<SessionExpires>("Min-SE", {
    parse: parseSessionExpires,
    print: (value) => String(value.seconds),
  }),
  assertedIdentity: many("P-Asserted-Identity", address),
  path: many("Path", address),
  privacy: one("Privacy", text()),
  proxyAuthenticate: one("Proxy-Authenticate", auth),
  proxyAuthorization: one("Proxy-Authorization", auth),
  proxyRequire: many("Proxy-Require", token),
  rack: one<Rack>("RAck", {
    parse: parseRack,
    print: (value) => `${value.responseNumber} ${value.sequence.number} ${value.sequence.method}`,
  }),
  reason: many("Reason", text()),
  recordRoute: many("Record-Route", address),
  referSub: one("Refer-Sub", tagged()),
  referTo: one("Refer-To", { ...address, compact: "r" }),
  referredBy: one("Referred-By", { ...address, compact: "b" }),
  remotePartyId: many("Remote-Party-ID", address),
  replaces: one("Replaces", { parse: parseReplaces, print: printReplaces }),
  requestedBy: one("Requested-By", address),
  require: many("Require", token),
  retryAfter: one<RetryAfter>("Retry-After", {
    parse: parseRetryAfter,
    print: (value) => String(value.seconds),
  }),
  route: many("Route", address),
  responseNumber: one("RSeq", { parse: parseResponseNumber, print: String }),
  rtpRxStat: one("RTP-RxStat", text()),
  rtpTxStat: one("RTP-TxStat", text()),
  server: one("Server", text()),
  sessionExpires: one<SessionExpires>("Session-Expires", {
    parse: parseSessionExpires,
    print: (value) =>
      `${value.seconds}${value.refresher === undefined ? "" : `;refresher=${value.refresher}`}`,
    compact: "x",
  }),
  serviceRoute: many("Service-Route", address),
  subject: one("Subject", text("s")),
  subscriptionState: one("Subscription-State", tagged()),
  supported: many("Supported", { ...token, compact: "k" }),
  timestamp: one("Timestamp", text()),
  to: one("To", { ...address, compact: "t" }),
  unsupported: many("Unsupported", token),
  userAgent: one("User-Agent", text()),
  via: many<Via>("Via", { parse: parseVia, print: (value) => value.text, compact: "v" }),
  warning: many("Warning", text()),
  wwwAuthenticate: one("WWW-Authenticate", auth),
} as const;

const idOfCompact = new Map<string, string>();
for (const type of Object.values(headers))
  if (type.compact !== undefined) idOfCompact.set(type.compact, type.id);

/** The id of a header by the name a peer wrote: lower case, compact forms resolved. */
export function headerId(name: string): string {
  const lower = name.toLowerCase();
  return lower.length === 1 ? (idOfCompact.get(lower) ?? lower) : lower;
}
