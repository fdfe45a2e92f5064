// The media host without a thread: an engine stepped on the injected clock, with UDP sockets of the contract and a
// simulated sound card. A grid of 20 ms whose deadlines are added up, so that lateness of one tick never moves the next.
import type { SimulatedSound } from "#hal/contract/audio.ts";
import { HalError } from "#hal/contract/errors.ts";
import type {
  MediaCommand,
  MediaEngine,
  MediaHost,
  MediaOutput,
  MediaPacket,
  MediaReport,
  PortRange,
  RtpPorts,
} from "#hal/contract/media.ts";
import type { Datagram, Endpoint, Sockets, UdpSocket } from "#hal/contract/sockets.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later, type MonoMs } from "#hal/contract/time.ts";

const tickMs = 20;
/** A tick later than this is the end of a sleep of the whole machine: what was missed is missed. */
const longestCatchUpMs = 500;
/** Packets that may wait for a tick; more come only if nobody ticks. */
const mostWaiting = 500;

export interface MediaHostOptions {
  readonly clock: Clock;
  readonly sockets: Sockets;
  readonly engine: MediaEngine;
  readonly sound: SimulatedSound;
  /** Of the engine; 8000 unless told. */
  readonly sampleRateHz?: number;
}

/** A media host that is closed by its owner. */
export interface ClosableMediaHost extends MediaHost {
  /** Closes every socket and stops; nothing may be used afterwards. */
  close(): void;
}

interface Pair {
  readonly rtp: UdpSocket;
  readonly rtcp: UdpSocket;
  readonly scope: AbortController;
}

class InlineMediaHost implements ClosableMediaHost {
  readonly reports = new Emitter<MediaReport>();
  readonly #options: MediaHostOptions;
  readonly #samplesPerTick: number;
  readonly #pairs = new Map<number, Pair>();
  #commands: MediaCommand[] = [];
  #packets: MediaPacket[] = [];
  #released: number[] = [];
  #refused = new Set<number>();
  #alarm: Alarm | undefined;
  #deadline: MonoMs;
  #isStepDue = false;
  #isClosed = false;
  #lastId = 0;
  #nextPort: number | undefined;

  constructor(options: MediaHostOptions) {
    this.#options = options;
    this.#samplesPerTick = ((options.sampleRateHz ?? 8000) * tickMs) / 1000;
    this.#deadline = options.clock.now();
  }

  async reserve(range: PortRange): Promise<RtpPorts> {
    const first = range.first + (range.first % 2);
    const pairs = Math.floor((range.last - first + 1) / 2);
    const next = this.#nextPort ?? first;
    const start = next >= first && next <= range.last ? next : first;
    for (let i = 0; i < pairs; i++) {
      // Begins behind the pair given last: late packets of an old call do not reach a new one.
      const rtpPort = first + ((start - first + 2 * i) % (2 * pairs));
      const pair = this.#open(rtpPort, range);
      if (pair === undefined) continue;
      const id = ++this.#lastId;
      this.#pairs.set(id, pair);
      this.#listen(id, pair);
      this.#nextPort = rtpPort + 2;
      return { id, rtpPort };
    }
    throw new HalError("busy", "RTP ports", "reserve", `none free in ${range.first}–${range.last}`);
  }

  release(id: number): void {
    // After what was commanded before: the last RTCP packet of a stream still needs its socket.
    this.#released.push(id);
    this.#stepSoon();
  }

  close(): void {
    this.#isClosed = true;
    this.#alarm?.cancel();
    for (const id of [...this.#pairs.keys()]) this.#closePair(id);
  }

  #closePair(id: number): void {
    const pair = this.#pairs.get(id);
    if (pair === undefined) return;
    this.#pairs.delete(id);
    pair.scope.abort();
    pair.rtp.close();
    pair.rtcp.close();
  }

  command(command: MediaCommand): void {
    this.#commands.push(command);
    this.#stepSoon();
  }

  /** Undefined where one of the two ports is taken. */
  #open(rtpPort: number, { marking }: PortRange): Pair | undefined {
    const { sockets } = this.#options;
    const rtp = openIfFree(sockets, rtpPort, marking);
    if (rtp === undefined) return undefined;
    const rtcp = openIfFree(sockets, rtpPort + 1, marking);
    if (rtcp !== undefined) return { rtp, rtcp, scope: new AbortController() };
    rtp.close();
    return undefined;
  }

  #listen(id: number, pair: Pair): void {
    const { signal } = pair.scope;
    pair.rtp.datagrams.subscribe((datagram) => this.#received(id, false, datagram), { signal });
    pair.rtcp.datagrams.subscribe((datagram) => this.#received(id, true, datagram), { signal });
    pair.rtp.failures.subscribe(() => this.#refused.add(id), { signal });
  }

  #received(portsId: number, isRtcp: boolean, { bytes, from, at }: Datagram): void {
    if (this.#packets.length < mostWaiting) this.#packets.push({ portsId, isRtcp, peer: from, bytes, at });
    // While ticks run, packets wait for the next one: they are not heard any earlier for being taken in now.
    if (this.#alarm === undefined) this.#stepSoon();
  }

  #stepSoon(): void {
    if (this.#isStepDue) return;
    this.#isStepDue = true;
    queueMicrotask(() => {
      this.#isStepDue = false;
      if (!this.#isClosed) this.#step(undefined);
    });
  }

  #tick(): void {
    const { clock, sound } = this.#options;
    const now = clock.now();
    this.#deadline = later(now - this.#deadline > longestCatchUpMs ? now : this.#deadline, tickMs);
    this.#alarm = undefined;
    const output = this.#step(sound.microphone(this.#samplesPerTick));
    if (output.played !== undefined) sound.speaker(output.played);
    if (output.ringer !== undefined) sound.ringer(output.ringer);
  }

  #step(captured: Int16Array | undefined): MediaOutput {
    const { clock, engine } = this.#options;
    const [commands, packets, refusedPorts] = [this.#commands, this.#packets, [...this.#refused]];
    this.#commands = [];
    this.#packets = [];
    this.#refused.clear();
    const output = engine.step({ now: clock.now(), commands, packets, refusedPorts, captured });
    for (const packet of output.packets) this.#send(packet);
    for (const id of this.#released.splice(0)) this.#closePair(id);
    this.#keepTicking(output.needsAudio, captured !== undefined);
    for (const report of output.reports) this.reports.emit(report);
    return output;
  }

  /** One alarm while audio is needed, none otherwise. */
  #keepTicking(needsAudio: boolean, wasTick: boolean): void {
    if (this.#isClosed || !needsAudio) {
      this.#alarm?.cancel();
      this.#alarm = undefined;
      return;
    }
    if (this.#alarm !== undefined) return;
    if (!wasTick) this.#deadline = later(this.#options.clock.now(), tickMs); // the sound card starts now
    this.#alarm = this.#options.clock.alarm(this.#deadline, () => this.#tick());
  }

  #send({ portsId, isRtcp, peer, bytes }: MediaPacket): void {
    const pair = this.#pairs.get(portsId);
    (isRtcp ? pair?.rtcp : pair?.rtp)?.send(bytes, peer satisfies Endpoint);
  }
}

function openIfFree(sockets: Sockets, port: number, marking: PortRange["marking"]): UdpSocket | undefined {
  try {
    return sockets.openUdp({ port, marking });
  } catch (error) {
    if (error instanceof HalError && error.code === "busy") return undefined;
    throw error;
  }
}

/** Runs `engine` on `clock`. */
export function createInlineMediaHost(options: MediaHostOptions): ClosableMediaHost {
  return new InlineMediaHost(options);
}
