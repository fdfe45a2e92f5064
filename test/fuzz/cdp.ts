// CDP frames from a hostile switch: decoded, believed, encoded again.

import { cdpChecksum } from "#firmware/cdp/checksum.ts";
import { cdpPacket, decodeCdpFrame, encodeCdpFrame } from "#firmware/cdp/messages.ts";
import { neighbourOf } from "#firmware/cdp/neighbour.ts";
import { decode } from "#firmware/wire/field.ts";
import { vectors } from "#test/vectors/load.ts";
import type { FuzzTarget } from "./target.ts";

const frames = vectors("cdp/frames").map(({ bytes }) => bytes);
const headerBytes = 22;

/** Repairs length and checksum, so that mutations reach the TLVs. */
export function repairedCdp(frame: Uint8Array): Uint8Array {
  if (frame.length < headerBytes + 4 || frame.length > 1514) return frame;
  const copy = frame.slice();
  copy.set(frames[0]?.subarray(0, 12) ?? [], 0);
  copy.set([(copy.length - 14) >> 8, (copy.length - 14) & 0xff, 0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0], 12);
  const sum = cdpChecksum(copy.subarray(headerBytes));
  copy.set([sum >> 8, sum & 0xff], headerBytes + 2);
  return copy;
}

function takeFrame(bytes: Uint8Array): void {
  const frame = decodeCdpFrame(bytes);
  if (frame.kind !== "cdp") return;
  neighbourOf(frame.source, frame.packet);
  const again = encodeCdpFrame(frame.source, frame.packet);
  decode("cdp", cdpPacket, again.subarray(headerBytes));
}

export const cdpTargets: readonly FuzzTarget[] = [
  { name: "cdp-frame", seeds: frames, run: takeFrame },
  { name: "cdp-tlvs", seeds: frames, run: (bytes) => takeFrame(repairedCdp(bytes)) },
];
