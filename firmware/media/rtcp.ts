// RTCP compound packets (RFC 3550 §6): SR, RR, SDES, BYE, APP; anything else keeps its bytes.
// Reduced-size packets (RFC 5506), which do not begin with a report, are accepted on reading.
import { bytes, fromLatin1, latin1, rest } from "#firmware/wire/bytes.ts";
import type { Field, Of } from "#firmware/wire/field.ts";
import { mapped, u8, u32 } from "#firmware/wire/numbers.ts";
import { Reader } from "#firmware/wire/reader.ts";
import { sized, struct } from "#firmware/wire/structures.ts";
import { named, WireError } from "#firmware/wire/wire-error.ts";
import { Writer } from "#firmware/wire/writer.ts";
import { InvariantError } from "#hal/contract/errors.ts";

/** Packet types (RFC 3550 §12.1). */
const rtcpTypes = { senderReport: 200, receiverReport: 201, description: 202, bye: 203, app: 204 };

/** SDES items (RFC 3550 §12.2). */
export const sdesItems = { end: 0, cname: 1, name: 2, email: 3, phone: 4, location: 5, tool: 6, note: 7 };

/** 24-bit two's complement: "cumulative number of packets lost". */
const signed24: Field<number> = {
  read(r) {
    const value = r.u8() * 0x1_0000 + r.u16();
    return value >= 0x80_0000 ? value - 0x100_0000 : value;
  },
  write(w, value) {
    const unsigned = value < 0 ? value + 0x100_0000 : value;
    w.u8(Math.floor(unsigned / 0x1_0000));
    w.u16(unsigned % 0x1_0000);
  },
};

/** One source as a receiver sees it (§6.4.1). */
const reportBlock = struct({
  ssrc: u32,
  /** Share lost since the last report, 0 … 255/256. */
  fractionLost: mapped(
    u8,
    (wire) => wire / 256,
    (share) => Math.floor(share * 256),
  ),
  /** Expected less received since the beginning; negative with duplicates. */
  cumulativeLost: signed24,
  /** Extended: cycles in the upper half. */
  highestSequence: u32,
  jitterUnits: u32,
  /** Middle 32 bits of the NTP time of the last SR from this source; 0: none came. */
  lastSenderReport: u32,
  /** Since that SR arrived; kept exactly, the wire has units of 1/65536 s. */
  delaySinceSenderReportMs: mapped(
    u32,
    (wire) => (wire * 1000) / 65536,
    (ms) => Math.round((ms * 65536) / 1000),
  ),
});
export type ReportBlock = Of<typeof reportBlock>;

const senderInfo = struct({
  /** NTP time of sending: seconds, then 2⁻³² s. Ours runs on the monotonic clock (§4 allows it). */
  ntpSeconds: u32,
  ntpFraction: u32,
  rtpTimestamp: u32,
  packets: u32,
  octets: u32,
});
export type SenderInfo = Of<typeof senderInfo>;

/** One SDES item; the text is kept byte by byte (it should be UTF-8). */
export interface SdesItem {
  readonly type: number;
  readonly text: string;
}

export interface SdesChunk {
  readonly ssrc: number;
  readonly items: readonly SdesItem[];
}

/** One packet of a compound. `extension` is what a profile added behind the report blocks. */
export type RtcpPacket =
  | {
      readonly kind: "senderReport";
      readonly ssrc: number;
      readonly sender: SenderInfo;
      readonly reports: readonly ReportBlock[];
      readonly extension: Uint8Array;
    }
  | {
      readonly kind: "receiverReport";
      readonly ssrc: number;
      readonly reports: readonly ReportBlock[];
      readonly extension: Uint8Array;
    }
  | { readonly kind: "description"; readonly chunks: readonly SdesChunk[] }
  | { readonly kind: "bye"; readonly ssrcs: readonly number[]; readonly reason: string | undefined }
  | {
      readonly kind: "app";
      readonly subtype: number;
      readonly ssrc: number;
      /** Four characters. */
      readonly name: string;
      readonly data: Uint8Array;
    }
  | { readonly kind: "unknown"; readonly type: number; readonly count: number; readonly raw: Uint8Array };

const itemText = mapped(sized(u8, rest), latin1, fromLatin1);
const appName = mapped(bytes(4), latin1, fromLatin1);

function readChunk(r: Reader): SdesChunk {
  const start = r.offset;
  const ssrc = r.u32();
  const items: SdesItem[] = [];
  for (let type = r.u8(); type !== sdesItems.end; type = r.u8()) {
    items.push({ type, text: named(`item ${type}`, () => itemText.read(r)) });
  }
  // "terminated by one or more null octets, the first of which is interpreted as an item type of zero …
  // as needed to pad until the next 32-bit boundary"
  r.bytes(-(r.offset - start) & 3);
  return { ssrc, items };
}

function writeChunk(w: Writer, chunk: SdesChunk): void {
  const start = w.length;
  w.u32(chunk.ssrc);
  for (const { type, text } of chunk.items) {
    if (type === sdesItems.end) throw new InvariantError("an SDES item has a type from 1 on");
    w.u8(type);
    itemText.write(w, text);
  }
  w.u8(sdesItems.end);
  w.zeros(-(w.length - start) & 3);
}

function readBye(r: Reader, count: number): RtcpPacket {
  const ssrcs = Array.from({ length: count }, () => r.u32());
  if (r.remaining === 0) return { kind: "bye", ssrcs, reason: undefined };
  const reason = named("reason", () => itemText.read(r));
  r.bytes(r.remaining); // to the next 32-bit boundary
  return { kind: "bye", ssrcs, reason };
}

function readBody(type: number, count: number, r: Reader): RtcpPacket {
  const blocks = (): readonly ReportBlock[] =>
    Array.from({ length: count }, (_, i) => named(`reports[${i}]`, () => reportBlock.read(r)));
  switch (type) {
    case rtcpTypes.senderReport: {
      const ssrc = r.u32();
      const sender = senderInfo.read(r);
      const reports = blocks();
      return { kind: "senderReport", ssrc, sender, reports, extension: rest.read(r) };
    }
    case rtcpTypes.receiverReport: {
      const ssrc = r.u32();
      const reports = blocks();
      return { kind: "receiverReport", ssrc, reports, extension: rest.read(r) };
    }
    case rtcpTypes.description:
      return {
        kind: "description",
        chunks: Array.from({ length: count }, (_, i) => named(`chunks[${i}]`, () => readChunk(r))),
      };
    case rtcpTypes.bye:
      return readBye(r, count);
    case rtcpTypes.app:
      return { kind: "app", subtype: count, ssrc: r.u32(), name: appName.read(r), data: rest.read(r) };
    default:
      return { kind: "unknown", type, count, raw: rest.read(r) };
  }
}

function readPacket(r: Reader): RtcpPacket {
  const start = r.offset;
  const first = r.u8();
  if (first >> 6 !== 2) throw new WireError("bad-value", start, `version ${first >> 6}, 2 belongs`);
  const type = r.u8();
  const body = r.bytes(r.u16() * 4);
  let octets = body.length;
  if ((first & 0x20) !== 0) {
    if (r.remaining > 0)
      throw new WireError("bad-value", start, "padding before the last packet of a compound");
    const count = body.at(-1) ?? 0;
    // "it will be a multiple of four" (§6.4.1): what is left are whole words.
    if (count === 0 || count > octets || count % 4 !== 0)
      throw new WireError("bad-length", start, `${count} octets of padding in ${octets}`);
    octets -= count;
  }
  const inner = new Reader(body.subarray(0, octets), start + 4);
  const packet = readBody(type, first & 0x1f, inner);
  inner.end();
  return packet;
}

function writeBody(w: Writer, packet: RtcpPacket): { readonly type: number; readonly count: number } {
  switch (packet.kind) {
    case "senderReport":
    case "receiverReport":
      w.u32(packet.ssrc);
      if (packet.kind === "senderReport") senderInfo.write(w, packet.sender);
      for (const block of packet.reports) reportBlock.write(w, block);
      w.bytes(packet.extension);
      return { type: rtcpTypes[packet.kind], count: packet.reports.length };
    case "description":
      for (const chunk of packet.chunks) writeChunk(w, chunk);
      return { type: rtcpTypes.description, count: packet.chunks.length };
    case "bye":
      for (const ssrc of packet.ssrcs) w.u32(ssrc);
      if (packet.reason !== undefined) {
        itemText.write(w, packet.reason);
        w.zeros(-w.length & 3);
      }
      return { type: rtcpTypes.bye, count: packet.ssrcs.length };
    case "app":
      w.u32(packet.ssrc);
      appName.write(w, packet.name);
      w.bytes(packet.data);
      return { type: rtcpTypes.app, count: packet.subtype };
    case "unknown":
      w.bytes(packet.raw);
      return { type: packet.type, count: packet.count };
  }
}

function writePacket(w: Writer, packet: RtcpPacket): void {
  const inner = new Writer();
  const { type, count } = writeBody(inner, packet);
  if (count > 31) throw new InvariantError(`an RTCP packet holds at most 31 parts, not ${count}`);
  if (inner.length % 4 !== 0)
    throw new InvariantError(`an RTCP packet is whole words, not ${inner.length} octets`);
  w.u8(0x80 | count);
  w.u8(type);
  w.u16(inner.length / 4);
  w.bytes(inner.written());
}

/** Packets a compound may hold; real ones have two or three. */
const mostPackets = 64;

/** One datagram of the RTCP port. At least one packet; "the length fields … must add up to the overall length". */
export const rtcpCompound: Field<readonly RtcpPacket[]> = {
  read(r) {
    const packets: RtcpPacket[] = [];
    do {
      if (packets.length === mostPackets)
        throw new WireError("bad-length", r.offset, `more than ${mostPackets} packets`);
      packets.push(named(`[${packets.length}]`, () => readPacket(r)));
    } while (r.remaining > 0);
    return packets;
  },
  write(w, packets) {
    for (const packet of packets) writePacket(w, packet);
  },
};
