// The CDP checksum: RFC 1071 one's-complement sum, but an odd last byte is added as a sign-extended 16-bit number
// (reference boot-and-provisioning 2.2). Implementations disagree in two rare corners, so there are three variants.

/** `common`: switches and lldpd. `high-80-positive`: the byte 0x80 counts as positive (Scapy). `lost-carry`: the odd byte's carry is dropped (U-Boot). */
export type ChecksumVariant = "common" | "high-80-positive" | "lost-carry";

const variants: readonly ChecksumVariant[] = ["common", "high-80-positive", "lost-carry"];

const fold = (sum: number): number => {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return folded;
};

/** The sum with the odd last byte in it: + 0x00vv, or + 0xFF00 + (v − 1) where v is negative as a signed byte. */
function withOddByte(sum: number, last: number, variant: ChecksumVariant): number {
  switch (variant) {
    case "common":
      return sum + (last < 0x80 ? last : 0xff00 + last - 1);
    case "high-80-positive":
      return sum + (last <= 0x80 ? last : 0xff00 + last - 1);
    case "lost-carry": {
      const low = (sum & 0xffff) + (last < 0x80 ? last : 0xff00 + last);
      return sum - (sum & 0xffff) + (low & 0xffff);
    }
  }
}

/** Checksum over a CDP packet of at most 1500 bytes; its own checksum field (bytes 2 and 3) counts as 0. */
export function cdpChecksum(packet: Uint8Array, variant: ChecksumVariant = "common"): number {
  let sum = 0;
  const even = packet.length - (packet.length % 2);
  for (let at = 0; at < even; at += 2) {
    if (at !== 2) sum += ((packet[at] as number) << 8) | (packet[at + 1] as number); // at + 1 < even
  }
  if (even < packet.length) sum = withOddByte(sum, packet[even] as number, variant); // the one byte left
  return ~fold(sum) & 0xffff;
}

/** True when the checksum in the packet is right by any of the three variants. */
export function isChecksumAccepted(packet: Uint8Array): boolean {
  const present = ((packet[2] ?? 0) << 8) | (packet[3] ?? 0);
  if (packet.length % 2 === 0) return cdpChecksum(packet) === present;
  return variants.some((variant) => cdpChecksum(packet, variant) === present);
}
