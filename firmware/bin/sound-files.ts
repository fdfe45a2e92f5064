// A simulated sound card whose microphone plays a WAV file and whose ear is kept as one: for measuring calls of a phone
// that runs as a process of its own.
import { readFileSync, writeFileSync } from "node:fs";
import type { SimulatedSound } from "#hal/contract/audio.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import { looped, noSink, Recorder, silence } from "#hal/sim/sound.ts";
import { decodeWav, encodeWav } from "#hal/sim/wav.ts";

const sampleRateHz = 8000;
/** The newest that is not kept any more: half an hour is 29 MB. */
const mostSamples = 30 * 60 * sampleRateHz;

export interface SoundFiles {
  readonly sound: SimulatedSound;
  /** Writes what was heard so far. */
  keep(): void;
}

/** Opens them; silence without a microphone's file. ConfigError for a file that is no 8 kHz mono WAV. */
export function openSoundFiles(microphone: string | undefined, ear: string | undefined): SoundFiles {
  const recorder = new Recorder(mostSamples);
  return {
    sound: {
      microphone: microphone === undefined ? silence : looped(readMicrophone(microphone)),
      speaker: ear === undefined ? noSink : recorder.sink,
      ringer: noSink,
    },
    keep() {
      if (ear !== undefined) writeFileSync(ear, encodeWav({ sampleRateHz, samples: recorder.samples() }));
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
