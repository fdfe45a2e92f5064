// The browser's audio thread: plays the phone's sound from a short queue, and hands on what the microphone hears.
// A bundle of its own, because an AudioWorklet loads from an address.
import { Resampler } from "./resample.ts";

/** What lib.dom leaves out: the globals of an AudioWorklet. */
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, kind: new () => AudioWorkletProcessor): void;

/** Sound waits this long before it is played, against unsteady arrival, and never longer than the second, in seconds. */
const wait = { startSec: 0.06, mostSec: 0.3 } as const;

class PhoneSound extends AudioWorkletProcessor {
  readonly #fromPhone = new Resampler(8000, sampleRate);
  #queue: number[] = [];
  #isPlaying = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      this.#queue.push(...this.#fromPhone.push(data));
      const most = wait.mostSec * sampleRate;
      if (this.#queue.length > most) this.#queue = this.#queue.slice(-Math.round(wait.startSec * sampleRate));
    };
  }

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const heard = inputs[0]?.[0];
    const length = outputs[0]?.[0]?.length ?? 128;
    this.port.postMessage(heard === undefined ? new Float32Array(length) : heard.slice());
    if (!this.#isPlaying) this.#isPlaying = this.#queue.length >= wait.startSec * sampleRate;
    const taken = this.#isPlaying ? this.#queue.splice(0, length) : [];
    if (taken.length < length) this.#isPlaying = false;
    for (const channel of outputs[0] ?? []) channel.set(taken);
    return true;
  }
}

registerProcessor("phone-sound", PhoneSound);
