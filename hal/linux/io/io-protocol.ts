// What main and the I/O worker say to each other. Everything here can be cloned between threads.
import type { VlanTag } from "#hal/contract/link.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import type { MonoMs } from "#hal/contract/time.ts";

/**
 * How a descriptor is read when poll says so: `frames` from a packet socket, `datagrams` and their ICMP errors from a
 * UDP socket, `bytes` in pieces as read(2) gives them (netlink, GPIO lines, anything else), `writable` once.
 */
export type ReaderKind = "frames" | "datagrams" | "bytes" | "writable";

export type IoCommand =
  | { readonly kind: "add"; readonly id: number; readonly fd: number; readonly reader: ReaderKind }
  /** Stops reading and closes the descriptor. */
  | { readonly kind: "remove"; readonly id: number }
  /** Closes every descriptor and ends the thread. */
  | { readonly kind: "stop" };

export type IoEvent =
  | {
      readonly kind: "frame";
      readonly id: number;
      readonly at: MonoMs;
      readonly bytes: Uint8Array;
      readonly tag: VlanTag | undefined;
      readonly isOwn: boolean;
    }
  | {
      readonly kind: "datagram";
      readonly id: number;
      readonly at: MonoMs;
      readonly bytes: Uint8Array;
      readonly from: Endpoint;
      readonly to: string | undefined;
    }
  /** An ICMP error, or the kernel's own refusal, for a datagram sent to `to`. */
  | { readonly kind: "refusal"; readonly id: number; readonly to: Endpoint; readonly errno: number }
  | { readonly kind: "bytes"; readonly id: number; readonly at: MonoMs; readonly bytes: Uint8Array }
  /** The descriptor can be written, or its connect failed with `errno`. It is not polled any more and stays open. */
  | { readonly kind: "writable"; readonly id: number; readonly errno: number }
  /** The descriptor is broken and not polled any more; `remove` closes it. */
  | { readonly kind: "broken"; readonly id: number; readonly errno: number };

export interface IoWorkerData {
  /** CLOCK_MONOTONIC in nanoseconds at which the process began. */
  readonly originNs: bigint;
  readonly eventFd: number;
  /** Three counters, see `slots`. */
  readonly shared: SharedArrayBuffer;
}

/** Slots of the shared Int32Array. */
export const slots = {
  /** Descriptors the worker has closed, so that a port can be taken again as soon as it is free. */
  closed: 0,
  /** Events posted, and events main has handled: the worker reads no further when main is far behind. */
  posted: 1,
  handled: 2,
} as const;

/** The longest wait inside a native call. A crashed process must end within half a second. */
export const pollMs = 200;

/** Events that may wait for main; beyond that the kernel's own buffers fill and drop. */
export const mostOutstanding = 4096;
