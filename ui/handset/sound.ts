// Sound both ways: the phone's to the ear, the microphone's (or a tone's) to the phone.
import { element } from "./elements.ts";
import { sound as wire } from "./protocol.ts";
import { fromPcm, LowPass, loudness, pitchHz, Resampler, toPcm } from "./resample.ts";

type Source = "microphone" | "tone" | "silence";

export interface Sound {
  /** Samples of the phone, 8000 Hz. */
  hear(samples: Int16Array): void;
  /** The phone takes samples, or no longer. */
  setOpen(isOpen: boolean): void;
}

/** Makes the audio graph at the first gesture, as browsers demand. */
export function createSound(onSamples: (samples: Int16Array) => void): Sound {
  const note = element("sound-note", HTMLParagraphElement);
  const choice = element("source", HTMLSelectElement);
  const meters = { sent: createMeter("sent"), heard: createMeter("heard") };
  let graph: Graph | undefined;
  let isOpen = false;
  let queue: number[] = [];

  const send = (samples: Float32Array): void => {
    if (!isOpen) {
      queue = [];
      return;
    }
    queue.push(...samples);
    while (queue.length >= wire.samplesPerMessage) {
      const message = Float32Array.from(queue.splice(0, wire.samplesPerMessage));
      meters.sent(message);
      onSamples(toPcm(message));
    }
  };

  const start = (): void => {
    if (graph !== undefined) {
      void graph.context.resume();
      return;
    }
    graph = startGraph(send, (text) => {
      note.textContent = text;
    });
    void graph.choose(choice.value);
  };
  for (const gesture of ["pointerdown", "keydown"] as const) window.addEventListener(gesture, start);
  choice.addEventListener("change", () => void graph?.choose(choice.value));

  return {
    hear(samples) {
      const heard = fromPcm(samples);
      meters.heard(heard);
      graph?.play(heard);
    },
    setOpen(open) {
      isOpen = open;
      if (!open) for (const meter of Object.values(meters)) meter(new Float32Array(pitchSamples));
    },
  };
}

/** Samples from which a pitch is told: 100 ms, a whole beat of the tone has three of them. */
const pitchSamples = 800;

/** Shows how loud and how high what passes is. */
function createMeter(name: "sent" | "heard"): (samples: Float32Array) => void {
  const bar = element(name, HTMLMeterElement);
  const pitch = element(`${name}-pitch`, HTMLSpanElement);
  let recent = new Float32Array(0);
  return (samples) => {
    bar.value = loudness(samples);
    recent = Float32Array.of(...recent, ...samples);
    if (recent.length < pitchSamples) return;
    const hz = pitchHz(recent, wire.sampleRateHz);
    pitch.textContent = hz === undefined ? "" : `${Math.round(hz)} Hz`;
    recent = new Float32Array(0);
  };
}

interface Graph {
  readonly context: AudioContext;
  play(samples: Float32Array): void;
  choose(choice: string): Promise<void>;
}

function startGraph(onSamples: (samples: Float32Array) => void, say: (text: string) => void): Graph {
  const context = new AudioContext();
  const lowPass = new LowPass(context.sampleRate);
  const toPhone = new Resampler(context.sampleRate, wire.sampleRateHz);
  const node = loadWorklet(context).then((worklet) => {
    worklet.port.onmessage = ({ data }: MessageEvent<Float32Array>) =>
      onSamples(toPhone.push(lowPass.push(data)));
    worklet.connect(context.destination);
    return worklet;
  });
  node.catch((error: unknown) => say(`No sound in this browser: ${String(error)}`));
  let input: AudioNode | undefined;
  let release: (() => void) | undefined;
  const use = async (source: Source): Promise<void> => {
    const worklet = await node;
    input?.disconnect();
    release?.();
    release = undefined;
    input = undefined;
    if (source === "microphone") {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } });
      input = context.createMediaStreamSource(stream);
      release = () =>
        stream.getTracks().forEach((track) => {
          track.stop();
        });
    } else if (source === "tone") input = startTone(context);
    input?.connect(worklet);
    say(sentences[source]);
  };
  return {
    context,
    play: (samples) =>
      void node.then(
        (worklet) => worklet.port.postMessage(samples),
        () => undefined,
      ),
    async choose(choice) {
      if (choice !== "auto") return use(choice === "tone" ? "tone" : "silence");
      // No microphone, or not allowed: a tone is as good a proof of a call.
      await use("microphone").catch(() => use("tone"));
    },
  };
}

const sentences: Readonly<Record<Source, string>> = {
  microphone: "The phone hears your microphone.",
  tone: "The phone hears a melody of three tones.",
  silence: "The phone hears nothing from here.",
};

async function loadWorklet(context: AudioContext): Promise<AudioWorkletNode> {
  await context.audioWorklet.addModule(new URL("sound-worklet.js", location.href));
  return new AudioWorkletNode(context, "phone-sound", { numberOfInputs: 1, outputChannelCount: [1] });
}

/** Three tones in turn, so that an echo is heard as what it is. */
function startTone(context: AudioContext): AudioNode {
  const tone = context.createOscillator();
  const volume = context.createGain();
  volume.gain.value = 0.25;
  const notes = [440, 554, 659];
  const beatSec = 0.35;
  const beats = 2000;
  for (let beat = 0; beat < beats; beat++)
    tone.frequency.setValueAtTime(notes[beat % notes.length] ?? 440, context.currentTime + beat * beatSec);
  tone.connect(volume);
  tone.start();
  return volume;
}
