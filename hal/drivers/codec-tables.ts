// Sound chips as data: which of a card's controls open a path and how loud its useful range is. Names are those of the
// Linux drivers.
import type { AudioPath } from "#hal/contract/audio.ts";

export interface ControlSetting {
  readonly control: string;
  /** Per channel; the last one stands for those that are left. */
  readonly values: readonly number[];
}

/** Where one path's sound leaves the chip. */
export interface CodecOutput {
  readonly control: string;
  /** The channel this path uses; the control's other channels belong to other paths. Undefined: all of them. */
  readonly channel: number | undefined;
  readonly silent: number;
  /** Values at 0 and 100 %; undefined: the control's whole range. */
  readonly scale: { readonly lowest: number; readonly highest: number } | undefined;
}

export interface Codec {
  readonly name: string;
  /** Routes and gains that never change, set once. */
  readonly start: readonly ControlSetting[];
  /** The loudspeaker also rings. */
  readonly outputs: Readonly<Partial<Record<AudioPath, CodecOutput>>>;
  /** What lets the path's microphone in; all others' are closed first. */
  readonly microphones: Readonly<Partial<Record<AudioPath, readonly ControlSetting[]>>>;
  /** What closes every microphone. */
  readonly closed: readonly ControlSetting[];
}

const one = (control: string, ...values: readonly number[]): ControlSetting => ({ control, values });

/** 0x30 is −73 dB, 0x79 is 0 dB, below 0x30 it is mute (WM8960 data sheet rev 4.2, registers 02h, 28h). */
const wm8960Scale = { lowest: 80, highest: 121 } as const;

/**
 * Wolfson WM8960, controls of sound/soc/codecs/wm8960.c: handset ear on HP_L, headset on HP_R, loudspeaker on SPK;
 * handset microphone on LINPUT1, hands-free on LINPUT2, headset on RINPUT1.
 */
export const wm8960: Codec = {
  name: "WM8960",
  start: [
    one("Left Output Mixer PCM Playback Switch", 1),
    one("Right Output Mixer PCM Playback Switch", 1),
    one("Playback Volume", 255), // the DAC at 0 dB: loudness is set behind it
    one("ADC PCM Capture Volume", 195), // 0 dB
    one("Capture Volume", 39), // 12 dB
    one("Capture Switch", 1),
    one("Left Input Boost Mixer LINPUT1 Volume", 2), // 20 dB for an electret capsule
    one("Left Input Boost Mixer LINPUT2 Volume", 5),
    one("Right Input Boost Mixer RINPUT1 Volume", 2),
  ],
  outputs: {
    handset: { control: "Headphone Playback Volume", channel: 0, silent: 0, scale: wm8960Scale },
    headset: { control: "Headphone Playback Volume", channel: 1, silent: 0, scale: wm8960Scale },
    speaker: { control: "Speaker Playback Volume", channel: undefined, silent: 0, scale: wm8960Scale },
  },
  microphones: {
    handset: [one("Left Boost Mixer LINPUT1 Switch", 1), one("Left Input Mixer Boost Switch", 1)],
    speaker: [one("Left Boost Mixer LINPUT2 Switch", 1), one("Left Input Mixer Boost Switch", 1)],
    headset: [one("Right Boost Mixer RINPUT1 Switch", 1), one("Right Input Mixer Boost Switch", 1)],
  },
  closed: [
    one("Left Boost Mixer LINPUT1 Switch", 0),
    one("Left Boost Mixer LINPUT2 Switch", 0),
    one("Right Boost Mixer RINPUT1 Switch", 0),
    one("Left Input Mixer Boost Switch", 0),
    one("Right Input Mixer Boost Switch", 0),
  ],
};

/**
 * A USB sound adapter: one ear and one microphone for every path. Names differ from chip to chip, e.g. `Speaker` and
 * `Mic` (C-Media) or `PCM` and `Mic`; one without a microphone of its own has no `capture`.
 */
export function usbAdapter(names: { readonly playback: string; readonly capture?: string }): Codec {
  const { playback, capture } = names;
  const ear: CodecOutput = {
    control: `${playback} Playback Volume`,
    channel: undefined,
    silent: 0,
    scale: undefined,
  };
  const microphone = (isOpen: 0 | 1): readonly ControlSetting[] =>
    capture === undefined ? [] : [one(`${capture} Capture Switch`, isOpen)];
  const open = microphone(1);
  return {
    name: `USB adapter (${playback}, ${capture ?? "no microphone"})`,
    start: [one(`${playback} Playback Switch`, 1)],
    outputs: { handset: ear, headset: ear, speaker: ear },
    microphones: { handset: open, headset: open, speaker: open },
    closed: microphone(0),
  };
}
