// A microphone and an ear in this process that remember what was said and heard.
import type { SampleSource, SimulatedSound } from "#hal/contract/audio.ts";
import { Recorder, recorded } from "#hal/sim/sound.ts";
import { heardOf } from "./echo.ts";
import type { Ears } from "./rig.ts";

/** Two minutes of sound are more than any story needs. */
const twoMinutes = 120 * 8000;
/** What was said so long ago may still come back. */
const longestEchoSamples = 8000;

/** The sound of a handset whose microphone hears this, and what a story asks of it. */
export function openEars(
  microphone: SampleSource,
  mostSamples = twoMinutes,
): { readonly ears: Ears; readonly sound: SimulatedSound } {
  const said = new Recorder(mostSamples);
  let heard = new Recorder(mostSamples);
  let ringing = new Recorder(mostSamples);
  let saidBefore = 0;
  return {
    sound: {
      microphone: recorded(microphone, said),
      speaker: (samples) => heard.sink(samples),
      ringer: (samples) => ringing.sink(samples),
    },
    ears: {
      said: () => said.samples(),
      heard: () => heard.samples(),
      ringing: () => ringing.samples(),
      forget() {
        heard = new Recorder(mostSamples);
        ringing = new Recorder(mostSamples);
        saidBefore = said.length;
      },
      echoes: () =>
        heardOf(heard.samples(), said.samples().subarray(Math.max(0, saidBefore - longestEchoSamples))),
    },
  };
}
