// Captures of cable ends as pcapng (draft-ietf-opsawg-pcapng): one interface per end, with direction, in virtual time.
import { Writer } from "#firmware/wire/writer.ts";
import type { Clock } from "#hal/contract/time.ts";
import type { CableEnd } from "#hal/sim/net/cable.ts";

const block = { section: 0x0a0d0d0a, interface: 1, packet: 6 } as const;
const option = { end: 0, interfaceName: 2, timeResolution: 9, flags: 2 } as const;
const byteOrderMagic = 0x1a2b3c4d;
const linkTypeEthernet = 1;
const direction = { in: 1, out: 2 } as const;

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
  writeBlock(writer, block.section, (w) => {
    w.u32(byteOrderMagic);
    w.u16(1);
    w.u16(0);
    w.u32(0xffff_ffff); // section length: not given
    w.u32(0xffff_ffff);
  });
  const record = (index: number, way: number, frame: Uint8Array): void => {
    frames++;
    const microseconds = Math.round((epochMs + clock.now()) * 1000);
    writeBlock(writer, block.packet, (w) => {
      w.u32(index);
      w.u32(Math.floor(microseconds / 2 ** 32));
      w.u32(microseconds % 2 ** 32);
      w.u32(frame.length);
      w.u32(frame.length);
      w.bytes(frame);
      w.zeros(padding(frame.length));
      w.u16(option.flags);
      w.u16(4);
      w.u32(way);
      w.u32(option.end);
    });
  };
  return {
    add(name, end) {
      const index = interfaces++;
      writeBlock(writer, block.interface, (w) => {
        w.u16(linkTypeEthernet);
        w.u16(0);
        w.u32(0); // no limit
        const text = new TextEncoder().encode(name);
        w.u16(option.interfaceName);
        w.u16(text.length);
        w.bytes(text);
        w.zeros(padding(text.length));
        w.u16(option.timeResolution);
        w.u16(1);
        w.u8(6); // microseconds
        w.zeros(3);
        w.u32(option.end);
      });
      end.received.subscribe((frame) => record(index, direction.in, frame), { signal });
      end.sent.subscribe((frame) => record(index, direction.out, frame), { signal });
    },
    get frameCount() {
      return frames;
    },
    bytes: () => writer.finish(),
    stop: () => life.abort(),
  };
}

const padding = (length: number): number => (4 - (length % 4)) % 4;

/** Type, length, body, length. */
function writeBlock(writer: Writer, type: number, body: (w: Writer) => void): void {
  const inner = new Writer();
  body(inner);
  writer.u32(type);
  writer.u32(inner.length + 12);
  writer.bytes(inner.written());
  writer.u32(inner.length + 12);
}
