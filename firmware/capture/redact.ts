// Takes secrets out of captured frames: finds the text in UDP, TCP and TFTP, masks it piece by piece in the order of the
// stream, and mends checksums. What is no IPv4 stays as it is.
import { freshMask, type MaskState, maskAll, maskPiece, unknownMask } from "./secrets.ts";

const etherTypes = { vlan: 0x8100, ip4: 0x0800 } as const;
const protocols = { tcp: 6, udp: 17 } as const;
const telnetPort = 23;
const tftpData = 3;
const tftpHeaderLength = 4;
const ip4FragmentMask = 0x3fff; // more fragments, or an offset

/** Streams and positions remembered; a repeated piece must be masked as the first one was. */
const mostPositions = 4096;

/** Masks the frames of one capture, in the order they are seen. */
export class Redactor {
  /** What is known before the piece at a position of a stream. */
  readonly #before = new Map<string, MaskState>();
  readonly #known = new Set<string>();

  /** A copy without secrets; the same array where there is nothing to look at. */
  redact(frame: Uint8Array): Uint8Array {
    const ip = ip4Start(frame);
    if (ip === undefined) return frame;
    const copy = frame.slice();
    const view = new DataView(copy.buffer);
    const headerLength = (view.getUint8(ip) & 0xf) * 4;
    const end = Math.min(copy.length, ip + view.getUint16(ip + 2));
    const upper = ip + headerLength;
    if (headerLength < 20 || upper >= end) return frame;
    const names = hexOf(copy.subarray(ip + 12, ip + 20));
    const protocol = view.getUint8(ip + 9);
    const fragment = view.getUint16(ip + 6) & ip4FragmentMask;
    if (fragment !== 0) {
      this.#fragment(
        copy.subarray(upper, end),
        `${names} ${view.getUint16(ip + 4)}`,
        (fragment & 0x1fff) * 8,
      );
      return copy;
    }
    const before = wordSum(copy, upper, end);
    if (protocol === protocols.udp && end - upper >= 8) this.#udp(copy, view, { upper, end, names, before });
    if (protocol === protocols.tcp && end - upper >= 20) this.#tcp(copy, view, { upper, end, names, before });
    return copy;
  }

  #udp(copy: Uint8Array, view: DataView, at: Segment): void {
    const { upper, end, names } = at;
    const ports = `${view.getUint16(upper)} ${view.getUint16(upper + 2)}`;
    const stream = `${names} udp ${ports}`;
    const start = upper + 8;
    const isData = end - start >= tftpHeaderLength && view.getUint16(start) === tftpData;
    if (isData) {
      const number = view.getUint16(start + 2);
      this.#piece(
        copy.subarray(start + tftpHeaderLength, end),
        stream,
        number,
        (number + 1) & 0xffff,
        number === 1,
      );
    } else {
      maskPiece(freshMask, copy.subarray(start, end));
    }
    mend(copy, view, at, upper + 6, protocols.udp);
  }

  #tcp(copy: Uint8Array, view: DataView, at: Segment): void {
    const { upper, end, names } = at;
    const start = upper + (view.getUint8(upper + 12) >> 4) * 4;
    if (start >= end) return;
    const payload = copy.subarray(start, end);
    if (view.getUint16(upper + 2) === telnetPort) {
      maskAll(payload);
    } else {
      const stream = `${names} tcp ${view.getUint16(upper)} ${view.getUint16(upper + 2)}`;
      const sequence = view.getUint32(upper + 4);
      this.#piece(payload, stream, sequence, (sequence + payload.length) >>> 0, !this.#known.has(stream));
    }
    mend(copy, view, at, upper + 16, protocols.tcp);
  }

  /** Text in a fragment goes on from the fragment before it, or is masked to its first end of line. */
  #fragment(payload: Uint8Array, stream: string, offset: number): void {
    this.#piece(payload, stream, offset, offset + payload.length, offset === 0);
  }

  #piece(payload: Uint8Array, stream: string, position: number, next: number, isFirst: boolean): void {
    const before = this.#before.get(`${stream} ${position}`) ?? (isFirst ? freshMask : unknownMask);
    this.#remember(stream, position, before);
    this.#remember(stream, next, maskPiece(before, payload));
  }

  #remember(stream: string, position: number, state: MaskState): void {
    this.#known.add(stream);
    const key = `${stream} ${position}`;
    this.#before.delete(key);
    this.#before.set(key, state);
    for (const oldest of this.#before.keys()) {
      if (this.#before.size <= mostPositions) break;
      this.#before.delete(oldest);
    }
  }
}

interface Segment {
  /** Where UDP or TCP begins, and where the packet ends. */
  readonly upper: number;
  readonly end: number;
  readonly names: string;
  /** Sum of its words before anything was masked. */
  readonly before: number;
}

/** Where the IPv4 header begins; undefined: none, or cut. */
function ip4Start(frame: Uint8Array): number | undefined {
  if (frame.length < 14 + 20) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const isTagged = view.getUint16(12) === etherTypes.vlan;
  const start = isTagged ? 18 : 14;
  if (frame.length < start + 20 || view.getUint16(start - 2) !== etherTypes.ip4) return undefined;
  return view.getUint8(start) >> 4 === 4 ? start : undefined;
}

/** One's complement sum of the words from `from`, not folded. */
function wordSum(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 2)
    sum += ((bytes[at] ?? 0) << 8) | (at + 1 < to ? (bytes[at + 1] ?? 0) : 0);
  return sum;
}

/** RFC 1624: the checksum follows the change of the words. Zero in UDP means that there is none. */
function mend(
  copy: Uint8Array,
  view: DataView,
  { upper, end, before }: Segment,
  at: number,
  protocol: number,
): void {
  const old = view.getUint16(at);
  if (protocol === protocols.udp && old === 0) return;
  const change = wordSum(copy, upper, end) - before;
  if (change === 0) return;
  const sum = (0xffff - old + change) % 0xffff;
  const mended = 0xffff - (sum < 0 ? sum + 0xffff : sum);
  view.setUint16(at, protocol === protocols.udp && mended === 0 ? 0xffff : mended);
}

const hexOf = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
};
