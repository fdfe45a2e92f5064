// Values as XML configuration files write them.
import { textAt, type XmlElement } from "#firmware/xml/read.ts";

/** `true`, `false`, 0 or 1; undefined for anything else. */
export function booleanAt(from: XmlElement | undefined, path: string): boolean | undefined {
  const text = from === undefined ? undefined : textAt(from, path)?.toLowerCase();
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  return undefined;
}

/** A whole number in `low` … `high`; undefined for anything else. */
export function numberAt(
  from: XmlElement | undefined,
  path: string,
  low: number,
  high: number,
): number | undefined {
  const text = from === undefined ? undefined : textAt(from, path);
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= low && value <= high ? value : undefined;
}

/** A TOS octet as DSCP 0–63: 184 is 46 (reference boot-and-provisioning 6.1). */
export function dscpAt(from: XmlElement | undefined, path: string): number | undefined {
  const octet = numberAt(from, path, 0, 255);
  return octet === undefined ? undefined : Math.floor(octet / 4);
}

/** `hh:mm` in minutes. */
export function minutesAt(from: XmlElement | undefined, path: string): number | undefined {
  const text = from === undefined ? undefined : textAt(from, path);
  const match = text === undefined ? null : /^([0-9]{1,2}):([0-5][0-9])$/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return minutes <= 1440 ? minutes : undefined;
}

/** A URL to fetch; undefined for anything else, such as the `Application:` addresses of later phones. */
export function urlAt(from: XmlElement, path: string): string | undefined {
  const text = textAt(from, path);
  return text !== undefined && text.length <= 512 && /^https?:\/\/[^\s"<>]+$/i.test(text) ? text : undefined;
}

/** Only the fields that are there, so that spreading keeps what is built in. */
export function present<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as Partial<T>; // the same keys with the same values, less the absent ones
}
