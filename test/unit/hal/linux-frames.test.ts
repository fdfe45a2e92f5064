// What a packet socket lets through and what is made of it: filter programs run here on real frames, tags, checksums.
import { expect, test } from "vitest";
import { c } from "#hal/linux/ffi/abi.ts";
import { finishChecksum } from "#hal/linux/io/checksum.ts";
import { untag } from "#hal/linux/io/readers.ts";
import { tagged } from "#hal/linux/link-port.ts";
import { filters, type Instruction } from "#hal/linux/packet-filter.ts";
import { hex, vector } from "#test/vectors/load.ts";

/** Runs a classic BPF program as the kernel would (linux/filter.h); a load beyond the frame rejects it. */
function accepts(program: readonly Instruction[], frame: Uint8Array, packetType = 0): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let a = 0;
  let x = 0;
  for (let at = 0; ; at++) {
    const [code, jt, jf, k] = program[at] ?? [0x06, 0, 0, 0];
    const jump = (isTrue: boolean): number => (isTrue ? jt : jf);
    try {
      if (code === 0x06) return k > 0;
      if (code === 0x30) a = k === 0xfffff004 ? packetType : view.getUint8(k);
      else if (code === 0x28) a = view.getUint16(k);
      else if (code === 0x20) a = view.getUint32(k);
      else if (code === 0x48) a = view.getUint16(x + k);
      else if (code === 0xb1) x = (view.getUint8(k) & 0xf) * 4;
      else if (code === 0x15) at += jump(a === k);
      else if (code === 0x25) at += jump(a > k);
      else if (code === 0x45) at += jump((a & k) !== 0);
      else throw new Error(`no such instruction: ${code}`);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }
}

const ethernet = "ffffffffffff 001122334455";
/** UDP from 67 to a port, in IPv4 with a header of `words` words. */
const dhcpTo = (port: string, words = 5, fragment = "0000") =>
  hex(
    `${ethernet} 0800 4${words} 00 0020 0001 ${fragment} 40 11 0000 0a4d0001 ffffffff` +
      `${"01010100".repeat(words - 5)} 0043 ${port} 000c 0000 01020304`,
  );
const cdp = vector("cdp/frames", "switch-voice-vlan-100").bytes;
const frames = {
  cdp,
  lldp: hex("0180c200000e 001122334455 88cc 0207"),
  arp: vector("net", "arp-reply-linux").bytes,
  dhcp: dhcpTo("0044"),
} as const;

test("each filter takes its own kind from others and nothing else", () => {
  for (const kind of ["cdp", "lldp", "arp", "dhcp"] as const) {
    const taken = Object.entries(frames)
      .filter(([, frame]) => accepts(filters[kind], frame))
      .map(([name]) => name);
    expect(taken).toEqual([kind]);
    expect(accepts(filters[kind], frames[kind], c.PACKET_OUTGOING), `own ${kind}`).toBe(false);
    expect(accepts(filters.all, frames[kind], c.PACKET_OUTGOING)).toBe(true);
  }
});

test("DHCP is found behind IP options, and is not another port, a later fragment or a stub", () => {
  expect(accepts(filters.dhcp, dhcpTo("0044", 7))).toBe(true);
  expect(accepts(filters.dhcp, dhcpTo("0043"))).toBe(false);
  expect(accepts(filters.dhcp, dhcpTo("0044", 5, "0010"))).toBe(false);
  expect(accepts(filters.dhcp, frames.dhcp.subarray(0, 30))).toBe(false);
});

test("an Ethernet II frame to the CDP address is not CDP", () => {
  const other = cdp.slice();
  other.set([0x88, 0x64], 12);
  expect(accepts(filters.cdp, other)).toBe(false);
});

test("a tag is put in and taken out without touching the rest", () => {
  const tag = { vlanId: 110, priority: 5 };
  const frame = tagged(frames.arp, tag);
  expect(frame.length).toBe(frames.arp.length + 4);
  expect([...frame.subarray(12, 16)]).toEqual([0x81, 0x00, 0xa0, 0x6e]);
  expect(untag(frame, undefined)).toEqual({ bytes: frames.arp, tag });
  expect(untag(frames.arp, tag)).toEqual({ bytes: frames.arp, tag }); // the kernel took it out before
  expect(untag(frames.arp, undefined)).toEqual({ bytes: frames.arp, tag: undefined });
  expect(tagged(frames.arp, undefined)).toBe(frames.arp);
});

test("an unfinished UDP checksum is finished", () => {
  // Source: RFC 768 by hand for 10.77.0.1:67 -> 255.255.255.255:68, "01020304".
  const frame = dhcpTo("0044");
  finishChecksum(frame);
  const words = [0x0a4d, 0x0001, 0xffff, 0xffff, 17, 12, 0x43, 0x44, 12, 0x0102, 0x0304];
  let sum = words.reduce((total, word) => total + word, 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  expect([...frame.subarray(40, 42)]).toEqual([(~sum >> 8) & 0xff, ~sum & 0xff]);
});

test("finishing a checksum leaves fragments, other protocols and cut-off frames alone", () => {
  const odd = [
    frames.arp,
    dhcpTo("0044", 5, "2000"),
    frames.dhcp.subarray(0, 36),
    hex(`${ethernet} 0800 45`),
  ];
  for (const frame of odd) {
    const before = frame.slice();
    finishChecksum(frame);
    expect(frame).toEqual(before);
  }
});
