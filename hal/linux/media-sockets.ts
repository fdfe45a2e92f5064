// RTP and RTCP sockets: opened and bound by main, read and written by the media worker alone.
import { HalError } from "#hal/contract/errors.ts";
import type { MediaPacket } from "#hal/contract/media.ts";
import type { Endpoint, Marking } from "#hal/contract/sockets.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { c, layout } from "./ffi/abi.ts";
import { encodeEndpoint } from "./ffi/address.ts";
import { errno, lastErrno } from "./ffi/errno.ts";
import { closeDescriptor, libc, must, setOption } from "./ffi/libc.ts";
import { Readers } from "./io/readers.ts";
import { bindToInterface, type Interface, mark } from "./udp.ts";

/** Opens one socket. Undefined when the port is taken; HalError for anything else. */
function openBound(port: number, marking: Marking, via: Interface | undefined): number | undefined {
  const type = c.SOCK_DGRAM | c.SOCK_NONBLOCK | c.SOCK_CLOEXEC;
  const fd = must(libc().socket(c.AF_INET, type, 0), "RTP socket", "open");
  try {
    if (via !== undefined) bindToInterface(fd, via);
    setOption(fd, c.IPPROTO_IP, c.IP_RECVERR, 1, "ask for ICMP errors");
    setOption(fd, c.SOL_SOCKET, c.SO_TIMESTAMPNS, 1, "ask for arrival times");
    mark(fd, marking);
    const address = encodeEndpoint({ address: "0.0.0.0", port });
    const result = libc().bind(fd, address, address.length);
    if (result < 0 && lastErrno() === errno.EADDRINUSE) {
      closeDescriptor(fd);
      return undefined;
    }
    must(result, `RTP port ${port}`, "bind");
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

/** Opens an even port and the one behind it. Undefined when one of them is taken. */
export function openPair(
  rtpPort: number,
  marking: Marking,
  via: Interface | undefined,
): { readonly rtpFd: number; readonly rtcpFd: number } | undefined {
  const rtpFd = openBound(rtpPort, marking, via);
  if (rtpFd === undefined) return undefined;
  try {
    const rtcpFd = openBound(rtpPort + 1, marking, via);
    if (rtcpFd !== undefined) return { rtpFd, rtcpFd };
  } catch (error) {
    closeDescriptor(rtpFd);
    throw error;
  }
  closeDescriptor(rtpFd);
  return undefined;
}

interface Pair {
  readonly rtpFd: number;
  readonly rtcpFd: number;
}

/** Errors of earlier datagrams that sendto tells once; the datagram itself may well go. */
const pendingErrors: ReadonlySet<number> = new Set([errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.EACCES]);
const mostPendingErrors = 4;

/** All pairs of the worker. */
export class MediaSockets {
  readonly #readers: Readers;
  readonly #pairs = new Map<number, Pair>();
  /** Address structures by endpoint object: a stream sends to the same one thousands of times. Undefined: none can be made. */
  readonly #addresses = new WeakMap<Endpoint, { readonly bytes: Uint8Array | undefined }>();
  #poll: {
    readonly bytes: Uint8Array;
    readonly view: DataView;
    readonly keys: readonly (readonly [number, boolean])[];
  };

  constructor(now: () => MonoMs) {
    this.#readers = new Readers(now);
    this.#poll = this.#pollSet();
  }

  add(id: number, pair: Pair): void {
    this.#pairs.set(id, pair);
    this.#poll = this.#pollSet();
  }

  remove(id: number): void {
    const pair = this.#pairs.get(id);
    if (pair === undefined) return;
    this.#pairs.delete(id);
    closeDescriptor(pair.rtpFd);
    closeDescriptor(pair.rtcpFd);
    this.#poll = this.#pollSet();
  }

  closeAll(): void {
    for (const id of [...this.#pairs.keys()]) this.remove(id);
  }

  /** Every descriptor, for the loop's own poll while nothing ticks. */
  descriptors(): readonly number[] {
    return [...this.#pairs.values()].flatMap(({ rtpFd, rtcpFd }) => [rtpFd, rtcpFd]);
  }

  /** Everything that has arrived, with the kernel's time of arrival, and the pairs that were refused something. */
  read(): { readonly packets: MediaPacket[]; readonly refused: Set<number> } {
    const packets: MediaPacket[] = [];
    const refused = new Set<number>();
    const { bytes, view, keys } = this.#poll;
    if (keys.length === 0 || libc().poll(bytes, keys.length, 0) <= 0) return { packets, refused };
    for (const [index, [portsId, isRtcp]] of keys.entries()) {
      const at = index * layout.pollfd.sizeof;
      const revents = view.getInt16(at + layout.pollfd.revents, true);
      if (revents === 0) continue;
      const fd = view.getInt32(at + layout.pollfd.fd, true);
      if (this.#take(portsId, isRtcp, fd, revents, packets) && !isRtcp) refused.add(portsId);
    }
    return { packets, refused };
  }

  /** Appends what one socket has; true when an ICMP error was among it. */
  #take(portsId: number, isRtcp: boolean, fd: number, revents: number, packets: MediaPacket[]): boolean {
    let wasRefused = false;
    const { events } = this.#readers.read({ id: portsId, fd, reader: "datagrams" }, revents);
    for (const event of events) {
      if (event.kind === "datagram")
        packets.push({ portsId, isRtcp, peer: event.from, bytes: event.bytes, at: event.at });
      else if (event.kind === "refusal") wasRefused = true;
    }
    return wasRefused;
  }

  /** RTP that has arrived, nothing else: one call of the kernel less for each tick of a call. */
  readSound(): { readonly packets: MediaPacket[]; readonly refused: Set<number> } {
    const packets: MediaPacket[] = [];
    for (const [portsId, { rtpFd }] of this.#pairs) this.#take(portsId, false, rtpFd, 0, packets);
    return { packets, refused: new Set() };
  }

  /** Sends one packet; false when the kernel would not. */
  send(packet: MediaPacket): boolean {
    const pair = this.#pairs.get(packet.portsId);
    if (pair === undefined) return true; // released while the packet was made
    const fd = packet.isRtcp ? pair.rtcpFd : pair.rtpFd;
    const address = this.#addressOf(packet.peer);
    if (address === undefined) return false;
    const flags = c.MSG_DONTWAIT | c.MSG_NOSIGNAL;
    for (let attempt = 0; attempt < mostPendingErrors; attempt++) {
      const { bytes } = packet;
      if (libc().sendto(fd, bytes, bytes.length, flags, address, address.length) >= 0) return true;
      if (!pendingErrors.has(lastErrno())) break;
    }
    return false;
  }

  /** The peer chose the address: one that is no IPv4 address must end here, not the worker. */
  #addressOf(peer: Endpoint): Uint8Array | undefined {
    const known = this.#addresses.get(peer);
    if (known !== undefined) return known.bytes;
    let bytes: Uint8Array | undefined;
    try {
      bytes = encodeEndpoint(peer);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
    }
    this.#addresses.set(peer, { bytes });
    return bytes;
  }

  #pollSet(): { bytes: Uint8Array; view: DataView; keys: readonly (readonly [number, boolean])[] } {
    const entries = [...this.#pairs].flatMap(([id, { rtpFd, rtcpFd }]) => [
      { key: [id, false] as const, fd: rtpFd },
      { key: [id, true] as const, fd: rtcpFd },
    ]);
    const at = layout.pollfd;
    const bytes = new Uint8Array(entries.length * at.sizeof);
    const view = new DataView(bytes.buffer);
    for (const [index, { fd }] of entries.entries()) {
      view.setInt32(index * at.sizeof + at.fd, fd, true);
      view.setInt16(index * at.sizeof + at.events, c.POLLIN, true);
    }
    return { bytes, view, keys: entries.map(({ key }) => key) };
  }
}
