// Echo requests and what comes back for them (RFC 792): one raw ICMP socket per probe, read by the I/O worker. The kernel
// gives every ICMP message for this host to each such socket; what is not about our request is not looked at.
import { HalError } from "#hal/contract/errors.ts";
import type { ProbeAnswer, ProbeRequest, Prober } from "#hal/contract/probe.ts";
import type { Random } from "#hal/contract/random.ts";
import { type Clock, later } from "#hal/contract/time.ts";
import { c } from "./ffi/abi.ts";
import { encodeEndpoint } from "./ffi/address.ts";
import { halErrorOf, lastErrno } from "./ffi/errno.ts";
import { closeDescriptor, libc, must, setOption } from "./ffi/libc.ts";
import type { Io } from "./io/io.ts";
import { bindToInterface, type Interface } from "./udp.ts";

const usualTtl = 64;
const type = { reply: 0, unreachable: 3, request: 8, expired: 11 } as const;
const icmpHeaderLength = 8;

export interface ProberOptions {
  readonly io: Io;
  readonly clock: Clock;
  readonly random: Random;
  /** The interface that has the address; undefined: none has. */
  via(): Interface | undefined;
}

/** Probes by raw sockets: needs CAP_NET_RAW, HalError `denied` without. */
export function createProber(options: ProberOptions): Prober {
  return {
    async probe(request) {
      const via = options.via();
      if (via === undefined)
        throw new HalError("unreachable", "icmp", `probe ${request.to}`, "no address yet");
      request.signal.throwIfAborted();
      const kind = c.SOCK_RAW | c.SOCK_NONBLOCK | c.SOCK_CLOEXEC;
      const fd = must(libc().socket(c.AF_INET, kind, c.IPPROTO_ICMP), "ICMP socket", "open");
      try {
        bindToInterface(fd, via);
        setOption(fd, c.IPPROTO_IP, c.IP_TTL, request.ttl ?? usualTtl, `TTL ${request.ttl ?? usualTtl}`);
      } catch (error) {
        closeDescriptor(fd);
        throw error;
      }
      return await ask(fd, request, options);
    },
  };
}

/** Sends the request and waits for what comes of it; the I/O worker closes the socket. */
function ask(fd: number, request: ProbeRequest, { io, clock, random }: ProberOptions): Promise<ProbeAnswer> {
  const { to, signal } = request;
  const id = random.u32() & 0xffff;
  const message = echoRequest(id, request.sizeBytes);
  const sentAt = clock.now();
  return new Promise((resolve, reject) => {
    const done = (): void => {
      alarm.cancel();
      handle.remove();
      signal.removeEventListener("abort", stop);
    };
    const answer = (what: ProbeAnswer): void => {
      done();
      resolve(what);
    };
    const stop = (): void => {
      done();
      reject(signal.reason);
    };
    const handle = io.add(fd, "datagrams", (event) => {
      if (event.kind !== "datagram") return;
      const what = readAnswer(event.bytes, {
        id,
        to,
        from: event.from.address,
        tookMs: Math.max(0, event.at - sentAt),
      });
      if (what !== undefined) answer(what);
    });
    const alarm = clock.alarm(later(sentAt, request.timeoutMs), () => answer({ kind: "silent" }));
    signal.addEventListener("abort", stop, { once: true });
    const address = encodeEndpoint({ address: to, port: 0 });
    if (
      libc().sendto(fd, message, message.length, c.MSG_DONTWAIT | c.MSG_NOSIGNAL, address, address.length) >=
      0
    )
      return;
    const error = halErrorOf(lastErrno(), "icmp", `probe ${to}`);
    if (error.code === "unreachable") answer({ kind: "unreachable", from: undefined });
    else {
      done();
      reject(error);
    }
  });
}

/** What an ICMP packet says about our request; undefined: it is about something else. */
export function readAnswer(
  packet: Uint8Array,
  ours: { readonly id: number; readonly to: string; readonly from: string; readonly tookMs: number },
): ProbeAnswer | undefined {
  const message = packet.subarray(headerLength(packet));
  if (message.length < icmpHeaderLength) return undefined;
  const { from, tookMs } = ours;
  if (message[0] === type.reply)
    return from === ours.to && u16(message, 4) === ours.id ? { kind: "reply", tookMs } : undefined;
  if (message[0] !== type.expired && message[0] !== type.unreachable) return undefined;
  const quoted = message.subarray(icmpHeaderLength);
  const request = quoted.subarray(headerLength(quoted));
  if (request.length < icmpHeaderLength || quoted[9] !== c.IPPROTO_ICMP || request[0] !== type.request)
    return undefined;
  if (u16(request, 4) !== ours.id || quoted.subarray(16, 20).join(".") !== ours.to) return undefined;
  return message[0] === type.expired ? { kind: "expired", from, tookMs } : { kind: "unreachable", from };
}

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Bytes of an IPv4 header; more than there is where it is none. */
function headerLength(packet: Uint8Array): number {
  const first = packet[0] ?? 0;
  return first >> 4 === 4 && (first & 0xf) >= 5 ? (first & 0xf) * 4 : packet.length;
}

function echoRequest(id: number, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(icmpHeaderLength + sizeBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, type.request);
  view.setUint16(4, id);
  view.setUint16(6, 1); // each probe has an id of its own
  for (let at = icmpHeaderLength; at < bytes.length; at++) bytes[at] = at & 0xff;
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += u16(bytes, at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(2, ~sum & 0xffff);
  return bytes;
}
