// Paths and volumes as a sound chip's controls: which are set to what, and what happens to a card that lacks some.
import { expect, test } from "vitest";
import type { SoundControls } from "#hal/contract/bus.ts";
import { HalError } from "#hal/contract/errors.ts";
import { createCodecMixer } from "#hal/drivers/codec-mixer.ts";
import { type Codec, usbAdapter, wm8960 } from "#hal/drivers/codec-tables.ts";

/** A card that has these controls and remembers what they were set to. */
function fakeCard(controls: Readonly<Record<string, { channels: number; min: number; max: number }>>) {
  const values = new Map<string, readonly number[]>();
  const writes: string[] = [];
  const card: SoundControls = {
    range(this: unknown, name) {
      if (this !== card) throw new TypeError("a card with a state of its own is asked as an object");
      return controls[name];
    },
    set(name, set) {
      values.set(name, set);
      writes.push(name);
    },
  };
  return { card, values, writes };
}

const switchOf = (channels: number) => ({ channels, min: 0, max: 1 });
const wm8960Controls = Object.fromEntries([
  ...[...wm8960.start, ...wm8960.closed].map(({ control }) => [control, switchOf(1)] as const),
  ["Headphone Playback Volume", { channels: 2, min: 0, max: 127 }],
  ["Speaker Playback Volume", { channels: 2, min: 0, max: 127 }],
]);

function open(codec: Codec, controls: Parameters<typeof fakeCard>[0]) {
  const fake = fakeCard(controls);
  const failures: HalError[] = [];
  const mixer = createCodecMixer({ codec, controls: fake.card, failed: (error) => failures.push(error) });
  return { ...fake, mixer, failures };
}

test("WM8960: the handset's ear is the left headphone channel, its microphone LINPUT1", () => {
  const { mixer, values, failures } = open(wm8960, wm8960Controls);
  mixer.setVolume("handset", 100);
  mixer.setPath("handset");
  expect(values.get("Headphone Playback Volume")).toEqual([121, 0]);
  expect(values.get("Speaker Playback Volume")).toEqual([0]);
  expect(values.get("Left Boost Mixer LINPUT1 Switch")).toEqual([1]);
  expect(values.get("Left Boost Mixer LINPUT2 Switch")).toEqual([0]);
  expect(failures).toEqual([]);
});

test("WM8960: the headset is the right channel, hands-free the loudspeaker", () => {
  const { mixer, values } = open(wm8960, wm8960Controls);
  mixer.setVolume("headset", 0);
  mixer.setPath("headset");
  expect(values.get("Headphone Playback Volume")).toEqual([0, 0]);
  mixer.setVolume("headset", 50);
  expect(values.get("Headphone Playback Volume")).toEqual([0, 101]);
  mixer.setVolume("speaker", 100);
  mixer.setPath("speaker");
  expect(values.get("Headphone Playback Volume")).toEqual([0]);
  expect(values.get("Speaker Playback Volume")).toEqual([121]);
});

test("with no path open the loudspeaker is at the ringer's volume and every microphone is closed", () => {
  const { mixer, values } = open(wm8960, wm8960Controls);
  mixer.setVolume("ringer", 100);
  mixer.setPath("handset");
  mixer.setPath(undefined);
  expect(values.get("Speaker Playback Volume")).toEqual([121]);
  for (const { control } of wm8960.closed) expect(values.get(control), control).toEqual([0]);
});

test("mute closes the microphone of the path and opens it again", () => {
  const { mixer, values } = open(wm8960, wm8960Controls);
  mixer.setPath("speaker");
  mixer.setMicrophoneMuted(true);
  expect(values.get("Left Boost Mixer LINPUT2 Switch")).toEqual([0]);
  mixer.setMicrophoneMuted(false);
  expect(values.get("Left Boost Mixer LINPUT2 Switch")).toEqual([1]);
});

test("only what differs is written", () => {
  const { mixer, writes } = open(wm8960, wm8960Controls);
  mixer.setPath("handset");
  writes.length = 0;
  mixer.setVolume("headset", 70); // another path's volume
  mixer.setPath("handset");
  expect(writes).toEqual([]);
});

test("a USB adapter's whole range is used; a control it lacks is told once, by name", () => {
  const { mixer, values, failures } = open(usbAdapter({ playback: "Speaker", capture: "Mic" }), {
    "Speaker Playback Volume": { channels: 2, min: 0, max: 37 },
    "Speaker Playback Switch": switchOf(1),
  });
  mixer.setVolume("speaker", 100);
  mixer.setPath("speaker");
  mixer.setPath("handset");
  expect(values.get("Speaker Playback Volume")).toEqual([19]);
  expect(failures.map(({ code }) => code)).toEqual(["missing"]);
  expect(failures[0]?.message).toContain('"Mic Capture Switch"');
});

test("a control that refuses is told and tried again with the next change", () => {
  const fake = fakeCard(wm8960Controls);
  let isBroken = true;
  const failures: HalError[] = [];
  const controls: SoundControls = {
    range: (name) => fake.card.range(name),
    set(name, values) {
      if (isBroken && name === "Speaker Playback Volume") throw new HalError("io", "card", "set", "EIO");
      fake.card.set(name, values);
    },
  };
  const mixer = createCodecMixer({ codec: wm8960, controls, failed: (error) => failures.push(error) });
  expect(failures.map(({ code }) => code)).toEqual(["io"]);
  isBroken = false;
  mixer.setMicrophoneMuted(false);
  expect(fake.values.get("Speaker Playback Volume")).toEqual([101]);
});
