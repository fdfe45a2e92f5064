// Whole Ethernet frames on one interface by packet sockets: one per kind of frame that somebody listens to, each with a
// filter in the kernel; frames leave from the main thread by a call that does not block.
import { readFileSync } from "node:fs";
import { HalError } from "#hal/contract/errors.ts";
import type {
  FrameKind,
  LinkCounters,
  LinkPort,
  LinkState,
  Mac,
  ReceivedFrame,
  VlanTag,
} from "#hal/contract/link.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { readNegotiated } from "./ethtool.ts";
import { c, layout } from "./ffi/abi.ts";
import { encodeLinkAddress, macBytes } from "./ffi/address.ts";
import { errno, halErrorOf, lastErrno } from "./ffi/errno.ts";
import { closeDescriptor, libc, must, setOption } from "./ffi/libc.ts";
import { withOutside } from "./ffi/outside.ts";
import type { Io } from "./io/io.ts";
import { decodeLink, type LinkFact } from "./netlink/facts.ts";
import type { Message } from "./netlink/message.ts";
import { getLink } from "./netlink/requests.ts";
import type { Rtnetlink } from "./netlink/rtnetlink.ts";
import { encodeFilter, filters } from "./packet-filter.ts";

const shortest = 14;
const longest = 1514;

/** Groups a card must let through for each kind (IEEE 802.1AB table 7-1 for LLDP). */
const groups: Readonly<Partial<Record<FrameKind, readonly Mac[]>>> = {
  cdp: ["01:00:0c:cc:cc:cc"],
  lldp: ["01:80:c2:00:00:0e", "01:80:c2:00:00:03", "01:80:c2:00:00:00"],
};

/** Failures that mean the frame is lost, as a frame on a cut cable would be. */
const losses: ReadonlySet<number> = new Set([errno.ENETDOWN, errno.ENXIO, errno.ENOBUFS, errno.EAGAIN]);

export interface LinkPortOptions {
  readonly name: string;
  readonly io: Io;
  readonly netlink: Pick<Rtnetlink, "ask">;
  /** Changes of links in this namespace. */
  readonly messages: Stream<Message>;
  readonly signal: AbortSignal;
  /** A computer behind the phone shares the port: its frames are nobody's here. */
  readonly isShared?: boolean;
}

/** The port and its end. */
export interface LinuxLinkPort extends LinkPort {
  readonly index: number;
  close(): void;
}

/** Puts the 802.1Q tag between source address and type. */
export function tagged(bytes: Uint8Array, tag: VlanTag | undefined): Uint8Array {
  if (tag === undefined) return bytes;
  const frame = new Uint8Array(bytes.length + 4);
  frame.set(bytes.subarray(0, 12));
  frame.set(bytes.subarray(12), 16);
  const view = new DataView(frame.buffer);
  view.setUint16(12, c.ETH_P_8021Q);
  view.setUint16(14, (tag.priority << 13) | tag.vlanId);
  return frame;
}

function attachFilter(fd: number, kind: FrameKind): void {
  const program = encodeFilter(filters[kind]);
  const at = layout.sock_fprog;
  withOutside([program, new Uint8Array(at.sizeof)], (filter, fprog) => {
    if (filter === undefined || fprog === undefined) return;
    const view = new DataView(fprog.bytes.buffer);
    view.setUint16(at.len, program.length / layout.sock_filter.sizeof, true);
    view.setBigUint64(at.filter, filter.address, true);
    const done = libc().setsockopt(fd, c.SOL_SOCKET, c.SO_ATTACH_FILTER, fprog.address, at.sizeof);
    must(done, `frames ${kind}`, "attach filter");
  });
}

function joinGroup(fd: number, index: number, group: Mac): void {
  const at = layout.packet_mreq;
  const bytes = new Uint8Array(at.sizeof);
  const view = new DataView(bytes.buffer);
  view.setInt32(at.mr_ifindex, index, true);
  view.setUint16(at.mr_type, c.PACKET_MR_MULTICAST, true);
  view.setUint16(at.mr_alen, 6, true);
  bytes.set(macBytes(group), at.mr_address);
  const done = libc().setsockopt(fd, c.SOL_PACKET, c.PACKET_ADD_MEMBERSHIP, bytes, bytes.length);
  must(done, `group ${group}`, "join");
}

function openPacketSocket(): number {
  const type = c.SOCK_RAW | c.SOCK_NONBLOCK | c.SOCK_CLOEXEC;
  return must(libc().socket(c.AF_PACKET, type, 0), "packet socket", "open"); // protocol 0: receives nothing yet
}

/** A socket for one kind. Bound last, so that nothing comes in before the filter stands. */
function openListener(kind: FrameKind, index: number): number {
  const fd = openPacketSocket();
  try {
    attachFilter(fd, kind);
    setOption(fd, c.SOL_PACKET, c.PACKET_AUXDATA, 1, "ask for VLAN tags");
    setOption(fd, c.SOL_SOCKET, c.SO_TIMESTAMPNS, 1, "ask for arrival times");
    for (const group of groups[kind] ?? []) joinGroup(fd, index, group);
    const address = encodeLinkAddress(index, c.ETH_P_ALL);
    must(libc().bind(fd, address, address.length), `frames ${kind}`, "bind");
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

/** IP broadcasts received in this namespace; the kernel counts no others apart. */
function readBroadcasts(): number {
  const lines = readFileSync("/proc/self/net/netstat", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("IpExt:"));
  const [names = [], values = []] = lines.map((line) => line.split(" "));
  return Number(values[names.indexOf("InBcastPkts")] ?? 0);
}

/** Not of a computer behind the phone, whose frames cross the same port. */
function isOurs(bytes: Uint8Array, isOwn: boolean, mac: Mac): boolean {
  const isToGroup = ((bytes[0] ?? 0) & 1) === 1;
  if (!isOwn && isToGroup) return true;
  const offset = isOwn ? 6 : 0;
  return macBytes(mac).every((byte, index) => bytes[offset + index] === byte);
}

interface Listening {
  readonly frames: Emitter<ReceivedFrame>;
  readonly handle: { remove(): void };
}

/** Opens the port on an interface that is there. HalError `missing` without it, `denied` without CAP_NET_RAW. */
export function openLinkPort(options: LinkPortOptions): LinuxLinkPort {
  return new PacketPort(options);
}

class PacketPort implements LinuxLinkPort {
  readonly name: string;
  readonly index: number;
  readonly changes = new Emitter<LinkState>();
  readonly #io: Io;
  readonly #netlink: Pick<Rtnetlink, "ask">;
  readonly #sender: number;
  readonly #listening = new Map<FrameKind, Listening>();
  readonly #start: LinkCounters;
  readonly #isShared: boolean;
  #fact: LinkFact;
  #isOpen = true;

  constructor(options: LinkPortOptions) {
    this.name = options.name;
    this.#io = options.io;
    this.#netlink = options.netlink;
    this.#isShared = options.isShared === true;
    this.#fact = this.#look();
    this.index = this.#fact.index;
    this.#sender = openPacketSocket();
    this.#start = this.#count();
    options.messages.subscribe((message) => this.#noticed(message), { signal: options.signal });
  }

  get mac(): Mac {
    return this.#fact.mac ?? "00:00:00:00:00:00";
  }

  #look(): LinkFact {
    const [answer] = this.#netlink.ask(getLink(this.name), this.name);
    if (answer === undefined) throw new HalError("missing", this.name, "look up", "no such interface");
    return decodeLink(answer);
  }

  #noticed(message: Message): void {
    if (message.type !== c.RTM_NEWLINK && message.type !== c.RTM_DELLINK) return;
    const fact = decodeLink(message);
    if (fact.index !== this.index) return;
    const wasUp = this.#fact.hasCarrier;
    this.#fact = message.type === c.RTM_DELLINK ? { ...fact, isUp: false, hasCarrier: false } : fact;
    if (wasUp !== this.#fact.hasCarrier) this.changes.emit(this.state());
  }

  state(): LinkState {
    if (!this.#fact.hasCarrier) return { isUp: false, speedMbps: undefined, duplex: undefined };
    return { isUp: true, ...readNegotiated(this.name) };
  }

  listen(kind: FrameKind, listener: (frame: ReceivedFrame) => void, options: { signal: AbortSignal }): void {
    if (options.signal.aborted) return;
    const listening = this.#listening.get(kind) ?? this.#begin(kind);
    listening.frames.subscribe(listener, options);
    const ended = (): void => {
      if (listening.frames.listenerCount > 0) return;
      listening.handle.remove();
      this.#listening.delete(kind);
    };
    options.signal.addEventListener("abort", ended, { once: true });
  }

  #begin(kind: FrameKind): Listening {
    const frames = new Emitter<ReceivedFrame>();
    const handle = this.#io.add(openListener(kind, this.index), "frames", (event) => {
      if (event.kind !== "frame") return;
      const { bytes, at, tag, isOwn } = event;
      if (this.#isShared && !isOurs(bytes, isOwn, this.mac)) return;
      frames.emit({ bytes, at, tag, isOwn });
    });
    const listening = { frames, handle };
    this.#listening.set(kind, listening);
    return listening;
  }

  send(bytes: Uint8Array, tag?: VlanTag): void {
    if (bytes.length < shortest || bytes.length > longest) {
      const detail = `${bytes.length} bytes, ${shortest} to ${longest} belong`;
      throw new HalError("io", this.name, "send frame", detail);
    }
    const frame = tagged(bytes, tag);
    const etherType = new DataView(frame.buffer, frame.byteOffset).getUint16(12);
    const address = encodeLinkAddress(this.index, etherType);
    const sent = libc().sendto(this.#sender, frame, frame.length, c.MSG_DONTWAIT, address, address.length);
    if (sent < 0 && !losses.has(lastErrno())) throw halErrorOf(lastErrno(), this.name, "send frame");
  }

  #count(): LinkCounters {
    const counters = this.#look().counters;
    return {
      receivedFrames: counters?.receivedFrames ?? 0,
      sentFrames: counters?.sentFrames ?? 0,
      receiveErrors: counters?.receiveErrors ?? 0,
      broadcastsReceived: readBroadcasts(),
    };
  }

  counters(): LinkCounters {
    const now = this.#count();
    return {
      receivedFrames: now.receivedFrames - this.#start.receivedFrames,
      sentFrames: now.sentFrames - this.#start.sentFrames,
      receiveErrors: now.receiveErrors - this.#start.receiveErrors,
      broadcastsReceived: now.broadcastsReceived - this.#start.broadcastsReceived,
    };
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const { handle } of this.#listening.values()) handle.remove();
    this.#listening.clear();
    closeDescriptor(this.#sender);
  }
}
