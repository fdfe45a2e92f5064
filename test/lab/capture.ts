// Captures of cable ends as pcapng: one interface per end, with direction, in virtual time.
import { encodeInterface, encodePacket, encodeSection } from "#firmware/capture/pcapng.ts";
import { Writer } from "#firmware/wire/writer.ts";
import type { Clock } from "#hal/contract/time.ts";
import type { CableEnd } from "#hal/sim/net/cable.ts";

/** 2026-01-01T00:00:00Z: where virtual time begins, so that two runs give the same bytes. */
const epochMs = 1_767_225_600_000;

export interface Capture {
  /** Records this end from now on. `sent` is what left here, before the cable did anything to it. */
  add(name: string, end: CableEnd): void;
  readonly frameCount: number;
  /** The file so far. */
  bytes(): Uint8Array;
  /** Ends recording; the bytes stay. */
  stop(): void;
}

/** An empty capture. */
export function createCapture(clock: Clock): Capture {
  const life = new AbortController();
  const { signal } = life;
  const writer = new Writer();
  let interfaces = 0;
  let frames = 0;
  writer.bytes(encodeSection());
  const record = (index: number, isOwn: boolean, bytes: Uint8Array): void => {
    frames++;
    writer.bytes(encodePacket({ interface: index, unixMs: epochMs + clock.now(), isOwn, bytes }));
  };
  return {
    add(name, end) {
      const index = interfaces++;
      writer.bytes(encodeInterface(name));
      end.received.subscribe((frame) => record(index, false, frame), { signal });
      end.sent.subscribe((frame) => record(index, true, frame), { signal });
    },
    get frameCount() {
      return frames;
    },
    bytes: () => writer.finish(),
    stop: () => life.abort(),
  };
}
