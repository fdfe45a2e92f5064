// A sound card through ALSA: one capture and one playback device, 16 bit, mono, non-blocking. The capture device is
// the clock. A device that cannot do the rate or one channel is named through ALSA's own `plug` by the board.
import { HalError } from "#hal/contract/errors.ts";
import { c, layout } from "./ffi/abi.ts";
import { alsa, libasound, mustPcm, type PcmHandle } from "./ffi/alsa.ts";
import { errno, halErrorOf } from "./ffi/errno.ts";
import { libc } from "./ffi/libc.ts";
import { type SoundCardSpec, tickMs } from "./media-protocol.ts";
import type { SoundCard, Waited } from "./sound-card.ts";

/** Room in each device, in ticks; what is queued for the ear is kept far below it. */
const bufferTicks = 8;
/** Silence queued before the first sound: what the ear waits, and what this thread may be late. */
const leadTicks = 2;

export class AlsaCard implements SoundCard {
  readonly name: string;
  readonly #capture: Pcm;
  readonly #playback: Pcm;
  readonly #tick: number;
  /** Why the device is of no use any more. */
  #loss: HalError | undefined;

  /** Opens and configures both devices. HalError `missing`, `busy`, `unsupported` … */
  constructor(spec: SoundCardSpec & { readonly kind: "alsa" }, sampleRateHz: number) {
    this.name = `ALSA ${spec.capture}, ${spec.playback}`;
    this.#tick = (sampleRateHz * tickMs) / 1000;
    this.#capture = new Pcm(spec.capture, alsa.SND_PCM_STREAM_CAPTURE, sampleRateHz, this.#tick);
    try {
      this.#playback = new Pcm(spec.playback, alsa.SND_PCM_STREAM_PLAYBACK, sampleRateHz, this.#tick);
    } catch (error) {
      this.#capture.close();
      throw error;
    }
  }

  start(): void {
    this.#playback.prepare();
    this.#lead();
    this.#capture.prepare();
    this.#capture.start();
  }

  stop(): void {
    this.#capture.drop();
    this.#playback.drop();
  }

  waited(): readonly Waited[] {
    return this.#capture.waited();
  }

  due(): number {
    if (this.#loss !== undefined) throw this.#loss;
    const available = this.#capture.available();
    if (available < 0) {
      this.#restartCapture(available, "wait for sound");
      return 0;
    }
    return available - (available % this.#tick);
  }

  capture(count: number): Int16Array {
    const samples = new Int16Array(count);
    const got = this.#capture.read(samples);
    if (got < 0 && got !== -errno.EAGAIN) this.#restartCapture(got, "read sound");
    return samples;
  }

  play(samples: Int16Array, ringer: Int16Array | undefined): void {
    const mixed = ringer === undefined ? samples : sum(samples, ringer);
    const taken = this.#playback.write(mixed);
    if (taken >= 0 || taken === -errno.EAGAIN) return; // a full device: its clock is the slower one, a block is lost
    if (!this.#playback.recover(taken)) {
      this.#loss ??= halErrorOf(-taken, this.name, "play sound");
      return;
    }
    this.#lead(); // it ran dry
    this.#playback.write(mixed);
  }

  /** An overrun: this thread was late, what was missed is missed. */
  #restartCapture(error: number, operation: string): void {
    if (!this.#capture.recover(error)) {
      this.#loss ??= halErrorOf(-error, this.name, operation);
      return;
    }
    try {
      this.#capture.start();
    } catch (refusal) {
      if (!(refusal instanceof HalError)) throw refusal;
      this.#loss ??= refusal;
    }
  }

  close(): void {
    this.#capture.close();
    this.#playback.close();
  }

  #lead(): void {
    this.#playback.write(new Int16Array(leadTicks * this.#tick));
  }
}

/** Ear and ringer are one loudspeaker here; the mixer decides which path it takes. */
function sum(a: Int16Array, b: Int16Array): Int16Array {
  return a.map((sample, i) => Math.max(-32768, Math.min(32767, sample + (b[i] ?? 0))));
}

/** One device. */
class Pcm {
  readonly #name: string;
  readonly #handle: PcmHandle;
  readonly #descriptors: Uint8Array;

  constructor(name: string, stream: number, rateHz: number, tick: number) {
    this.#name = name;
    const handle: [PcmHandle | null] = [null];
    mustPcm(libasound().snd_pcm_open(handle, name, stream, alsa.SND_PCM_NONBLOCK), name, "open");
    this.#handle = handle[0] ?? 0n; // given when open succeeds
    try {
      this.#setHardware(rateHz, tick);
      this.#setSoftware(tick);
      this.#descriptors = this.#findDescriptors();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  prepare(): void {
    mustPcm(libasound().snd_pcm_prepare(this.#handle), this.#name, "prepare");
  }

  start(): void {
    mustPcm(libasound().snd_pcm_start(this.#handle), this.#name, "start");
  }

  drop(): void {
    libasound().snd_pcm_drop(this.#handle); // a device that is gone has nothing to drop
  }

  close(): void {
    libasound().snd_pcm_close(this.#handle);
  }

  waited(): readonly Waited[] {
    const at = layout.pollfd;
    const view = new DataView(this.#descriptors.buffer);
    return Array.from({ length: this.#descriptors.length / at.sizeof }, (_, i) => ({
      fd: view.getInt32(i * at.sizeof + at.fd, true),
      events: view.getInt16(i * at.sizeof + at.events, true),
    }));
  }

  /** Samples that can be read now, or a negative errno. */
  available(): number {
    // Some devices (dsnoop, dmix) are woken through a timer that only this call resets.
    const count = this.#descriptors.length / layout.pollfd.sizeof;
    libc().poll(this.#descriptors, count, 0);
    libasound().snd_pcm_poll_descriptors_revents(this.#handle, this.#descriptors, count, [0]);
    return Number(libasound().snd_pcm_avail_update(this.#handle));
  }

  /** Reads into `samples`; how many came, or a negative errno. */
  read(samples: Int16Array): number {
    return Number(libasound().snd_pcm_readi(this.#handle, samples, samples.length));
  }

  write(samples: Int16Array): number {
    return Number(libasound().snd_pcm_writei(this.#handle, samples, samples.length));
  }

  /** Makes the device usable after an over- or underrun; false when it is gone. */
  recover(error: number): boolean {
    return libasound().snd_pcm_recover(this.#handle, error, 1) >= 0;
  }

  #setHardware(rateHz: number, tick: number): void {
    const lib = libasound();
    const made: [bigint | null] = [null];
    mustPcm(lib.snd_pcm_hw_params_malloc(made), this.#name, "allocate parameters");
    const parameters = made[0] ?? 0n; // given when it succeeds
    const must = (result: number, operation: string): void => {
      mustPcm(result, this.#name, operation);
    };
    const pcm = this.#handle;
    try {
      must(lib.snd_pcm_hw_params_any(pcm, parameters), "ask what it can do");
      must(
        lib.snd_pcm_hw_params_set_access(pcm, parameters, alsa.SND_PCM_ACCESS_RW_INTERLEAVED),
        "set interleaved access",
      );
      must(lib.snd_pcm_hw_params_set_format(pcm, parameters, alsa.SND_PCM_FORMAT_S16_LE), "set 16 bit");
      must(lib.snd_pcm_hw_params_set_channels(pcm, parameters, 1), "set one channel");
      must(lib.snd_pcm_hw_params_set_rate(pcm, parameters, rateHz, 0), `set ${rateHz} Hz`);
      must(lib.snd_pcm_hw_params_set_period_size_near(pcm, parameters, [tick], null), "set 20 ms periods");
      must(
        lib.snd_pcm_hw_params_set_buffer_size_near(pcm, parameters, [tick * bufferTicks]),
        "set its buffer",
      );
      must(lib.snd_pcm_hw_params(pcm, parameters), "configure");
    } finally {
      lib.snd_pcm_hw_params_free(parameters);
    }
  }

  #setSoftware(tick: number): void {
    const lib = libasound();
    const made: [bigint | null] = [null];
    mustPcm(lib.snd_pcm_sw_params_malloc(made), this.#name, "allocate parameters");
    const parameters = made[0] ?? 0n; // given when it succeeds
    const must = (result: number): void => {
      mustPcm(result, this.#name, "set wake-up and start");
    };
    try {
      must(lib.snd_pcm_sw_params_current(this.#handle, parameters));
      must(lib.snd_pcm_sw_params_set_avail_min(this.#handle, parameters, tick));
      must(lib.snd_pcm_sw_params_set_start_threshold(this.#handle, parameters, tick));
      must(lib.snd_pcm_sw_params(this.#handle, parameters));
    } finally {
      lib.snd_pcm_sw_params_free(parameters);
    }
  }

  #findDescriptors(): Uint8Array {
    const lib = libasound();
    const count = mustPcm(lib.snd_pcm_poll_descriptors_count(this.#handle), this.#name, "count descriptors");
    const bytes = new Uint8Array(count * layout.pollfd.sizeof);
    mustPcm(lib.snd_pcm_poll_descriptors(this.#handle, bytes, count), this.#name, "give descriptors");
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < count; i++) {
      const at = i * layout.pollfd.sizeof + layout.pollfd.events;
      view.setInt16(at, view.getInt16(at, true) | c.POLLERR, true);
    }
    return bytes;
  }
}
