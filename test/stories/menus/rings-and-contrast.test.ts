// Contrast, rings of the file server, volumes: tried, chosen, kept.
import { expect } from "vitest";
import { audioMatch } from "#firmware/media/audio-match.ts";
import { muLaw } from "#firmware/media/g711.ts";
import { textFile } from "#test/lab/files.ts";
import { addSecondPhone } from "#test/lab/second-phone.ts";
import { openSettings, rows } from "#test/stories/kit/menus.ts";
import type { Rig } from "#test/stories/kit/rig.ts";
import { story } from "#test/stories/kit/story.ts";

const needs = { needs: ["lab", "sound"] } as const;

/** Half a second that sounds like nothing else: 400 to 1600 Hz, beginning and ending at zero. */
const recording = muLaw.decode(
  muLaw.encode(
    Int16Array.from({ length: 3840 }, (_, at) =>
      Math.round(12_000 * Math.sin(Math.PI * (at / 3840)) * Math.sin((at + at * at * 0.0002) * 0.31)),
    ),
  ),
);

function offerRings(rig: Rig): void {
  rig.lab.files.set(
    "RINGLIST.DAT",
    textFile("Old Phone\toldphone.raw\r\nGone\tgone.raw\r\nno file here\r\n"),
  );
  rig.lab.files.set("oldphone.raw", muLaw.encode(recording));
}

/** How much of the recording is in what rings. */
function likeness(rig: Rig): number {
  return audioMatch(recording, rig.ears.ringing(), 60 * 8000).match;
}

story(
  "SET-001 LCD-001 contrast goes up and down at once; saved, it survives a power cut",
  { needs: ["lab", "inside"] },
  async (rig, drive) => {
    await rig.ready();
    const percent = (): number => drive.desk().hal.hands.contrastPercent();
    expect(percent()).toBe(50);
    await openSettings(rig, "1");
    for (let n = 0; n < 4; n++) await rig.softkey("Up");
    expect(percent()).toBe(70);
    await rig.softkey("Down");
    await rig.softkey("Save");
    await rig.drive.powerCycle();
    await rig.ready();
    expect(percent()).toBe(65);
    await openSettings(rig, "1");
    await rig.softkey("Up");
    await rig.softkey("Cancel");
    expect(percent()).toBe(65);
  },
);

story(
  "SET-002 RNG-002 RNG-003 a ring of the server's list is listened to, taken, and rings",
  needs,
  async (rig) => {
    offerRings(rig);
    await rig.ready();
    const second = addSecondPhone(rig.lab);
    await rig.until("the other phone is registered", async () => second.phone.isRegistered);
    await rig.wait(3000);
    await openSettings(rig, "2");
    expect(await rows(rig)).toEqual(["Ring Type", "1 Chirp1", "2 Chirp2", "3 Old Phone", "4 Gone"]);
    await rig.button("down");
    await rig.button("down");
    await rig.softkey("Play");
    await rig.wait(4000);
    expect(likeness(rig)).toBeGreaterThan(0.9);
    await rig.softkey("Select");
    await rig.wait(500);
    await rig.button("settings");
    rig.ears.forget();
    const call = second.phone.call("1001");
    await rig.wait(3000);
    expect(likeness(rig)).toBeGreaterThan(0.9);
    second.phone.hangUp(call);
    await rig.noCalls();
  },
);

story("a ring is kept with its sound: after a power cut it rings without its file", needs, async (rig) => {
  offerRings(rig);
  await rig.ready();
  await rig.wait(3000);
  await openSettings(rig, "2", "3");
  await rig.wait(500);
  rig.lab.files.delete("RINGLIST.DAT");
  rig.lab.files.delete("oldphone.raw");
  await rig.drive.powerCycle();
  await rig.ready();
  const second = addSecondPhone(rig.lab);
  await rig.until("the other phone is registered", async () => second.phone.isRegistered);
  rig.ears.forget();
  const call = second.phone.call("1001");
  await rig.wait(3000);
  expect(likeness(rig)).toBeGreaterThan(0.9);
  second.phone.hangUp(call);
  await rig.noCalls();
});

story("a ring that is listed and not there is said, and nothing changes", needs, async (rig) => {
  offerRings(rig);
  await rig.ready();
  await rig.wait(3000);
  await openSettings(rig, "2", "4");
  await rig.reads("Gone cannot be had from the server");
  await rig.button("settings");
  await openSettings(rig, "5", "1");
  expect((await rows(rig)).join(" ")).toContain("gone.raw");
});

story(
  "RNG-010 the volume keys set the ringer while idle and while it rings",
  { needs: ["lab", "inside"] },
  async (rig, drive) => {
    await rig.ready();
    const second = addSecondPhone(rig.lab);
    await rig.until("the other phone is registered", async () => second.phone.isRegistered);
    await rig.button("volumeUp");
    await rig.reads("Ringer 65%");
    const call = second.phone.call("1001");
    await rig.call("ring-in");
    await rig.button("volumeDown");
    await rig.button("volumeDown");
    await rig.reads("Ringer 55%");
    second.phone.hangUp(call);
    await rig.noCalls();
    await rig.wait(40_000);
    expect(drive.fatal).toEqual([]);
    await rig.drive.powerCycle();
    await rig.ready();
    await rig.button("volumeUp");
    await rig.reads("Ringer 60%");
  },
);
