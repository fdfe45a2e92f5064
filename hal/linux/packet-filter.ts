// Classic BPF programs (linux/filter.h): the kernel drops what a listener did not ask for, so that it wakes nobody.
import type { FrameKind } from "#hal/contract/link.ts";
import { c, layout } from "./ffi/abi.ts";

/** One instruction: code, jump if true, jump if false, constant. */
export type Instruction = readonly [code: number, jt: number, jf: number, k: number];

// Codes, from linux/bpf_common.h.
const loadWord = 0x20;
const loadHalf = 0x28;
const loadByte = 0x30;
const loadHalfAtX = 0x48;
const loadHeaderLengthToX = 0xb1;
const jumpIfEqual = 0x15;
const jumpIfGreater = 0x25;
const jumpIfSet = 0x45;
const giveBack = 0x06;

/** SKF_AD_OFF + SKF_AD_PKTTYPE: the kernel's own word on who sent the frame. */
const packetType = 0xfffff004;
const whole = 0x40000;

const accept: Instruction = [giveBack, 0, 0, whole];
const reject: Instruction = [giveBack, 0, 0, 0];
const load = (code: number, k: number): Instruction => [code, 0, 0, k];

/** A condition that must hold (or must not), else the frame is rejected. */
type Step = Instruction | { readonly must: Instruction } | { readonly mustNot: Instruction };

/** Lays out the steps, then accept, then reject, and aims every failing jump at the reject. */
function program(steps: readonly Step[]): Instruction[] {
  const rejectAt = steps.length + 1;
  const laid = steps.map((step, index): Instruction => {
    const distance = rejectAt - index - 1;
    if ("must" in step) return [step.must[0], 0, distance, step.must[3]];
    if ("mustNot" in step) return [step.mustNot[0], distance, 0, step.mustNot[3]];
    return step;
  });
  return [...laid, accept, reject];
}

const isEqual = (k: number): Step => ({ must: [jumpIfEqual, 0, 0, k] });
const fromOthers: readonly Step[] = [
  load(loadByte, packetType),
  { mustNot: [jumpIfEqual, 0, 0, c.PACKET_OUTGOING] },
];
const etherType = (value: number): readonly Step[] => [load(loadHalf, 12), isEqual(value)];

/** The program for each kind of frame. The kernel has taken an 802.1Q tag out before it runs. */
export const filters: Readonly<Record<FrameKind, readonly Instruction[]>> = {
  cdp: program([
    ...fromOthers,
    load(loadWord, 0),
    isEqual(0x01000ccc),
    load(loadHalf, 4),
    isEqual(0xcccc),
    load(loadHalf, 12),
    { mustNot: [jumpIfGreater, 0, 0, 1500] }, // 802.3: a length stands where Ethernet II has a type
  ]),
  lldp: program([...fromOthers, ...etherType(0x88cc)]),
  arp: program([...fromOthers, ...etherType(0x0806)]),
  dhcp: program([
    ...fromOthers,
    ...etherType(0x0800),
    load(loadByte, 23),
    isEqual(c.IPPROTO_UDP),
    load(loadHalf, 20),
    { mustNot: [jumpIfSet, 0, 0, 0x1fff] }, // a later fragment has no ports
    load(loadHeaderLengthToX, 14),
    load(loadHalfAtX, 16),
    isEqual(68),
  ]),
  all: [accept],
};

/** The program as an array of struct sock_filter. */
export function encodeFilter(instructions: readonly Instruction[]): Uint8Array {
  const at = layout.sock_filter;
  const bytes = new Uint8Array(instructions.length * at.sizeof);
  const view = new DataView(bytes.buffer);
  for (const [index, [code, jt, jf, k]] of instructions.entries()) {
    const start = index * at.sizeof;
    view.setUint16(start + at.code, code, true);
    view.setUint8(start + at.jt, jt);
    view.setUint8(start + at.jf, jf);
    view.setUint32(start + at.k, k, true);
  }
  return bytes;
}
