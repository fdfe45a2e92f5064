// The calls of libasound that the media loop makes. Every function returns a negative errno on failure; devices are
// opened non-blocking, so none of them waits.
import koffi from "koffi";
import { halErrorOf } from "./errno.ts";
import type { Pointer } from "./libc.ts";
import { openLibrary } from "./library.ts";

/** Constants of alsa/pcm.h. */
export const alsa = {
  SND_PCM_STREAM_PLAYBACK: 0,
  SND_PCM_STREAM_CAPTURE: 1,
  SND_PCM_NONBLOCK: 1,
  SND_PCM_FORMAT_S16_LE: 2,
  SND_PCM_ACCESS_RW_INTERLEAVED: 3,
} as const;

/** A handle of libasound. */
export type PcmHandle = bigint;

export interface Alsa {
  snd_pcm_open(handle: [PcmHandle | null], name: string, stream: number, mode: number): number;
  snd_pcm_close(pcm: PcmHandle): number;
  snd_pcm_prepare(pcm: PcmHandle): number;
  snd_pcm_start(pcm: PcmHandle): number;
  snd_pcm_drop(pcm: PcmHandle): number;
  snd_pcm_recover(pcm: PcmHandle, error: number, silent: number): number;
  snd_pcm_avail_update(pcm: PcmHandle): number;
  snd_pcm_readi(pcm: PcmHandle, samples: Int16Array, count: number): number;
  snd_pcm_writei(pcm: PcmHandle, samples: Int16Array, count: number): number;
  snd_pcm_poll_descriptors_count(pcm: PcmHandle): number;
  snd_pcm_poll_descriptors(pcm: PcmHandle, descriptors: Pointer, space: number): number;
  snd_pcm_poll_descriptors_revents(
    pcm: PcmHandle,
    descriptors: Pointer,
    count: number,
    revents: [number],
  ): number;
  snd_pcm_hw_params_malloc(handle: [bigint | null]): number;
  snd_pcm_hw_params_free(parameters: bigint): void;
  snd_pcm_hw_params_any(pcm: PcmHandle, parameters: bigint): number;
  snd_pcm_hw_params_set_access(pcm: PcmHandle, parameters: bigint, access: number): number;
  snd_pcm_hw_params_set_format(pcm: PcmHandle, parameters: bigint, format: number): number;
  snd_pcm_hw_params_set_channels(pcm: PcmHandle, parameters: bigint, channels: number): number;
  snd_pcm_hw_params_set_rate(pcm: PcmHandle, parameters: bigint, rateHz: number, direction: number): number;
  snd_pcm_hw_params_set_period_size_near(
    pcm: PcmHandle,
    parameters: bigint,
    frames: [number],
    direction: null,
  ): number;
  snd_pcm_hw_params_set_buffer_size_near(pcm: PcmHandle, parameters: bigint, frames: [number]): number;
  snd_pcm_hw_params(pcm: PcmHandle, parameters: bigint): number;
  snd_pcm_sw_params_malloc(handle: [bigint | null]): number;
  snd_pcm_sw_params_free(parameters: bigint): void;
  snd_pcm_sw_params_current(pcm: PcmHandle, parameters: bigint): number;
  snd_pcm_sw_params_set_avail_min(pcm: PcmHandle, parameters: bigint, frames: number): number;
  snd_pcm_sw_params_set_start_threshold(pcm: PcmHandle, parameters: bigint, frames: number): number;
  snd_pcm_sw_params(pcm: PcmHandle, parameters: bigint): number;
}

const declarations: Record<keyof Alsa, string> = {
  snd_pcm_open: "int snd_pcm_open(_Out_ void **, const char *, int, int)",
  snd_pcm_close: "int snd_pcm_close(void *)",
  snd_pcm_prepare: "int snd_pcm_prepare(void *)",
  snd_pcm_start: "int snd_pcm_start(void *)",
  snd_pcm_drop: "int snd_pcm_drop(void *)",
  snd_pcm_recover: "int snd_pcm_recover(void *, int, int)",
  snd_pcm_avail_update: "long snd_pcm_avail_update(void *)",
  snd_pcm_readi: "long snd_pcm_readi(void *, _Out_ int16_t *, unsigned long)",
  snd_pcm_writei: "long snd_pcm_writei(void *, const int16_t *, unsigned long)",
  snd_pcm_poll_descriptors_count: "int snd_pcm_poll_descriptors_count(void *)",
  snd_pcm_poll_descriptors: "int snd_pcm_poll_descriptors(void *, void *, unsigned int)",
  snd_pcm_poll_descriptors_revents:
    "int snd_pcm_poll_descriptors_revents(void *, void *, unsigned int, _Out_ unsigned short *)",
  snd_pcm_hw_params_malloc: "int snd_pcm_hw_params_malloc(_Out_ void **)",
  snd_pcm_hw_params_free: "void snd_pcm_hw_params_free(void *)",
  snd_pcm_hw_params_any: "int snd_pcm_hw_params_any(void *, void *)",
  snd_pcm_hw_params_set_access: "int snd_pcm_hw_params_set_access(void *, void *, int)",
  snd_pcm_hw_params_set_format: "int snd_pcm_hw_params_set_format(void *, void *, int)",
  snd_pcm_hw_params_set_channels: "int snd_pcm_hw_params_set_channels(void *, void *, unsigned int)",
  snd_pcm_hw_params_set_rate: "int snd_pcm_hw_params_set_rate(void *, void *, unsigned int, int)",
  snd_pcm_hw_params_set_period_size_near:
    "int snd_pcm_hw_params_set_period_size_near(void *, void *, _Inout_ unsigned long *, void *)",
  snd_pcm_hw_params_set_buffer_size_near:
    "int snd_pcm_hw_params_set_buffer_size_near(void *, void *, _Inout_ unsigned long *)",
  snd_pcm_hw_params: "int snd_pcm_hw_params(void *, void *)",
  snd_pcm_sw_params_malloc: "int snd_pcm_sw_params_malloc(_Out_ void **)",
  snd_pcm_sw_params_free: "void snd_pcm_sw_params_free(void *)",
  snd_pcm_sw_params_current: "int snd_pcm_sw_params_current(void *, void *)",
  snd_pcm_sw_params_set_avail_min: "int snd_pcm_sw_params_set_avail_min(void *, void *, unsigned long)",
  snd_pcm_sw_params_set_start_threshold:
    "int snd_pcm_sw_params_set_start_threshold(void *, void *, unsigned long)",
  snd_pcm_sw_params: "int snd_pcm_sw_params(void *, void *)",
};

let opened: Alsa | undefined;

/** libasound of this system (Debian renamed the package, not the library). HalError `missing` without it. */
export function libasound(): Alsa {
  if (opened !== undefined) return opened;
  const library = openLibrary(["libasound.so.2"]);
  const functions = Object.entries(declarations).map(([name, text]) => [name, library.func(text)]);
  opened = Object.fromEntries(functions) as Alsa; // each name is declared above with the types of the interface
  // It would write to stderr what the caller is told by the result anyway. The handler is variadic in C; both Linux
  // conventions let one that looks at nothing be called so.
  const handler = koffi.pointer(koffi.proto("void ErrorHandler(const char *, int, const char *, int)"));
  const quiet = koffi.register(() => {}, handler);
  library.func("snd_lib_error_set_handler", "int", [handler])(quiet);
  return opened;
}

/** The result, or HalError with the meaning of the negative errno it is. */
export function mustPcm(result: number, device: string, operation: string): number {
  if (result < 0) throw halErrorOf(-result, device, operation);
  return result;
}
