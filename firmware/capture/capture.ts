// A capture of the phone's own port: every frame in and out, without secrets, until somebody ends it or it is full.
import type { LinkPort, ReceivedFrame } from "#hal/contract/link.ts";
import type { Clock } from "#hal/contract/time.ts";
import { encodeInterface, encodePacket, encodeSection } from "./pcapng.ts";
import { Redactor } from "./redact.ts";

export interface CaptureOptions {
  readonly link: LinkPort;
  readonly clock: Clock;
  /** Time of the first frame where no wall time is known: the capture counts on from there. */
  readonly floorUnixMs: number;
  /** What the file says wrote it. */
  readonly application: string;
  /** Ends by itself before the file would be longer. */
  readonly mostBytes: number;
  /** Takes pieces of the file in order; must not block. */
  write(bytes: Uint8Array): void;
  /** The file is full. */
  full(): void;
}

export interface Capture {
  readonly packetCount: number;
  /** Nothing is written after this. */
  stop(): void;
}

const comment = "Passwords, digest answers and keys are masked with x.";

/** Begins a capture. */
export function startCapture(options: CaptureOptions): Capture {
  const { link, clock } = options;
  const life = new AbortController();
  const redactor = new Redactor();
  const offsetMs = (clock.wall() ?? options.floorUnixMs) - clock.now();
  let packetCount = 0;
  let written = 0;
  const put = (bytes: Uint8Array): void => {
    written += bytes.length;
    options.write(bytes);
  };
  const take = (frame: ReceivedFrame): void => {
    const bytes = redactor.redact(tagged(frame));
    const packet = encodePacket({ interface: 0, unixMs: frame.at + offsetMs, isOwn: frame.isOwn, bytes });
    if (written + packet.length > options.mostBytes) {
      life.abort(new Error("the capture is full"));
      options.full();
      return;
    }
    packetCount++;
    put(packet);
  };
  put(encodeSection({ comment, application: options.application }));
  put(encodeInterface(link.name));
  link.listen("all", take, { signal: life.signal });
  return {
    get packetCount() {
      return packetCount;
    },
    stop: () => life.abort(new Error("the capture was stopped")),
  };
}

/** The frame as it was on the cable, its tag behind the addresses. */
function tagged({ bytes, tag }: ReceivedFrame): Uint8Array {
  if (tag === undefined) return bytes;
  const whole = new Uint8Array(bytes.length + 4);
  whole.set(bytes.subarray(0, 12));
  whole.set([0x81, 0x00, (tag.priority << 5) | (tag.vlanId >> 8), tag.vlanId & 0xff], 12);
  whole.set(bytes.subarray(12), 16);
  return whole;
}
