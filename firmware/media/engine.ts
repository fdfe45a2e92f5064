// The media engine: packets, samples and commands in; packets, samples and reports out. The samples are its clock.
// It has no I/O and no timer, so it runs inline in virtual time and in a worker on a device, the same in both.

import { hexDigits } from "#firmware/runtime/chance.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type {
  MediaCommand,
  MediaEngine,
  MediaInput,
  MediaOutput,
  MediaPacket,
  MediaReport,
  ToneSpec,
} from "#hal/contract/media.ts";
import type { Random } from "#hal/contract/random.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { addSound } from "./mixing.ts";
import { MediaStream } from "./stream.ts";
import { ToneGenerator } from "./tone-generator.ts";

export interface EngineSettings {
  /** Of microphone, ear and ringer. The built-in codecs run at 8000. */
  readonly sampleRateHz: number;
  /** For SSRCs, first sequence numbers and timestamps, RTCP intervals, comfort noise. */
  readonly random: Random;
}

/** What one step collects. */
interface Collected {
  readonly packets: MediaPacket[];
  readonly reports: MediaReport[];
}

class Engine implements MediaEngine {
  readonly #sampleRateHz: number;
  readonly #random: Random;
  /** "a short-term persistent RTCP CNAME … 96 bits" (RFC 7022 §4.2); it says nothing about the phone. */
  readonly #cname: string;
  readonly #streams = new Map<string, MediaStream>();
  #listened: readonly string[] = [];
  #isMuted = false;
  #tone: ToneGenerator | undefined;
  #ring: ToneGenerator | undefined;

  constructor(settings: EngineSettings) {
    this.#sampleRateHz = settings.sampleRateHz;
    this.#random = settings.random;
    this.#cname = hexDigits(settings.random, 24);
  }

  step(input: MediaInput): MediaOutput {
    const { now, captured } = input;
    const collected: Collected = { packets: [], reports: [] };
    for (const command of input.commands) this.#obey(command, now, collected);
    for (const portsId of input.refusedPorts) collected.reports.push(...this.#refused(portsId, now));
    for (const packet of input.packets) collected.reports.push(...this.#accept(packet));
    const sound = captured === undefined ? undefined : this.#sound(captured, now, collected);
    for (const stream of this.#streams.values()) {
      const { packets, reports } = stream.tick(now);
      collected.packets.push(...packets);
      collected.reports.push(...reports);
    }
    return {
      packets: collected.packets,
      played: sound?.played,
      ringer: sound?.ringer,
      reports: collected.reports,
      needsAudio: this.#streams.size > 0 || this.#tone !== undefined || this.#ring !== undefined,
    };
  }

  #obey(command: MediaCommand, now: MonoMs, collected: Collected): void {
    switch (command.kind) {
      case "stream": {
        const present = this.#streams.get(command.spec.id);
        if (present !== undefined) present.configure(command.spec, now);
        else this.#streams.set(command.spec.id, this.#newStream(command.spec, now));
        return;
      }
      case "end-stream": {
        const last = this.#streams.get(command.id)?.end(now);
        this.#streams.delete(command.id);
        collected.packets.push(...(last?.packets ?? []));
        collected.reports.push(...(last?.reports ?? []));
        return;
      }
      case "send-digit":
        this.#streams.get(command.id)?.press(command.digit, command.durationMs);
        return;
      case "end-digit":
        this.#streams.get(command.id)?.release();
        return;
      case "tone":
        this.#tone = this.#generator(command.tone);
        return;
      case "ring":
        this.#ring = this.#generator(command.ring);
        return;
      case "listen":
        this.#listened = command.ids;
        return;
      case "mute":
        this.#isMuted = command.isMuted;
        return;
      default:
        unreachable(command);
    }
  }

  #newStream(spec: MediaStream["spec"], now: MonoMs): MediaStream {
    return new MediaStream({
      spec,
      sampleRateHz: this.#sampleRateHz,
      random: this.#random,
      cname: this.#cname,
      now,
    });
  }

  #generator(tone: ToneSpec | undefined): ToneGenerator | undefined {
    return tone === undefined ? undefined : new ToneGenerator(tone, this.#sampleRateHz);
  }

  #accept(packet: MediaPacket): readonly MediaReport[] {
    return this.#streamOn(packet.portsId)?.accept(packet) ?? [];
  }

  #refused(portsId: number, now: MonoMs): readonly MediaReport[] {
    return this.#streamOn(portsId)?.refused(now) ?? [];
  }

  #streamOn(portsId: number): MediaStream | undefined {
    for (const stream of this.#streams.values()) if (stream.spec.portsId === portsId) return stream;
    return undefined;
  }

  /** Plays what came in, sends what was said; the two advance together. */
  #sound(
    captured: Int16Array,
    now: MonoMs,
    collected: Collected,
  ): { readonly played: Int16Array; readonly ringer: Int16Array | undefined } {
    const count = captured.length;
    const heard = new Map<string, Int16Array>();
    // Streams nobody listens to are played into nothing, so that their buffers do not fill.
    for (const [id, stream] of this.#streams) heard.set(id, stream.take(count, now));
    const played = new Int16Array(count);
    for (const id of this.#listened) addSound(played, heard.get(id) ?? new Int16Array(0));
    const said = this.#isMuted ? new Int16Array(count) : captured;
    for (const [id, stream] of this.#streams) {
      const isHeard = this.#listened.includes(id);
      const others = this.#listened.filter((other) => other !== id && isHeard);
      collected.packets.push(...stream.push(mixed(said, others, heard), isHeard, now));
    }
    this.#tone = this.#playTone(this.#tone, played, collected);
    const ringer = this.#ring === undefined ? undefined : new Int16Array(count);
    if (ringer !== undefined) this.#ring = this.#playTone(this.#ring, ringer, collected);
    return { played, ringer };
  }

  #playTone(
    tone: ToneGenerator | undefined,
    into: Int16Array,
    collected: Collected,
  ): ToneGenerator | undefined {
    tone?.addTo(into);
    if (tone?.isOver !== true) return tone;
    collected.reports.push({ kind: "tone-ended", name: tone.name });
    return undefined;
  }
}

/** What one party of a conference is sent: this person, and the other parties. */
function mixed(
  said: Int16Array,
  others: readonly string[],
  heard: ReadonlyMap<string, Int16Array>,
): Int16Array {
  if (others.length === 0) return said;
  const mix = said.slice();
  for (const id of others) addSound(mix, heard.get(id) ?? new Int16Array(0));
  return mix;
}

/** Makes an engine. The same settings, chance and inputs give the same outputs. */
export function createMediaEngine(settings: EngineSettings): MediaEngine {
  return new Engine(settings);
}
