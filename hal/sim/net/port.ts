// The simulated network interface: a LinkPort on one end of a cable. The kernel's own stack listens beside it.
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
import type { Clock } from "#hal/contract/time.ts";
import type { CableEnd } from "./cable.ts";
import { headerLength, isGroupMac, kindOf, maxFrameLength, splitTag, withTag } from "./ethernet.ts";
import { macAt } from "./octets.ts";

export interface PortOptions {
  /** Interface name for people and logs. */
  readonly name: string;
  readonly mac: Mac;
  readonly end: CableEnd;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A LinkPort, and what only a kernel sees of it. */
export interface SimulatedPort extends LinkPort {
  /** Every frame that came in, for the kernel's protocols. */
  readonly incoming: Stream<ReceivedFrame>;
}

/** Attaches to the cable until the signal. */
export function createPort(options: PortOptions): SimulatedPort {
  const { name, mac, end, clock, signal } = options;
  const incoming = new Emitter<ReceivedFrame>();
  const changes = new Emitter<LinkState>();
  const listeners: Record<FrameKind, Emitter<ReceivedFrame>> = {
    cdp: new Emitter(),
    lldp: new Emitter(),
    arp: new Emitter(),
    dhcp: new Emitter(),
    all: new Emitter(),
  };
  let receivedFrames = 0;
  let sentFrames = 0;
  let receiveErrors = 0;
  let broadcastsReceived = 0;

  const receive = (raw: Uint8Array): void => {
    const split = splitTag(raw);
    if (split === undefined || split.bytes.length > maxFrameLength) {
      receiveErrors++;
      return;
    }
    receivedFrames++;
    if (isGroupMac(split.bytes) && macAt(split.bytes, 0) === "ff:ff:ff:ff:ff:ff") broadcastsReceived++;
    const frame: ReceivedFrame = { ...split, at: clock.now(), isOwn: false };
    const kind = kindOf(frame.bytes);
    listeners.all.emit(frame);
    if (kind !== undefined) listeners[kind].emit(frame);
    incoming.emit(frame);
  };
  end.received.subscribe(receive, { signal });
  end.changes.subscribe((state) => changes.emit(state), { signal });

  return {
    name,
    mac,
    state: () => end.state(),
    changes,
    incoming,
    listen(kind, listener, { signal: wanted }) {
      listeners[kind].subscribe(listener, { signal: AbortSignal.any([wanted, signal]) });
    },
    send(bytes: Uint8Array, tag?: VlanTag) {
      if (signal.aborted || !end.state().isUp) return;
      if (bytes.length < headerLength || bytes.length > maxFrameLength) return;
      sentFrames++;
      const own = bytes.slice();
      listeners.all.emit({ bytes: own, at: clock.now(), tag, isOwn: true });
      end.send(withTag(own, tag));
    },
    counters: (): LinkCounters => ({ receivedFrames, sentFrames, receiveErrors, broadcastsReceived }),
  };
}
