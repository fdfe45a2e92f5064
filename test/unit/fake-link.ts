// A network port in ten lines: what is sent is kept, what arrives is delivered by hand.
import type { FrameKind, LinkPort, LinkState, ReceivedFrame, VlanTag } from "#hal/contract/link.ts";
import { Emitter } from "#hal/contract/stream.ts";
import type { Clock } from "#hal/contract/time.ts";

export interface FakeLink extends LinkPort {
  readonly sent: { readonly atMs: number; readonly bytes: Uint8Array; readonly tag: VlanTag | undefined }[];
  /** A frame arrives now. */
  deliver(kind: FrameKind, bytes: Uint8Array, tag?: VlanTag): void;
  setState(state: LinkState): void;
  listenerCount(): number;
}

export const linkUp: LinkState = { isUp: true, speedMbps: 100, duplex: "full" };
export const linkDown: LinkState = { isUp: false, speedMbps: undefined, duplex: undefined };

export function createFakeLink(clock: Clock, mac = "00:11:22:33:44:55"): FakeLink {
  const listeners = new Map<FrameKind, Emitter<ReceivedFrame>>();
  const changes = new Emitter<LinkState>();
  const sent: FakeLink["sent"] = [];
  let state = linkUp;
  const of = (kind: FrameKind): Emitter<ReceivedFrame> => {
    const known = listeners.get(kind) ?? new Emitter<ReceivedFrame>();
    listeners.set(kind, known);
    return known;
  };
  return {
    name: "fake0",
    mac,
    sent,
    changes,
    state: () => state,
    listen: (kind, listener, options) => of(kind).subscribe(listener, options),
    send: (bytes, tag) => void sent.push({ atMs: clock.now(), bytes, tag }),
    counters: () => ({ receivedFrames: 0, sentFrames: sent.length, receiveErrors: 0, broadcastsReceived: 0 }),
    deliver: (kind, bytes, tag) => of(kind).emit({ bytes, at: clock.now(), tag, isOwn: false }),
    setState(next) {
      state = next;
      changes.emit(next);
    },
    listenerCount: () =>
      changes.listenerCount + [...listeners.values()].reduce((sum, one) => sum + one.listenerCount, 0),
  };
}
