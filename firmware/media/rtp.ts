// RTP packets (RFC 3550 §5.1, header extension §5.3.1). Padding is taken off on reading and never sent.
import type { Field } from "#firmware/wire/field.ts";
import type { Reader } from "#firmware/wire/reader.ts";
import { named, WireError } from "#firmware/wire/wire-error.ts";
import type { Writer } from "#firmware/wire/writer.ts";
import { InvariantError } from "#hal/contract/errors.ts";

/** The header extension as it stands on the wire; its meaning depends on the profile. */
export interface RtpExtension {
  /** "defined by profile": 0xBEDE for RFC 8285 one-byte elements. */
  readonly profile: number;
  /** A multiple of four octets. */
  readonly data: Uint8Array;
}

/** One RTP packet. */
export interface RtpPacket {
  readonly marker: boolean;
  /** 0–127 (RFC 3551 §6). */
  readonly payloadType: number;
  /** 0–65535, up by one per packet. */
  readonly sequence: number;
  /** Of the first octet of the payload, in units of the format's clock rate; 32 bit, wraps. */
  readonly timestamp: number;
  readonly ssrc: number;
  /** Contributing sources of a mixer, at most 15. */
  readonly csrcs: readonly number[];
  readonly extension: RtpExtension | undefined;
  readonly payload: Uint8Array;
}

const version = 2;

function readExtension(r: Reader): RtpExtension {
  const profile = r.u16();
  const words = r.u16();
  return { profile, data: r.bytes(words * 4).slice() };
}

/** What is left without the padding: "The last octet of the padding contains a count of how many padding octets should be ignored, including itself." */
function readPayload(r: Reader, hasPadding: boolean): Uint8Array {
  const offset = r.offset;
  const octets = r.bytes(r.remaining);
  if (!hasPadding) return octets.slice();
  const count = octets.at(-1);
  if (count === undefined) throw new WireError("truncated", offset, "padding is announced, nothing is left");
  if (count === 0 || count > octets.length)
    throw new WireError("bad-length", offset, `${count} octets of padding in ${octets.length} octets`);
  return octets.slice(0, octets.length - count);
}

function read(r: Reader): RtpPacket {
  const start = r.offset;
  const first = r.u8();
  if (first >> 6 !== version) throw new WireError("bad-value", start, `version ${first >> 6}, 2 belongs`);
  const second = r.u8();
  const sequence = r.u16();
  const timestamp = r.u32();
  const ssrc = r.u32();
  const csrcs = named("csrcs", () => Array.from({ length: first & 0x0f }, () => r.u32()));
  const extension = (first & 0x10) === 0 ? undefined : named("extension", () => readExtension(r));
  const payload = named("payload", () => readPayload(r, (first & 0x20) !== 0));
  return {
    marker: (second & 0x80) !== 0,
    payloadType: second & 0x7f,
    sequence,
    timestamp,
    ssrc,
    csrcs,
    extension,
    payload,
  };
}

function write(w: Writer, packet: RtpPacket): void {
  const { csrcs, extension } = packet;
  if (csrcs.length > 15)
    throw new InvariantError(`a packet has at most 15 contributing sources, not ${csrcs.length}`);
  if (packet.payloadType > 127) throw new InvariantError(`payload type ${packet.payloadType} is 0 … 127`);
  w.u8((version << 6) | (extension === undefined ? 0 : 0x10) | csrcs.length);
  w.u8((packet.marker ? 0x80 : 0) | packet.payloadType);
  w.u16(packet.sequence);
  w.u32(packet.timestamp);
  w.u32(packet.ssrc);
  for (const csrc of csrcs) w.u32(csrc);
  if (extension !== undefined) {
    if (extension.data.length % 4 !== 0)
      throw new InvariantError(`a header extension is whole words, not ${extension.data.length} octets`);
    w.u16(extension.profile);
    w.u16(extension.data.length / 4);
    w.bytes(extension.data);
  }
  w.bytes(packet.payload);
}

/**
 * One datagram of the RTP port.
 *
 *     V=2 P X CC   M PT   sequence        (4 octets)
 *     timestamp                           (4)
 *     SSRC, then CC × CSRC                (4 each)
 *     X: profile, words, data             (4 + 4 × words)
 *     payload, P: padding
 */
export const rtpPacket: Field<RtpPacket> = { read, write };
