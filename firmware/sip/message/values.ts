// Header values that are no addresses and no Via: numbers, lists of tokens, credentials, events (RFC 3261 §20 and
// the extensions named at each).
import { WireError } from "#firmware/wire/wire-error.ts";
import { type Parameters, scanParameters } from "./parameters.ts";
import { isCallId, isToken, Scanner, wholeNumber } from "./scanner.ts";

const maxDelta = 0xffff_ffff;
/** RFC 3261 §8.1.1.5: less than 2³¹. */
const maxSequence = 0x7fff_ffff;

export interface Sequence {
  readonly number: number;
  readonly method: string;
}

export function parseSequence(text: string): Sequence {
  const [number = "", method = "", ...more] = text.split(/[ \t]+/);
  if (more.length > 0 || !isToken(method))
    throw new WireError("bad-value", 0, `CSeq is a number and a method`);
  return { number: wholeNumber(number, maxSequence, "CSeq"), method };
}

export function parseCallId(text: string): string {
  if (!isCallId(text)) throw new WireError("bad-value", 0, "Call-ID has no blanks");
  return text;
}

/** A number of seconds (delta-seconds). */
export function parseSeconds(text: string): number {
  return wholeNumber(text, maxDelta, "a number of seconds");
}

/** Max-Forwards, 0–255 (RFC 3261 §20.22). */
export function parseForwards(text: string): number {
  return wholeNumber(text, 255, "Max-Forwards");
}

export function parseLength(text: string): number {
  return wholeNumber(text, 0x7fff_ffff, "Content-Length");
}

export function parseToken(text: string): string {
  if (!isToken(text)) throw new WireError("bad-value", 0, `"${text.slice(0, 40)}" is no token`);
  return text;
}

/** A media type, lower case, with its parameters. */
export interface MediaType {
  readonly type: string;
  readonly parameters: Parameters;
}

export function parseMediaType(text: string): MediaType {
  const scanner = new Scanner(text);
  const major = scanner.token("the media type");
  scanner.expect("/", "a media type");
  const minor = scanner.token("the media subtype");
  const parameters = scanParameters(scanner);
  scanner.end("a media type");
  return { type: `${major}/${minor}`.toLowerCase(), parameters };
}

/** A token with parameters: Event, Subscription-State, Content-Disposition. */
export interface Tagged {
  readonly value: string;
  readonly parameters: Parameters;
}

export function parseTagged(text: string): Tagged {
  const scanner = new Scanner(text);
  const value = scanner.token("the value");
  const parameters = scanParameters(scanner);
  scanner.end("the value");
  return { value, parameters };
}

/** A challenge or credentials (RFC 3261 §25.1 `challenge`, `credentials`); names in lower case, quotes removed. */
export interface AuthValue {
  /** Lower case. */
  readonly scheme: string;
  readonly parameters: Parameters;
}

export function parseAuth(text: string): AuthValue {
  const scanner = new Scanner(text);
  const scheme = scanner.token("the authentication scheme").toLowerCase();
  if (scheme !== "digest") return { scheme, parameters: new Map() };
  const parameters = new Map<string, string | undefined>();
  do {
    const name = scanner.token("a parameter name").toLowerCase();
    scanner.expect("=", "a digest parameter");
    scanner.skipSpace();
    const value =
      scanner.text[scanner.at] === '"' ? scanner.quoted(name) : scanner.run(",", `the value of ${name}`);
    if (!parameters.has(name)) parameters.set(name, value);
  } while (scanner.accept(","));
  scanner.end("the challenge");
  return { scheme, parameters };
}

/** RFC 3261 §20.33. */
export interface RetryAfter {
  readonly seconds: number;
  readonly comment: string | undefined;
  readonly durationSec: number | undefined;
}

export function parseRetryAfter(text: string): RetryAfter {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  const hasComment = open >= 0 && close > open;
  const rest = hasComment ? text.slice(0, open) + text.slice(close + 1) : text;
  const scanner = new Scanner(rest);
  const seconds = parseSeconds(scanner.run("; \t", "the number of seconds"));
  const parameters = scanParameters(scanner);
  scanner.end("Retry-After");
  const duration = parameters.get("duration");
  return {
    seconds,
    comment: hasComment ? text.slice(open + 1, close) : undefined,
    durationSec: duration === undefined ? undefined : parseSeconds(duration),
  };
}

/** RFC 3891 §6.1. */
export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  readonly isEarlyOnly: boolean;
}

export function parseReplaces(text: string): Replaces {
  const scanner = new Scanner(text);
  const callId = parseCallId(scanner.run(";", "the Call-ID"));
  const parameters = scanParameters(scanner);
  scanner.end("Replaces");
  const toTag = parameters.get("to-tag");
  const fromTag = parameters.get("from-tag");
  if (toTag === undefined || fromTag === undefined)
    throw new WireError("bad-value", 0, "Replaces names both tags of a dialog");
  return { callId, toTag, fromTag, isEarlyOnly: parameters.has("early-only") };
}

export function printReplaces(value: Replaces): string {
  const early = value.isEarlyOnly ? ";early-only" : "";
  return `${value.callId};to-tag=${value.toTag};from-tag=${value.fromTag}${early}`;
}

/** RFC 4028 §4. */
export interface SessionExpires {
  readonly seconds: number;
  readonly refresher: "uac" | "uas" | undefined;
}

export function parseSessionExpires(text: string): SessionExpires {
  const scanner = new Scanner(text);
  const seconds = parseSeconds(scanner.run("; \t", "the session interval"));
  const parameters = scanParameters(scanner);
  scanner.end("Session-Expires");
  const refresher = parameters.get("refresher")?.toLowerCase();
  return { seconds, refresher: refresher === "uac" || refresher === "uas" ? refresher : undefined };
}

/** RFC 3262 §7.2. */
export interface Rack {
  readonly responseNumber: number;
  readonly sequence: Sequence;
}

export function parseRack(text: string): Rack {
  const space = text.search(/[ \t]/);
  const number = wholeNumber(space < 0 ? text : text.slice(0, space), maxSequence, "RAck");
  return { responseNumber: number, sequence: parseSequence(text.slice(Math.max(space, 0)).trim()) };
}

export function parseResponseNumber(text: string): number {
  return wholeNumber(text, maxSequence, "RSeq");
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const dateText = /^(\w{3}),\s*(\d{2})\s+(\w{3})\s+(\d{4})\s+(\d{2}):(\d{2}):(\d{2})\s+GMT$/;
const dayMs = 86_400_000;

/** Days from 1970-01-01 to a date of the Gregorian calendar; month counts from 1. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** `Sat, 13 Nov 2010 23:29:00 GMT` → milliseconds since 1970 (RFC 3261 §20.17: GMT only). */
export function parseDate(text: string): number {
  const match = dateText.exec(text);
  const month = months.indexOf(match?.[3] ?? "") + 1;
  if (match === null || month === 0 || !days.includes(match[1] ?? ""))
    throw new WireError("bad-value", 0, `"${text.slice(0, 40)}" is no date in GMT`);
  const [day, year, hour, minute, second] = [2, 4, 5, 6, 7].map((at) => Number(match[at])) as [
    number,
    number,
    number,
    number,
    number,
  ]; // five indices, five numbers
  return daysSince1970(year, month, day) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** The other way round. */
export function printDate(unixMs: number): string {
  const dayNumber = Math.floor(unixMs / dayMs);
  const second = Math.floor((unixMs - dayNumber * dayMs) / 1000);
  let year = 1970 + Math.floor(dayNumber / 365.25);
  while (daysSince1970(year + 1, 1, 1) <= dayNumber) year++;
  while (daysSince1970(year, 1, 1) > dayNumber) year--;
  let month = 1;
  while (month < 12 && daysSince1970(year, month + 1, 1) <= dayNumber) month++;
  const two = (value: number): string => String(value).padStart(2, "0");
  const weekday = days[(((dayNumber + 4) % 7) + 7) % 7];
  const date = `${two(dayNumber - daysSince1970(year, month, 1) + 1)} ${months[month - 1]} ${year}`;
  return `${weekday}, ${date} ${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)} GMT`;
}
