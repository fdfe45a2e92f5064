// The main thread's end of the media worker: reserves ports, passes commands on, hands reports up, and feeds a
// simulated sound card where there is no real one.
import { Worker } from "node:worker_threads";
import type { SimulatedSound } from "#hal/contract/audio.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { MediaCommand, MediaHost, MediaReport, PortRange, RtpPorts } from "#hal/contract/media.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { c } from "./ffi/abi.ts";
import { closeDescriptor, libc, must } from "./ffi/libc.ts";
import {
  type MediaNews,
  type MediaOrder,
  type MediaStatus,
  type MediaWorkerData,
  type SoundCardSpec,
  tickMs,
} from "./media-protocol.ts";
import { ringMemory, SoundRing } from "./media-ring.ts";
import { openPair } from "./media-sockets.ts";
import type { Interface } from "./udp.ts";

export interface MediaHostOptions {
  /** The worker's program: it makes the engine and calls `runMediaLoop`. */
  readonly worker: URL;
  readonly originNs: bigint;
  readonly card: SoundCardSpec;
  /** What a simulated card hears and where it plays to. */
  readonly sound?: SimulatedSound;
  /** How far ahead the simulated microphone is fed: what this thread may be late. 100 unless told. */
  readonly aheadMs?: number;
  /** Of microphone and ear; 8000 unless told. */
  readonly sampleRateHz?: number;
  /** The interface now; undefined: no address yet. `any`: whatever the kernel's routes say. */
  via(): Interface | "any" | undefined;
  /** The worker died: our own mistake. */
  failed(error: unknown): void;
}

/** A media host with a thread of its own. */
export interface LinuxMediaHost extends MediaHost {
  /** The worker has looked for its card, or lost it. */
  readonly statusChanges: Stream<MediaStatus>;
  /** How it runs; undefined until the worker has said so. */
  status(): MediaStatus | undefined;
  /** Closes every socket and ends the worker. */
  close(): Promise<void>;
}

/** Rings hold this much beyond what is fed ahead. */
const ringMs = 2000;

class WorkerMediaHost implements LinuxMediaHost {
  readonly reports = new Emitter<MediaReport>();
  readonly statusChanges = new Emitter<MediaStatus>();
  readonly #options: MediaHostOptions;
  readonly #worker: Worker;
  readonly #eventFd: number;
  readonly #one = new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]);
  readonly #pump: SoundPump | undefined;
  #status: MediaStatus | undefined;
  #lastId = 0;
  #nextPort: number | undefined;
  #isClosing = false;

  constructor(options: MediaHostOptions) {
    this.#options = options;
    const sampleRateHz = options.sampleRateHz ?? 8000;
    const aheadMs = options.aheadMs ?? 100;
    const ringSamples = ((aheadMs + ringMs) * sampleRateHz) / 1000;
    const rings = {
      microphone: ringMemory(ringSamples),
      speaker: ringMemory(ringSamples),
      ringer: ringMemory(ringSamples),
    };
    this.#eventFd = must(libc().eventfd(0, c.EFD_NONBLOCK | c.EFD_CLOEXEC), "eventfd", "open");
    const { originNs, card, worker, sound, failed } = options;
    if (sound !== undefined) this.#pump = new SoundPump(sound, rings, aheadMs, sampleRateHz);
    this.#worker = new Worker(worker, {
      name: "media",
      workerData: { originNs, eventFd: this.#eventFd, card, rings, sampleRateHz } satisfies MediaWorkerData,
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4, stackSizeMb: 2 },
    });
    this.#worker.on("message", (news: MediaNews) => this.#heard(news));
    this.#worker.on("error", (error) => failed(error));
    this.#worker.on("exit", (code) => {
      if (!this.#isClosing) failed(new HalError("io", "media worker", "run", `ended with ${code}`));
    });
  }

  status(): MediaStatus | undefined {
    return this.#status;
  }

  async reserve(range: PortRange): Promise<RtpPorts> {
    const via = this.#options.via();
    if (via === undefined) throw new HalError("unreachable", "RTP ports", "reserve", "no address yet");
    const first = range.first + (range.first % 2);
    const pairs = Math.floor((range.last - first + 1) / 2);
    const next = this.#nextPort ?? first;
    const start = next >= first && next <= range.last ? next : first;
    for (let i = 0; i < pairs; i++) {
      // Begins behind the pair given last: late packets of an old call do not reach a new one.
      const rtpPort = first + ((start - first + 2 * i) % (2 * pairs));
      const pair = openPair(rtpPort, range.marking, via === "any" ? undefined : via);
      if (pair === undefined) continue;
      const id = ++this.#lastId;
      this.#order({ kind: "add", id, ...pair });
      this.#nextPort = rtpPort + 2;
      return { id, rtpPort };
    }
    throw new HalError("busy", "RTP ports", "reserve", `none free in ${range.first}–${range.last}`);
  }

  release(id: number): void {
    this.#order({ kind: "remove", id });
  }

  command(command: MediaCommand): void {
    this.#order({ kind: "command", command });
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#pump?.stop();
    const ended = new Promise((resolve) => this.#worker.once("exit", resolve));
    this.#order({ kind: "stop" });
    await ended;
    closeDescriptor(this.#eventFd);
  }

  #order(order: MediaOrder): void {
    this.#worker.postMessage(order);
    libc().write(this.#eventFd, this.#one, 8); // wakes the poll; a full counter wakes it as well
  }

  #heard(news: MediaNews): void {
    if (this.#isClosing) return;
    switch (news.kind) {
      case "reports":
        for (const report of news.reports) this.reports.emit(report);
        return;
      case "running":
        if (news.isRunning) this.#pump?.start();
        else this.#pump?.stop();
        return;
      case "status":
        this.#status = news.status;
        this.statusChanges.emit(news.status);
        return;
    }
  }
}

/** Carries samples between the rings and a simulated sound card's ends, while sound runs. */
class SoundPump {
  readonly #sound: SimulatedSound;
  readonly #microphone: SoundRing;
  readonly #speaker: SoundRing;
  readonly #ringer: SoundRing;
  readonly #ahead: number;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(sound: SimulatedSound, rings: MediaWorkerData["rings"], aheadMs: number, sampleRateHz: number) {
    this.#sound = sound;
    this.#microphone = new SoundRing(rings.microphone);
    this.#speaker = new SoundRing(rings.speaker);
    this.#ringer = new SoundRing(rings.ringer);
    this.#ahead = (aheadMs * sampleRateHz) / 1000;
    this.#everyMs = Math.max(tickMs, Math.min(aheadMs / 5, 200));
    this.#carry(); // so that the first tick has something to say
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#carry(), this.#everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#carry();
  }

  #carry(): void {
    const wanted = this.#ahead - this.#microphone.waiting;
    if (wanted > 0) this.#microphone.write(this.#sound.microphone(wanted));
    const heard = this.#speaker.read(this.#speaker.waiting);
    if (heard.length > 0) this.#sound.speaker(heard);
    const rung = this.#ringer.read(this.#ringer.waiting);
    if (rung.length > 0) this.#sound.ringer(rung);
  }
}

/** Starts the worker. HalError `io` when the kernel gives no eventfd. */
export function startMediaHost(options: MediaHostOptions): LinuxMediaHost {
  return new WorkerMediaHost(options);
}
