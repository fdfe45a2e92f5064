// Reading one descriptor that poll found ready: bytes and what the kernel says beside them become events.
import type { VlanTag } from "#hal/contract/link.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { c, layout } from "#hal/linux/ffi/abi.ts";
import { decodeEndpoint, ip4Text } from "#hal/linux/ffi/address.ts";
import { errno, lastErrno } from "#hal/linux/ffi/errno.ts";
import { libc } from "#hal/linux/ffi/libc.ts";
import { type ControlMessage, type Received, Receiver, receiveBytes } from "#hal/linux/ffi/receive.ts";
import { finishChecksum } from "./checksum.ts";
import type { IoEvent, ReaderKind } from "./io-protocol.ts";

/** A descriptor in the poll set. */
export interface Descriptor {
  readonly id: number;
  readonly fd: number;
  readonly reader: ReaderKind;
}

/** At most so many messages of one descriptor in a row: a flood on one must not starve the others. */
const mostAtOnce = 64;

/** Turns ready descriptors into events; one per thread. */
export class Readers {
  readonly #receiver = new Receiver();
  readonly #buffer = new Uint8Array(receiveBytes);
  readonly #realtime = new Uint8Array(layout.timespec.sizeof);
  readonly #now: () => MonoMs;

  constructor(now: () => MonoMs) {
    this.#now = now;
  }

  /** Everything that can be had from the descriptor now, and whether it is still worth polling. */
  read(descriptor: Descriptor, revents: number): { readonly events: IoEvent[]; readonly isDone: boolean } {
    const { id, fd } = descriptor;
    if ((revents & c.POLLNVAL) !== 0)
      return { events: [{ kind: "broken", id, errno: errno.ENODEV }], isDone: true };
    switch (descriptor.reader) {
      case "frames":
        return { events: this.#frames(id, fd), isDone: false };
      case "datagrams":
        return { events: this.#datagrams(id, fd, revents), isDone: false };
      case "bytes":
        return this.#bytes(id, fd);
      case "writable":
        return { events: [{ kind: "writable", id, errno: socketError(fd) }], isDone: true };
    }
  }

  #frames(id: number, fd: number): IoEvent[] {
    const events: IoEvent[] = [];
    const clock = this.#clock();
    for (let count = 0; count < mostAtOnce; count++) {
      const received = this.#receiver.receive(fd, 0);
      if (received === undefined) break;
      if (typeof received === "number") continue; // ENETDOWN, said once when the interface goes down: the link monitor tells
      const { bytes, tag } = untag(received.bytes, auxiliaryTag(received.controls));
      if (isUnfinished(received.controls)) finishChecksum(bytes);
      const isOwn = received.name[layout.sockaddr_ll.sll_pkttype] === c.PACKET_OUTGOING;
      events.push({ kind: "frame", id, at: clock(received), bytes, tag, isOwn });
    }
    return events;
  }

  #datagrams(id: number, fd: number, revents: number): IoEvent[] {
    const events: IoEvent[] = [];
    if ((revents & c.POLLERR) !== 0) {
      for (let count = 0; count < mostAtOnce; count++) {
        const received = this.#receiver.receive(fd, c.MSG_ERRQUEUE);
        if (received === undefined || typeof received === "number") break;
        const refusal = refusalOf(id, received);
        if (refusal !== undefined) events.push(refusal);
      }
    }
    const clock = this.#clock();
    for (let count = 0; count < mostAtOnce; count++) {
      const received = this.#receiver.receive(fd, 0);
      if (received === undefined) break;
      if (typeof received === "number") continue; // an error that the error queue has told in full
      if (received.name.length < layout.sockaddr_in.sizeof) continue;
      const to = destination(received.controls);
      const from = decodeEndpoint(received.name);
      events.push({ kind: "datagram", id, at: clock(received), bytes: received.bytes, from, to });
    }
    return events;
  }

  #bytes(id: number, fd: number): { events: IoEvent[]; isDone: boolean } {
    const events: IoEvent[] = [];
    for (let count = 0; count < mostAtOnce; count++) {
      const length = libc().read(fd, this.#buffer, this.#buffer.length);
      if (length > 0) {
        events.push({ kind: "bytes", id, at: this.#now(), bytes: this.#buffer.slice(0, length) });
        continue;
      }
      const reason = length === 0 ? errno.EIO : lastErrno(); // end of file: nothing will ever come again
      if (reason === errno.EAGAIN || reason === errno.EINTR) break;
      if (reason === errno.ENOBUFS) continue; // netlink lost messages: the next ones are still good
      return { events: [...events, { kind: "broken", id, errno: reason }], isDone: true };
    }
    return { events, isDone: false };
  }

  /** The kernel stamps arrivals with its wall clock: the age now, taken from our own time, is the arrival. */
  #clock(): (received: Received) => MonoMs {
    libc().clock_gettime(c.CLOCK_REALTIME, this.#realtime);
    const realMs = timespecMs(this.#realtime);
    const now = this.#now();
    return ({ controls }) => {
      const stamp = controls.find(({ level, type }) => level === c.SOL_SOCKET && type === c.SCM_TIMESTAMPNS);
      if (stamp === undefined || stamp.data.length < layout.timespec.sizeof) return now;
      const ageMs = realMs - timespecMs(stamp.data);
      const isBelievable = ageMs >= 0 && ageMs < 1000; // else the wall clock was set in between
      return isBelievable ? ((now - ageMs) as MonoMs) : now; // still monotonic time
    };
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function timespecMs(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  return Number(view.getBigInt64(0, true)) * 1000 + Number(view.getBigInt64(8, true)) / 1e6;
}

function socketError(fd: number): number {
  const value = new Uint8Array(4);
  const length = new Uint8Array([4, 0, 0, 0]);
  const failed = libc().getsockopt(fd, c.SOL_SOCKET, c.SO_ERROR, value, length) < 0;
  return failed ? lastErrno() : viewOf(value).getInt32(0, true);
}

function auxiliary(controls: readonly ControlMessage[]): DataView | undefined {
  const found = controls.find(({ level, type }) => level === c.SOL_PACKET && type === c.PACKET_AUXDATA);
  return found === undefined || found.data.length < layout.tpacket_auxdata.sizeof
    ? undefined
    : viewOf(found.data);
}

/** 802.1Q tag control information: three bits of priority, one of drop eligibility, twelve of VLAN. */
function tagOf(tci: number): VlanTag {
  return { vlanId: tci & 0xfff, priority: tci >> 13 };
}

/** The kernel takes the tag out of received frames and gives it here. */
function auxiliaryTag(controls: readonly ControlMessage[]): VlanTag | undefined {
  const view = auxiliary(controls);
  if (view === undefined) return undefined;
  const at = layout.tpacket_auxdata;
  const isTagged = (view.getUint32(at.tp_status, true) & c.TP_STATUS_VLAN_VALID) !== 0;
  return isTagged ? tagOf(view.getUint16(at.tp_vlan_tci, true)) : undefined;
}

/** True for a frame of this machine whose checksum the sending card was to fill in. */
function isUnfinished(controls: readonly ControlMessage[]): boolean {
  const status = auxiliary(controls)?.getUint32(layout.tpacket_auxdata.tp_status, true) ?? 0;
  return (status & c.TP_STATUS_CSUMNOTREADY) !== 0;
}

/** A tag that is still in the bytes (frames this machine sent) is taken out. */
export function untag(
  bytes: Uint8Array,
  tag: VlanTag | undefined,
): { bytes: Uint8Array; tag: VlanTag | undefined } {
  if (tag !== undefined || bytes.length < 18) return { bytes, tag };
  const view = viewOf(bytes);
  if (view.getUint16(12) !== c.ETH_P_8021Q) return { bytes, tag };
  const plain = new Uint8Array(bytes.length - 4);
  plain.set(bytes.subarray(0, 12));
  plain.set(bytes.subarray(16), 12);
  return { bytes: plain, tag: tagOf(view.getUint16(14)) };
}

function destination(controls: readonly ControlMessage[]): string | undefined {
  const found = controls.find(({ level, type }) => level === c.IPPROTO_IP && type === c.IP_PKTINFO);
  if (found === undefined || found.data.length < layout.in_pktinfo.sizeof) return undefined;
  return ip4Text(found.data.subarray(layout.in_pktinfo.ipi_addr));
}

/** What the error queue says of one datagram: its first destination, and why it did not arrive (ip(7), IP_RECVERR). */
function refusalOf(id: number, received: Received): IoEvent | undefined {
  const found = received.controls.find(({ level, type }) => level === c.IPPROTO_IP && type === c.IP_RECVERR);
  const at = layout.sock_extended_err;
  if (found === undefined || found.data.length < at.sizeof) return undefined;
  if (received.name.length < layout.sockaddr_in.sizeof) return undefined;
  const view = viewOf(found.data);
  return { kind: "refusal", id, to: decodeEndpoint(received.name), errno: view.getUint32(at.ee_errno, true) };
}
