// Capture files as Wireshark reads them (draft-ietf-opsawg-pcapng): one section, Ethernet interfaces, packets with
// direction and microseconds. Big-endian; a reader tells from the byte-order magic.
import { Writer } from "#firmware/wire/writer.ts";

const block = { section: 0x0a0d0d0a, interface: 1, packet: 6 } as const;
const option = {
  end: 0,
  comment: 1,
  interfaceName: 2,
  flags: 2,
  userApplication: 4,
  timeResolution: 9,
} as const;
const byteOrderMagic = 0x1a2b3c4d;
const linkTypeEthernet = 1;
const microsecondResolution = 6;
const direction = { in: 1, out: 2 } as const;
const lengthNotGiven = 0xffff_ffff;

/** What the section says about itself; each may be absent. */
export interface SectionFacts {
  readonly comment?: string;
  /** The program that wrote it. */
  readonly application?: string;
}

/** One frame of an interface. */
export interface CapturedPacket {
  /** Number of its interface, in the order they were described, from 0. */
  readonly interface: number;
  /** Since 1970, with fractions. */
  readonly unixMs: number;
  readonly isOwn: boolean;
  /** From the destination address on, 802.1Q tag in place, no FCS. */
  readonly bytes: Uint8Array;
}

/** What a file begins with. */
export function encodeSection(facts: SectionFacts = {}): Uint8Array {
  return encodeBlock(block.section, (w) => {
    w.u32(byteOrderMagic);
    w.u16(1);
    w.u16(0);
    w.u32(lengthNotGiven);
    w.u32(lengthNotGiven);
    const { comment, application } = facts;
    if (comment !== undefined) textOption(w, option.comment, comment);
    if (application !== undefined) textOption(w, option.userApplication, application);
    if (comment !== undefined || application !== undefined) w.u32(option.end);
  });
}

/** An Ethernet interface; the first one has number 0. */
export function encodeInterface(name: string): Uint8Array {
  return encodeBlock(block.interface, (w) => {
    w.u16(linkTypeEthernet);
    w.u16(0);
    w.u32(0); // no limit
    textOption(w, option.interfaceName, name);
    w.u16(option.timeResolution);
    w.u16(1);
    w.u8(microsecondResolution);
    w.zeros(3);
    w.u32(option.end);
  });
}

/** A frame. */
export function encodePacket({ interface: index, unixMs, isOwn, bytes }: CapturedPacket): Uint8Array {
  const microseconds = Math.round(unixMs * 1000);
  return encodeBlock(block.packet, (w) => {
    w.u32(index);
    w.u32(Math.floor(microseconds / 2 ** 32));
    w.u32(microseconds % 2 ** 32);
    w.u32(bytes.length);
    w.u32(bytes.length);
    w.bytes(bytes);
    w.zeros(padding(bytes.length));
    w.u16(option.flags);
    w.u16(4);
    w.u32(isOwn ? direction.out : direction.in);
    w.u32(option.end);
  });
}

function textOption(w: Writer, code: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  w.u16(code);
  w.u16(bytes.length);
  w.bytes(bytes);
  w.zeros(padding(bytes.length));
}

const padding = (length: number): number => (4 - (length % 4)) % 4;

/** Type, length, body, length. */
function encodeBlock(type: number, body: (w: Writer) => void): Uint8Array {
  const inner = new Writer();
  body(inner);
  const outer = new Writer();
  outer.u32(type);
  outer.u32(inner.length + 12);
  outer.bytes(inner.written());
  outer.u32(inner.length + 12);
  return outer.finish();
}
