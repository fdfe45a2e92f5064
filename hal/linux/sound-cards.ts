// Which sound cards the kernel has, by the names that ALSA's devices are asked for with.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SoundCardSpec } from "./media-protocol.ts";

/**
 * The first card that the devices name (`plughw:CARD=Loopback`) and the kernel lacks; undefined where all are there, or a
 * device names none. Known at once: the media thread opens the devices only when it has started. `/proc/asound` unless told.
 */
export function findMissingCard(spec: SoundCardSpec, folder = "/proc/asound"): string | undefined {
  if (spec.kind !== "alsa") return undefined;
  const named = [spec.capture, spec.playback].map((device) => /\bCARD=([^,]+)/.exec(device)?.[1]);
  return named.find((card) => card !== undefined && !existsSync(join(folder, card)));
}
