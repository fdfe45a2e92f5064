// The main job: a new handset is plugged in, registers, and makes a call with sound.
import { expect } from "vitest";
import { audioMatch } from "#firmware/media/audio-match.ts";
import { story } from "./kit/story.ts";

story("a new handset registers by itself and says how it got there", { needs: ["lab"] }, async (rig) => {
  await rig.ready();
  const { phases } = await rig.show("boot");
  expect(phases.map(({ name }) => name)).toEqual([
    "power",
    "image",
    "link",
    "vlan",
    "ip",
    "config",
    "load",
    "register",
    "run",
    "time",
  ]);
  for (const phase of phases) {
    if (phase.name !== "run") expect(phase.endedBy, phase.name).toBeTruthy();
  }
  expect((await rig.show("register")).lines).toMatchObject([
    { line: 1, protocol: "sip", state: "registered", server: "10.77.110.1:5060" },
  ]);
});

story("lift, press 600, hear the echo, hang up", { needs: ["lab", "sound", "echo"] }, async (rig) => {
  await rig.ready();
  await rig.lift();
  await rig.press("600");
  await rig.call("connected", 20_000);
  rig.ears.forget();
  const before = rig.ears.said().length;
  await rig.wait(4000);
  const { streams } = await rig.show("rtp");
  expect(streams[0]?.lost).toBe(0);
  expect(streams[0]?.received).toBeGreaterThan(150);
  const match = audioMatch(rig.ears.said().subarray(before), rig.ears.heard(), 8000);
  expect(match.match).toBeGreaterThan(0.9);
  await rig.hangUp();
  await rig.noCalls();
});
