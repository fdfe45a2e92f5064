// What a handset put on its cable, frame by frame, read by the firmware's own decoders: for stories about the wire.
import { type CdpPacket, decodeCdpFrame } from "#firmware/cdp/messages.ts";
import { type ArpPacket, decodeArp } from "#firmware/dhcp/arp.ts";
import { decodeUdpFrame, type UdpFrame } from "#firmware/dhcp/datagram.ts";
import { type DhcpMessage, decodeDhcp } from "#firmware/dhcp/messages.ts";
import type { Lab } from "#test/lab/lab.ts";

/** A frame without its tag. */
export interface SentFrame {
  readonly atMs: number;
  /** Undefined: it left untagged. */
  readonly tag: { readonly vlanId: number; readonly priority: number } | undefined;
  readonly etherType: number;
  readonly bytes: Uint8Array;
}

export interface Wire {
  readonly sent: readonly SentFrame[];
  dhcp(): readonly (SentFrame & { readonly message: DhcpMessage })[];
  arp(): readonly (SentFrame & { readonly packet: ArpPacket })[];
  cdp(): readonly (SentFrame & { readonly packet: CdpPacket })[];
  /** IPv4 UDP to that port; the byte of DSCP and ECN beside it. */
  udpTo(port: number): readonly (SentFrame & { readonly udp: UdpFrame; readonly tos: number })[];
  /** Bytes of IPv4 of this protocol number. */
  ip(protocol: number): readonly SentFrame[];
}

const untagged = (bytes: Uint8Array, atMs: number): SentFrame => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const etherType = view.getUint16(12);
  if (etherType !== 0x8100) return { atMs, tag: undefined, etherType, bytes };
  const control = view.getUint16(14);
  const rest = Uint8Array.from([...bytes.subarray(0, 12), ...bytes.subarray(16)]);
  const tag = { vlanId: control & 0xfff, priority: control >> 13 };
  return { atMs, tag, etherType: view.getUint16(16), bytes: rest };
};

/** Records the handset's end of the cable from now on. */
export function watchWire(lab: Lab): Wire {
  const sent: SentFrame[] = [];
  lab.phone.plug.sent.subscribe(
    (bytes) => void sent.push(untagged(Uint8Array.from(bytes), Math.round(lab.clock.now()))),
    { signal: lab.signal },
  );
  const ip = (protocol: number): readonly SentFrame[] =>
    sent.filter(({ etherType, bytes }) => etherType === 0x0800 && bytes[23] === protocol);
  const udpTo = (port: number) =>
    ip(17)
      .map((frame) => ({ ...frame, udp: decodeUdpFrame(frame.bytes), tos: frame.bytes[15] ?? 0 }))
      .filter(({ udp }) => udp.destination.port === port);
  return {
    sent,
    ip,
    udpTo,
    dhcp: () => udpTo(67).map((frame) => ({ ...frame, message: decodeDhcp(frame.udp.payload) })),
    arp: () =>
      sent
        .filter(({ etherType }) => etherType === 0x0806)
        .map((frame) => ({ ...frame, packet: decodeArp(frame.bytes) })),
    cdp: () =>
      sent.flatMap((frame) => {
        if (frame.etherType > 1500 || frame.bytes[14] !== 0xaa) return [];
        const decoded = decodeCdpFrame(frame.bytes);
        return decoded.kind === "cdp" ? [{ ...frame, packet: decoded.packet }] : [];
      }),
  };
}
