// The media host of every Linux board: the worker with our engine, on the kernel parts the board opened.
import type { OpenedMedia } from "#boards/schema/device.ts";
import type { SimulatedSound } from "#hal/contract/audio.ts";
import type { PartStatus } from "#hal/contract/hal.ts";
import type { KernelParts } from "#hal/linux/kernel-parts.ts";
import { startMediaHost } from "#hal/linux/media-host.ts";
import type { MediaStatus, SoundCardSpec } from "#hal/linux/media-protocol.ts";

export interface LinuxMediaOptions {
  /** ALSA devices by name, or no card: a timer paces the engine, and `sound` is its microphone and ear. */
  readonly card: SoundCardSpec;
  readonly sound?: SimulatedSound;
  /** How far ahead a simulated microphone is fed; see `startMediaHost`. */
  readonly aheadMs?: number;
  /** The bundled worker; the source beside this file unless given. */
  readonly worker?: URL;
  /** The worker died: ends the process. */
  failed(what: string, error: unknown): void;
}

function partOf(card: SoundCardSpec, status: MediaStatus | undefined): PartStatus {
  const priority = status?.scheduling === "normal" ? "without real-time priority" : undefined;
  return {
    part: "sound",
    attached: card.kind === "alsa" ? `ALSA ${card.capture}, ${card.playback}` : "simulated",
    state: status === undefined || status.isCardWorking ? "working" : "missing",
    detail: status === undefined ? "not looked for yet" : status.isCardWorking ? priority : status.card,
  };
}

/** What `DeviceOptions.openMedia` wants. */
export function openLinuxMedia(options: LinuxMediaOptions): (kernel: KernelParts) => Promise<OpenedMedia> {
  const { card, sound, aheadMs } = options;
  return async (kernel) => {
    const host = startMediaHost({
      worker: options.worker ?? new URL("./media-worker.ts", import.meta.url),
      originNs: kernel.originNs,
      card,
      ...(sound === undefined ? {} : { sound }),
      ...(aheadMs === undefined ? {} : { aheadMs }),
      via: () => kernel.via(),
      failed: (error) => options.failed("media worker", error),
    });
    return {
      host,
      get parts() {
        return [partOf(card, host.status())];
      },
      partChanges: {
        subscribe: (listener, told) =>
          host.statusChanges.subscribe((status) => listener(partOf(card, status)), told),
      },
      close: () => host.close(),
    };
  };
}
