// NTP packets: RFC 4330 §4 (the same layout as RFC 5905). The lab's server uses the same codec.
import { bytes, rest } from "#firmware/wire/bytes.ts";
import { decode, encode, type Field, type Of } from "#firmware/wire/field.ts";
import { mapped, u8, u32 } from "#firmware/wire/numbers.ts";
import { struct } from "#firmware/wire/structures.ts";

/** Port of servers and of broadcasts. */
export const ntpPort = 123;

/** Group of IPv4 multicast servers (RFC 4330 §2). */
export const ntpGroup = "224.0.1.1";

/** First octet: leap indicator 2 bits, version 3 bits, mode 3 bits. */
const flags = mapped(
  u8,
  (octet) => ({ leap: octet >> 6, version: (octet >> 3) & 7, mode: octet & 7 }),
  ({ leap, version, mode }) => (leap << 6) | (version << 3) | mode,
);

/** Signed octet: log₂ of seconds. */
const i8 = mapped(
  u8,
  (octet) => (octet < 0x80 ? octet : octet - 0x100),
  (value) => (value < 0 ? value + 0x100 : value),
);

/** 64 bits: seconds and a 32-bit fraction. */
const u64: Field<bigint> = {
  read: (r) => (BigInt(r.u32()) << 32n) | BigInt(r.u32()),
  write(w, value) {
    w.u32(Number(value >> 32n));
    w.u32(Number(value & 0xffff_ffffn));
  },
};

/** Seconds as signed 16.16 (root delay). */
const signedShort = mapped(
  u32,
  (wire) => (wire < 0x8000_0000 ? wire : wire - 0x1_0000_0000) / 0x1_0000,
  (sec: number) => {
    const wire = Math.round(sec * 0x1_0000);
    return wire < 0 ? wire + 0x1_0000_0000 : wire;
  },
);

/** Seconds as unsigned 16.16 (root dispersion). */
const unsignedShort = mapped(
  u32,
  (wire) => wire / 0x1_0000,
  (sec: number) => Math.round(sec * 0x1_0000),
);

/** Packet modes (RFC 4330 §4). */
export const modes = { client: 3, server: 4, broadcast: 5 } as const;

const packet = struct({
  flags,
  stratum: u8, // 0 kiss-o'-death, 1–15, 16–255 reserved
  poll: i8,
  precision: i8,
  rootDelaySec: signedShort,
  rootDispersionSec: unsignedShort,
  referenceId: bytes(4), // four letters of a kiss code where stratum is 0
  reference: u64,
  originate: u64,
  receive: u64,
  transmit: u64,
  extension: rest, // NTPv4 extension fields and authentication: not looked at
});

/** One packet; timestamps are 64-bit NTP time, 0 unknown. */
export type NtpPacket = Of<typeof packet>;

/** Decodes one datagram. Throws WireError. */
export function decodeNtp(datagram: Uint8Array): NtpPacket {
  return decode("ntp", packet, datagram);
}

/** Encodes one datagram. */
export function encodeNtp(value: NtpPacket): Uint8Array {
  return encode(packet, value);
}

/** A client's question: everything 0 but version, mode and its own time (RFC 4330 §5). */
export function ntpRequest(transmit: bigint, version = 4): NtpPacket {
  return {
    flags: { leap: 0, version, mode: modes.client },
    stratum: 0,
    poll: 0,
    precision: 0,
    rootDelaySec: 0,
    rootDispersionSec: 0,
    referenceId: new Uint8Array(4),
    reference: 0n,
    originate: 0n,
    receive: 0n,
    transmit,
    extension: new Uint8Array(0),
  };
}

/** The four letters of a kiss-o'-death packet, e.g. `RATE`. */
export function kissCode({ referenceId }: NtpPacket): string {
  return [...referenceId]
    .map((byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "?"))
    .join("");
}
