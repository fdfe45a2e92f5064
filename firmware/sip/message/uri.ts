// SIP and other URIs (RFC 3261 §19.1, §25.1; RFC 3966 for tel). A URI from the network is kept as text and sent
// back as it came; its parts are for decisions.
import { WireError } from "#firmware/wire/wire-error.ts";
import { wholeNumber } from "./scanner.ts";

/** Parts of a sip: or sips: URI. Texts are as sent, with their escapes. */
export interface SipUri {
  readonly kind: "sip";
  readonly text: string;
  readonly isSecure: boolean;
  readonly user: string | undefined;
  /** Lower case; IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Names in lower case, unescaped. */
  readonly parameters: ReadonlyMap<string, string | undefined>;
  /** What follows the question mark, as sent. */
  readonly headers: string | undefined;
}

/** Any other scheme: kept, compared as text. */
export interface OtherUri {
  readonly kind: "other";
  readonly text: string;
  /** Lower case. */
  readonly scheme: string;
  readonly rest: string;
}

export type Uri = SipUri | OtherUri;

const bad = (offset: number, detail: string): WireError => new WireError("bad-value", offset, detail);

// RFC 3261 §25.1: unreserved, escaped, user-unreserved and the colon before a password.
const userInfo = /^(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/:#]|%[0-9A-Fa-f]{2})*$/;
const parameterText = /^(?:[A-Za-z0-9\-_.!~*'()[\]/:&+$=;]|%[0-9A-Fa-f]{2})*$/;
const headerText = /^(?:[A-Za-z0-9\-_.!~*'()[\]/?:+$=&;,@]|%[0-9A-Fa-f]{2})*$/;
const hostText = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?|\[[0-9A-Fa-f:.]+\])$/;

/** `%41` → `A`; escapes that are none stay. Octets, not characters. */
export function unescaped(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** Escapes what may not stand in a user part (RFC 3261 §25.1 `user`). `text` is octets. */
export function escapedUser(text: string): string {
  return text.replace(/[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/g, percent);
}

/** Escapes what may not stand in a header part of a URI (`hname`, `hvalue`). */
export function escapedHeader(text: string): string {
  return text.replace(/[^A-Za-z0-9\-_.!~*'()[\]/:+$]/g, percent);
}

const percent = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;

/** Host and port of `text`, which ends there. */
export function parseHostPort(text: string, offset: number): { host: string; port: number | undefined } {
  const colon = text.indexOf(":", text.startsWith("[") ? Math.max(text.indexOf("]"), 0) : 0);
  const host = colon < 0 ? text : text.slice(0, colon);
  if (!hostText.test(host)) throw bad(offset, `"${host.slice(0, 40)}" is no host`);
  if (colon < 0) return { host: host.toLowerCase(), port: undefined };
  return { host: host.toLowerCase(), port: wholeNumber(text.slice(colon + 1), 65_535, "a port") };
}

function parseParameters(text: string, offset: number): ReadonlyMap<string, string | undefined> {
  if (!parameterText.test(text)) throw bad(offset, `"${text.slice(0, 40)}" are no URI parameters`);
  const parameters = new Map<string, string | undefined>();
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    const name = unescaped(equals < 0 ? part : part.slice(0, equals)).toLowerCase();
    if (name === "") throw bad(offset, "a URI parameter without name");
    if (!parameters.has(name)) parameters.set(name, equals < 0 ? undefined : part.slice(equals + 1));
  }
  return parameters;
}

/** Reads a URI that is the whole of `text`. Throws WireError. */
export function parseUri(text: string): Uri {
  const colon = text.indexOf(":");
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  if (!/^[a-z][a-z0-9+.-]*$/.test(scheme)) throw bad(0, `"${text.slice(0, 40)}" has no URI scheme`);
  if (/[\s<>"]/.test(text)) throw bad(0, `"${text.slice(0, 40)}" has a character no URI has`);
  if (scheme !== "sip" && scheme !== "sips")
    return { kind: "other", text, scheme, rest: text.slice(colon + 1) };
  const at = text.indexOf("@");
  const user = at < 0 ? undefined : text.slice(colon + 1, at);
  if (user !== undefined && (user === "" || !userInfo.test(user)))
    throw bad(colon + 1, `"${user.slice(0, 40)}" is no user part`);
  const start = at < 0 ? colon + 1 : at + 1;
  const mark = text.indexOf("?", start);
  const headers = mark < 0 ? undefined : text.slice(mark + 1);
  if (headers !== undefined && !headerText.test(headers))
    throw bad(mark, `"${headers.slice(0, 40)}" are no URI headers`);
  const end = mark < 0 ? text.length : mark;
  const semicolon = text.slice(0, end).indexOf(";", start);
  const hostEnd = semicolon < 0 ? end : semicolon;
  const { host, port } = parseHostPort(text.slice(start, hostEnd), start);
  const parameters =
    semicolon < 0
      ? new Map<string, string | undefined>()
      : parseParameters(text.slice(semicolon + 1, end), semicolon);
  return { kind: "sip", text, isSecure: scheme === "sips", user, host, port, parameters, headers };
}

/** What a sip: URI of ours is made of; user in octets, not yet escaped. */
export interface UriParts {
  readonly isSecure?: boolean;
  readonly user?: string | undefined;
  readonly host: string;
  readonly port?: number | undefined;
  readonly parameters?: Readonly<Record<string, string | undefined>>;
}

/** The text of a URI of ours. */
export function printUri(parts: UriParts): string {
  let text = parts.isSecure === true ? "sips:" : "sip:";
  if (parts.user !== undefined) text += `${escapedUser(parts.user)}@`;
  text += parts.host;
  if (parts.port !== undefined) text += `:${parts.port}`;
  for (const [name, value] of Object.entries(parts.parameters ?? {}))
    text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
}

/** The URI without parameters that may not stand in a Request-URI or that only place a call: method and headers. */
export function asRequestUri(uri: Uri): string {
  if (uri.kind === "other") return uri.text;
  let text =
    uri.headers === undefined ? uri.text : uri.text.slice(0, uri.text.length - uri.headers.length - 1);
  if (uri.parameters.has("method")) text = text.replace(/;method(=[^;]*)?(?=;|$)/i, "");
  return text;
}

const compared = ["user", "ttl", "method", "maddr", "transport"];

/** RFC 3261 §19.1.4. */
export function uriEquals(a: Uri, b: Uri): boolean {
  if (a.kind === "other" || b.kind === "other") return a.kind === b.kind && a.text === b.text;
  if (a.isSecure !== b.isSecure || a.host !== b.host || a.port !== b.port) return false;
  if (
    unescaped(a.user ?? "") !== unescaped(b.user ?? "") ||
    (a.user === undefined) !== (b.user === undefined)
  )
    return false;
  for (const name of compared) if (a.parameters.has(name) !== b.parameters.has(name)) return false;
  for (const [name, value] of a.parameters) {
    if (!b.parameters.has(name)) continue;
    if (unescaped(value ?? "").toLowerCase() !== unescaped(b.parameters.get(name) ?? "").toLowerCase())
      return false;
  }
  return sameHeaders(a.headers, b.headers);
}

function sameHeaders(a: string | undefined, b: string | undefined): boolean {
  const sorted = (text: string | undefined): string =>
    unescaped(text ?? "")
      .toLowerCase()
      .split("&")
      .sort()
      .join("&");
  return sorted(a) === sorted(b);
}
