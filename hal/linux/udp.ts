// UDP sockets: sent from the main thread by calls that do not block, received by the I/O worker with the kernel's time
// of arrival, the local address, and ICMP errors by the datagram they answer.
import { HalError } from "#hal/contract/errors.ts";
import type {
  Datagram,
  Endpoint,
  Marking,
  UdpFailure,
  UdpOptions,
  UdpSocket,
} from "#hal/contract/sockets.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { c, layout } from "./ffi/abi.ts";
import { decodeEndpoint, encodeEndpoint, ip4Bytes } from "./ffi/address.ts";
import { errno, halErrorOf, lastErrno } from "./ffi/errno.ts";
import { closeDescriptor, libc, must, setOption } from "./ffi/libc.ts";
import type { Io } from "./io/io.ts";
import type { IoEvent } from "./io/io-protocol.ts";

/** The interface that traffic goes through; undefined: whatever the routes say. */
export interface Interface {
  readonly name: string;
  readonly index: number;
}

/** A pending ICMP error of an earlier datagram makes sendto fail once although nothing is wrong with this one. */
const mostPendingErrors = 4;
const pendingErrors: ReadonlySet<number> = new Set([
  errno.ECONNREFUSED,
  errno.EHOSTUNREACH,
  errno.ENETUNREACH,
  errno.EACCES,
]);

/** Ties a socket to one interface, so that broadcasts leave by it and nothing comes in by another. */
export function bindToInterface(fd: number, { name }: Interface): void {
  const bytes = new TextEncoder().encode(name);
  must(
    libc().setsockopt(fd, c.SOL_SOCKET, c.SO_BINDTODEVICE, bytes, bytes.length),
    name,
    "bind socket to interface",
  );
}

/** DSCP in the IP header, and the 802.1p priority that the VLAN link maps one to one. */
export function mark(fd: number, { dscp, priority = 0 }: Marking): void {
  setOption(fd, c.IPPROTO_IP, c.IP_TOS, dscp << 2, `mark DSCP ${dscp}`);
  // After IP_TOS, which sets a priority of its own (ip(7)).
  setOption(fd, c.SOL_SOCKET, c.SO_PRIORITY, priority, `mark priority ${priority}`);
}

function joinGroup(fd: number, group: string, index: number): void {
  const at = layout.ip_mreqn;
  const bytes = new Uint8Array(at.sizeof);
  bytes.set(ip4Bytes(group), at.imr_multiaddr);
  new DataView(bytes.buffer).setInt32(at.imr_ifindex, index, true);
  must(
    libc().setsockopt(fd, c.IPPROTO_IP, c.IP_ADD_MEMBERSHIP, bytes, bytes.length),
    `group ${group}`,
    "join",
  );
}

function sendMulticastBy(fd: number, index: number): void {
  const at = layout.ip_mreqn;
  const bytes = new Uint8Array(at.sizeof);
  new DataView(bytes.buffer).setInt32(at.imr_ifindex, index, true);
  must(
    libc().setsockopt(fd, c.IPPROTO_IP, c.IP_MULTICAST_IF, bytes, bytes.length),
    `interface ${index}`,
    "choose for multicast",
  );
}

/** The local end of a bound socket. */
function localEndpoint(fd: number): Endpoint {
  const bytes = new Uint8Array(layout.sockaddr_in.sizeof);
  must(libc().getsockname(fd, bytes, new Uint8Array([bytes.length, 0, 0, 0])), `socket ${fd}`, "getsockname");
  return decodeEndpoint(bytes);
}

/** As long as a busy machine may keep the I/O worker from closing a socket; it takes far less. */
const settleMs = 500;

/** A port that one of our own sockets just left is free as soon as the I/O worker has closed that one. */
function bindPort(fd: number, port: number, io: Io): void {
  const address = encodeEndpoint({ address: "0.0.0.0", port });
  const bind = (): number => libc().bind(fd, address, address.length);
  if (bind() === 0) return;
  if (lastErrno() === errno.EADDRINUSE) {
    io.settle(settleMs); // it may also have been closed since the first try
    if (bind() === 0) return;
  }
  must(-1, `UDP port ${port}`, "bind");
}

function prepare(fd: number, options: UdpOptions, io: Io, via: Interface | undefined): void {
  if (via !== undefined) {
    bindToInterface(fd, via);
    sendMulticastBy(fd, via.index);
  }
  if (options.canBroadcast === true) setOption(fd, c.SOL_SOCKET, c.SO_BROADCAST, 1, "allow broadcast");
  setOption(fd, c.IPPROTO_IP, c.IP_RECVERR, 1, "ask for ICMP errors");
  setOption(fd, c.IPPROTO_IP, c.IP_PKTINFO, 1, "ask for destinations");
  setOption(fd, c.IPPROTO_IP, c.IP_MULTICAST_ALL, 0, "refuse others' groups");
  setOption(fd, c.SOL_SOCKET, c.SO_TIMESTAMPNS, 1, "ask for arrival times");
  if (options.marking !== undefined) mark(fd, options.marking);
  bindPort(fd, options.port ?? 0, io);
  for (const group of options.groups ?? []) joinGroup(fd, group, via?.index ?? 0);
}

/** Opens a socket on all local addresses of `via`. HalError `busy` when the port is taken. */
export function openUdp(options: UdpOptions, io: Io, via: Interface | undefined): UdpSocket {
  const type = c.SOCK_DGRAM | c.SOCK_NONBLOCK | c.SOCK_CLOEXEC;
  const fd = must(libc().socket(c.AF_INET, type, 0), "UDP socket", "open");
  try {
    prepare(fd, options, io, via);
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
  return new LinuxUdpSocket(fd, io);
}

class LinuxUdpSocket implements UdpSocket {
  readonly localPort: number;
  readonly datagrams = new Emitter<Datagram>();
  readonly failures = new Emitter<UdpFailure>();
  readonly #fd: number;
  readonly #handle: { remove(): void };
  #isOpen = true;

  constructor(fd: number, io: Io) {
    this.#fd = fd;
    this.localPort = localEndpoint(fd).port;
    this.#handle = io.add(fd, "datagrams", (event) => this.#came(event));
  }

  #came(event: IoEvent): void {
    if (event.kind === "datagram") {
      const { bytes, from, to, at } = event;
      this.datagrams.emit({ bytes, from, to, at });
    } else if (event.kind === "refusal") {
      this.#failed(event.to, halErrorOf(event.errno, `UDP port ${this.localPort}`, "send"));
    }
  }

  #failed(to: Endpoint, error: HalError): void {
    this.failures.emit({ to, error });
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    if (!this.#isOpen)
      throw new HalError("io", `UDP port ${this.localPort}`, "send", "the socket was closed");
    const address = encodeEndpoint(to);
    const flags = c.MSG_DONTWAIT | c.MSG_NOSIGNAL;
    let reason = 0;
    for (let attempt = 0; attempt < mostPendingErrors; attempt++) {
      if (libc().sendto(this.#fd, bytes, bytes.length, flags, address, address.length) >= 0) return;
      reason = lastErrno();
      if (!pendingErrors.has(reason)) break;
    }
    const error = halErrorOf(reason, `UDP port ${this.localPort}`, `send to ${to.address}:${to.port}`);
    queueMicrotask(() => {
      if (this.#isOpen) this.#failed(to, error);
    });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#handle.remove();
  }
}
