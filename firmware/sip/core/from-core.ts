// What sip.js prints, as messages of ours: the stand-ins taken out, strict routes obeyed, headers every message of ours
// has put in its own way.

import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type HeaderLine,
  rawLine,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  valuesOf,
} from "#firmware/sip/message/message.ts";
import { parseMessage } from "#firmware/sip/message/parse.ts";
import { asRequestUri } from "#firmware/sip/message/uri.ts";
import { fromLatin1 } from "#firmware/wire/bytes.ts";
import { nullTag } from "./to-core.ts";

/** The branch or key in the top Via: how messages of sip.js are told apart. */
export function coreBranch(message: SipMessage): string {
  return firstOf(message, headers.via)?.parameters.get("branch") ?? "";
}

/** Headers that the layer below writes itself. */
const ownIds: ReadonlySet<string> = new Set([headers.via.id, headers.userAgent.id, headers.contentLength.id]);

/** Headers of a response that come from the request it answers, and the list of methods that sip.js serves. */
const copiedIds: ReadonlySet<string> = new Set([
  ...ownIds,
  headers.allow.id,
  headers.from.id,
  headers.to.id,
  headers.callId.id,
  headers.cseq.id,
  headers.recordRoute.id,
]);

/** Reads what sip.js printed. */
export function readCore(text: string): SipMessage {
  return parseMessage(fromLatin1(text));
}

const hasValue = ({ value }: HeaderLine): boolean => value !== "";
const withoutNullTag = (line: HeaderLine): HeaderLine =>
  line.value.includes(nullTag) ? { ...line, value: line.value.replace(`;tag=${nullTag}`, "") } : line;

/** A request without Via, and the URI that says where it goes next. */
export interface Sendable {
  readonly request: SipRequest;
  readonly nextHop: string;
}

/**
 * "If the route set is not empty, and its first URI does not contain the lr parameter, the UAC
 * MUST place the first URI from the route set into the Request-URI …, the remote target URI … as the last value" of
 * Route (RFC 3261 §12.2.1.1).
 */
export function requestFromCore(message: SipRequest): Sendable {
  const lines = message.headers.filter((line) => !ownIds.has(line.id) && hasValue(line)).map(withoutNullTag);
  const [first, ...rest] = valuesOf(message, headers.route);
  const isStrict = first !== undefined && first.uri.kind === "sip" && !first.uri.parameters.has("lr");
  if (!isStrict)
    return {
      request: { ...message, headers: lines, flaw: undefined },
      nextHop: first?.uri.text ?? message.uri,
    };
  const routes = [...rest.map((route) => headers.route.print(route)), `<${message.uri}>`];
  const others = lines.filter(({ id }) => id !== headers.route.id);
  const uri = asRequestUri(first.uri);
  const headerLines = [...routes.map((value) => rawLine(headers.route, value)), ...others];
  return { request: { ...message, uri, headers: headerLines, flaw: undefined }, nextHop: uri };
}

/** The lines of a response that are not the request's own; Record-Route is copied from the request, unchanged. */
export function responseLines(message: SipResponse): readonly HeaderLine[] {
  return message.headers.filter((line) => !copiedIds.has(line.id) && hasValue(line));
}
