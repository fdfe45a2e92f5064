// Paths and volumes on a sound card's controls. With no path open the loudspeaker stays at the ringer's volume: ringing
// must be heard, and without a ring there is nothing to hear.
import type { AudioMixer, AudioPath } from "#hal/contract/audio.ts";
import type { SoundControls } from "#hal/contract/bus.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Codec, CodecOutput } from "./codec-tables.ts";

export interface MixerState {
  readonly path: AudioPath | undefined;
  /** 0–100. */
  readonly volumes: Readonly<Record<AudioPath | "ringer", number>>;
  readonly isMuted: boolean;
}

type Settings = ReadonlyMap<string, readonly number[]>;

/** Every control's values for a state: what a codec of this table is to be set to. */
function codecSettings(codec: Codec, state: MixerState, rangeOf: SoundControls["range"]): Settings {
  const settings = new Map<string, readonly number[]>();
  const heard = state.path ?? "speaker";
  for (const output of Object.values(codec.outputs)) settings.set(output.control, [output.silent]);
  const output = codec.outputs[heard];
  if (output !== undefined) {
    const percent = state.volumes[state.path ?? "ringer"];
    settings.set(output.control, channelValues(output, percent, rangeOf(output.control)));
  }
  for (const { control, values } of codec.closed) settings.set(control, values);
  const microphone = state.path === undefined || state.isMuted ? [] : (codec.microphones[state.path] ?? []);
  for (const { control, values } of microphone) settings.set(control, values);
  return settings;
}

function channelValues(
  output: CodecOutput,
  percent: number,
  range: ReturnType<SoundControls["range"]>,
): readonly number[] {
  const { lowest, highest } = output.scale ?? { lowest: range?.min ?? 0, highest: range?.max ?? 0 };
  const share = Math.max(0, Math.min(100, percent)) / 100;
  const value = percent <= 0 ? output.silent : Math.round(lowest + share * (highest - lowest));
  if (output.channel === undefined) return [value];
  const channels = range?.channels ?? output.channel + 1;
  return Array.from({ length: channels }, (_, channel) =>
    channel === output.channel ? value : output.silent,
  );
}

/** Sets what differs from what was set before. Controls that the card lacks are told once, by name, through `failed`. */
export function createCodecMixer(options: {
  readonly codec: Codec;
  readonly controls: SoundControls;
  readonly failed?: (error: HalError) => void;
}): AudioMixer {
  const { codec, controls } = options;
  let state: MixerState = {
    path: undefined,
    volumes: { handset: 50, headset: 50, speaker: 50, ringer: 50 },
    isMuted: false,
  };
  const present = new Map<string, string>();
  const lacking = new Set<string>();

  const set = (control: string, values: readonly number[]): void => {
    const key = values.join(",");
    if (present.get(control) === key || lacking.has(control)) return;
    if (controls.range(control) === undefined) {
      lacking.add(control);
      options.failed?.(new HalError("missing", codec.name, "set", `the card has no control "${control}"`));
      return;
    }
    try {
      controls.set(control, values);
      present.set(control, key);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      options.failed?.(error);
    }
  };
  const apply = (next: MixerState): void => {
    state = next;
    for (const [control, values] of codecSettings(codec, state, (name) => controls.range(name)))
      set(control, values);
  };

  for (const { control, values } of codec.start) set(control, values);
  apply(state);
  return {
    setPath: (path) => apply({ ...state, path }),
    setVolume: (output, percent) => apply({ ...state, volumes: { ...state.volumes, [output]: percent } }),
    setMicrophoneMuted: (isMuted) => apply({ ...state, isMuted }),
  };
}
