// A simulated sound card whose microphone plays a WAV file and whose ear is kept as one: for measuring calls of a phone
// that runs as a process of its own.
import { createWriteStream, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import type { SampleSink, SimulatedSound } from "#hal/contract/audio.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import { looped, noSink, silence } from "#hal/sim/sound.ts";
import { decodeWav, encodeWav } from "#hal/sim/wav.ts";

const sampleRateHz = 8000;
/** The newest that is not kept any more: half an hour is 29 MB. */
const mostSamples = 30 * 60 * sampleRateHz;

export interface SoundFiles {
  readonly sound: SimulatedSound;
  /** Resolves when all that was heard is in its file, with its length at the head. */
  keep(): Promise<void>;
}

/** Opens them; silence without a microphone's file. ConfigError for a file that is no 8 kHz mono WAV. */
export function openSoundFiles(microphone: string | undefined, ear: string | undefined): SoundFiles {
  const earFile = ear === undefined ? undefined : openEar(ear);
  return {
    sound: {
      microphone: microphone === undefined ? silence : looped(readMicrophone(microphone)),
      speaker: earFile?.speaker ?? noSink,
      ringer: noSink,
    },
    keep: () => earFile?.keep() ?? Promise.resolve(),
  };
}

/** Grows while it is listened to, so that a call can be measured before its end; until then its head says 0 samples. */
function openEar(path: string): { readonly speaker: SampleSink; keep(): Promise<void> } {
  const out = createWriteStream(path);
  let length = 0;
  out.write(encodeWav({ sampleRateHz, samples: new Int16Array(0) }));
  return {
    speaker(samples) {
      const part = samples.slice(0, mostSamples - length);
      length += part.length;
      if (part.length > 0) out.write(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    },
    async keep() {
      await new Promise<void>((resolve) => out.end(resolve));
      const head = encodeWav({ sampleRateHz, samples: new Int16Array(length) }).subarray(0, 44);
      const file = await open(path, "r+");
      await file.write(head, 0, head.length, 0);
      await file.close();
    },
  };
}

function readMicrophone(path: string): Int16Array {
  const wrong = (why: string): never => {
    throw new ConfigError("unusable", path, "--microphone", `${why}; 8000 Hz, one channel, 16 bits belong`);
  };
  const wav = (() => {
    try {
      return decodeWav(readFileSync(path));
    } catch (error) {
      return wrong(error instanceof Error ? error.message : String(error));
    }
  })();
  if (wav.sampleRateHz !== sampleRateHz) wrong(`has ${wav.sampleRateHz} Hz`);
  return wav.samples.length === 0 ? wrong("has no sound") : wav.samples;
}
