// Numbers and addresses in network byte order, for the simulated kernel's codecs. Callers check lengths first.
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";

export const broadcastMac: Mac = "ff:ff:ff:ff:ff:ff";
export const anyAddress: Ip4 = "0.0.0.0";
export const limitedBroadcast: Ip4 = "255.255.255.255";

/** Why bytes were refused; the stack counts each kind. */
export type MalformedReason =
  | "truncated"
  | "bad-length"
  | "bad-version"
  | "bad-checksum"
  | "bad-value"
  | "unsupported";

/** What a codec of the simulated kernel gives instead of a value: never an exception. */
export interface Malformed {
  readonly malformed: MalformedReason;
}

export type Parsed<T> = T | Malformed;

export function malformed(reason: MalformedReason): Malformed {
  return { malformed: reason };
}

export function isMalformed<T extends object>(parsed: Parsed<T>): parsed is Malformed {
  return "malformed" in parsed;
}

/** Reads a byte that the caller knows to be there. */
export function u8(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

export function u16(bytes: Uint8Array, at: number): number {
  return (u8(bytes, at) << 8) | u8(bytes, at + 1);
}

export function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) * 0x1_0000 + u16(bytes, at + 2);
}

export function setU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

export function setU32(bytes: Uint8Array, at: number, value: number): void {
  setU16(bytes, at, (value >>> 16) & 0xffff);
  setU16(bytes, at + 2, value & 0xffff);
}

export function ip4At(bytes: Uint8Array, at: number): Ip4 {
  return `${u8(bytes, at)}.${u8(bytes, at + 1)}.${u8(bytes, at + 2)}.${u8(bytes, at + 3)}`;
}

export function setIp4(bytes: Uint8Array, at: number, address: Ip4): void {
  setU32(bytes, at, ip4Number(address));
}

const hexPairs = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

export function macAt(bytes: Uint8Array, at: number): Mac {
  let text = hexPairs[u8(bytes, at)] ?? "";
  for (let i = 1; i < 6; i++) text += `:${hexPairs[u8(bytes, at + i)]}`;
  return text;
}

export function setMac(bytes: Uint8Array, at: number, mac: Mac): void {
  for (let i = 0; i < 6; i++) bytes[at + i] = Number.parseInt(mac.slice(i * 3, i * 3 + 2), 16);
}

/** An address as a number, for masks; NaN for text that is none. */
export function ip4Number(address: Ip4): number {
  const parts = address.split(".");
  if (parts.length !== 4) return Number.NaN;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return Number.NaN;
    value = value * 256 + Number(part);
  }
  return value;
}

export function isIp4(text: string): boolean {
  return !Number.isNaN(ip4Number(text));
}

export function ip4Text(value: number): Ip4 {
  return `${(value >>> 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

function maskOf(prefix: number): number {
  return prefix === 0 ? 0 : (0xffff_ffff << (32 - prefix)) >>> 0;
}

/** True when both addresses lie in the same network of that prefix. */
export function isSameSubnet(a: Ip4, b: Ip4, prefix: number): boolean {
  return ((ip4Number(a) ^ ip4Number(b)) & maskOf(prefix)) === 0;
}

/** All ones in the host part. */
export function subnetBroadcast(address: Ip4, prefix: number): Ip4 {
  return ip4Text((ip4Number(address) | ~maskOf(prefix)) >>> 0);
}

/** 224.0.0.0/4. */
export function isMulticast(address: Ip4): boolean {
  return ip4Number(address) >>> 28 === 0xe;
}

/** RFC 1112 §6.4: the low 23 bits of the group in 01-00-5E-00-00-00. */
export function multicastMac(group: Ip4): Mac {
  const low = ip4Number(group) & 0x7f_ffff;
  return `01:00:5e:${hexPairs[low >>> 16]}:${hexPairs[(low >>> 8) & 255]}:${hexPairs[low & 255]}`;
}

/** One after the other in one array. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One character per byte. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
