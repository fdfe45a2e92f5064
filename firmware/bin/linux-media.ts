// The media host of every Linux board: the worker with our engine, on the kernel parts the board opened.
import type { OpenedMedia } from "#boards/schema/device.ts";
import type { SimulatedSound } from "#hal/contract/audio.ts";
import type { PartStatus } from "#hal/contract/hal.ts";
import type { KernelParts } from "#hal/linux/kernel-parts.ts";
import { startMediaHost } from "#hal/linux/media-host.ts";
import type { MediaStatus, SoundCardSpec } from "#hal/linux/media-protocol.ts";
import { findMissingCard } from "#hal/linux/sound-cards.ts";

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

/** Until the media thread has looked for the card, what the kernel says of it. */
function partOf(card: SoundCardSpec, status: MediaStatus | undefined): PartStatus {
  const attached = card.kind === "alsa" ? `ALSA ${card.capture}, ${card.playback}` : "simulated";
  const part = { part: "sound", attached } as const;
  if (status === undefined) {
    const missing = findMissingCard(card);
    return missing === undefined
      ? { ...part, state: "working", detail: "not opened yet" }
      : { ...part, state: "missing", detail: `the kernel has no sound card "${missing}"` };
  }
  const priority = status.scheduling === "normal" ? "without real-time priority" : undefined;
  return status.isCardWorking
    ? { ...part, state: "working", detail: priority }
    : { ...part, state: "missing", detail: status.card };
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
