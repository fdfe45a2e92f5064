// Frames that never met a network card (veth pairs, virtual machines) can arrive with UDP or TCP checksums still to be
// filled in; the kernel says which. The firmware must not have to know: the sum is finished here.

/** RFC 1071: the ones' complement sum of 16-bit words, an odd last byte padded with zero. */
function sum(bytes: Uint8Array, start: number): number {
  let total = start;
  for (let index = 0; index < bytes.length; index++)
    total += index % 2 === 0 ? (bytes[index] ?? 0) << 8 : (bytes[index] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

const offsetOfSum: Readonly<Record<number, number>> = { 6: 16, 17: 6 }; // TCP, UDP

/** Fills in the TCP or UDP checksum of an untagged, unfragmented IPv4 frame in place; leaves anything else alone. */
export function finishChecksum(frame: Uint8Array): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 34 || view.getUint16(12) !== 0x0800) return;
  const headerBytes = (view.getUint8(14) & 0xf) * 4;
  const totalBytes = view.getUint16(16);
  const protocol = view.getUint8(23);
  const sumOffset = offsetOfSum[protocol];
  const isFragment = (view.getUint16(20) & 0x3fff) !== 0;
  if (sumOffset === undefined || isFragment || headerBytes < 20) return;
  const end = 14 + totalBytes;
  const start = 14 + headerBytes;
  if (end > frame.length || start + sumOffset + 2 > end) return;
  view.setUint16(start + sumOffset, 0);
  const pseudo = sum(frame.subarray(26, 34), protocol + (end - start)); // RFC 768: addresses, protocol, length
  const value = ~sum(frame.subarray(start, end), pseudo) & 0xffff;
  view.setUint16(start + sumOffset, value === 0 && protocol === 17 ? 0xffff : value);
}
