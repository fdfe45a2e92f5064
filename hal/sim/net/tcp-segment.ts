// The TCP header (RFC 9293 §3.1) and arithmetic on sequence numbers (§3.4). Of the options only MSS is used.
import type { Ip4 } from "#hal/contract/network.ts";
import { transportChecksum } from "./checksum.ts";
import { protocol } from "./ip4-packet.ts";
import { malformed, type Parsed, setU16, setU32, u8, u16, u32 } from "./octets.ts";

/** A position in a byte stream, modulo 2³². */
export type Sequence = number;

export interface TcpSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: Sequence;
  /** Meaningful with `ack`. */
  readonly acknowledgment: Sequence;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly psh: boolean;
  /** Bytes; never scaled. */
  readonly window: number;
  /** Maximum segment size, in a SYN. */
  readonly mss: number | undefined;
  readonly payload: Uint8Array;
}

const headerLength = 20;
export const tcpHeaderLength = headerLength;

const flag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;
const option = { end: 0, noOperation: 1, mss: 2 } as const;

export function parseTcp(source: Ip4, destination: Ip4, bytes: Uint8Array): Parsed<TcpSegment> {
  if (bytes.length < headerLength) return malformed("truncated");
  const header = (u8(bytes, 12) >>> 4) * 4;
  if (header < headerLength || header > bytes.length) return malformed("bad-length");
  if (transportChecksum(source, destination, protocol.tcp, bytes) !== 0) return malformed("bad-checksum");
  const flags = u8(bytes, 13);
  return {
    sourcePort: u16(bytes, 0),
    destinationPort: u16(bytes, 2),
    sequence: u32(bytes, 4),
    acknowledgment: u32(bytes, 8),
    syn: (flags & flag.syn) !== 0,
    ack: (flags & flag.ack) !== 0,
    fin: (flags & flag.fin) !== 0,
    rst: (flags & flag.rst) !== 0,
    psh: (flags & flag.psh) !== 0,
    window: u16(bytes, 14),
    mss: mssIn(bytes.subarray(headerLength, header)),
    payload: bytes.subarray(header),
  };
}

export function buildTcp(source: Ip4, destination: Ip4, segment: TcpSegment): Uint8Array {
  const header = headerLength + (segment.mss === undefined ? 0 : 4);
  const bytes = new Uint8Array(header + segment.payload.length);
  setU16(bytes, 0, segment.sourcePort);
  setU16(bytes, 2, segment.destinationPort);
  setU32(bytes, 4, segment.sequence);
  setU32(bytes, 8, segment.acknowledgment);
  bytes[12] = (header / 4) << 4;
  bytes[13] =
    (segment.fin ? flag.fin : 0) |
    (segment.syn ? flag.syn : 0) |
    (segment.rst ? flag.rst : 0) |
    (segment.psh ? flag.psh : 0) |
    (segment.ack ? flag.ack : 0);
  setU16(bytes, 14, segment.window);
  if (segment.mss !== undefined) {
    bytes[headerLength] = option.mss;
    bytes[headerLength + 1] = 4;
    setU16(bytes, headerLength + 2, segment.mss);
  }
  bytes.set(segment.payload, header);
  setU16(bytes, 16, transportChecksum(source, destination, protocol.tcp, bytes));
  return bytes;
}

/** Broken options are skipped, as Linux does; a useless MSS counts as none. */
function mssIn(options: Uint8Array): number | undefined {
  for (let at = 0; at < options.length; ) {
    const kind = u8(options, at);
    if (kind === option.end) return undefined;
    if (kind === option.noOperation) {
      at++;
      continue;
    }
    const length = u8(options, at + 1);
    if (length < 2 || at + length > options.length) return undefined;
    if (kind === option.mss && length === 4) {
      const mss = u16(options, at + 2);
      return mss >= leastMss ? mss : undefined;
    }
    at += length;
  }
  return undefined;
}

/** Linux: TCP_MIN_MSS. */
const leastMss = 88;

/** Sequence numbers a segment takes. */
export function spanOf(segment: TcpSegment): number {
  return segment.payload.length + (segment.syn ? 1 : 0) + (segment.fin ? 1 : 0);
}

/** `a + by`, wrapped. */
export function advance(a: Sequence, by: number): Sequence {
  return (a + by) >>> 0;
}

/** How far `a` is after `b`: negative when it is before. */
export function distance(a: Sequence, b: Sequence): number {
  return (a - b) | 0;
}
