// The main job: a new handset is plugged in, registers, and makes a call with sound.
import { expect } from "vitest";
import { expectWell } from "./kit/echo.ts";
import { story } from "./kit/story.ts";

story("a new handset registers by itself and says how it got there", {}, async (rig) => {
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
    { line: 1, protocol: "sip", state: "registered", server: rig.around.place.registrar },
  ]);
});

story("lift, press 600, hear the echo, hang up", { needs: ["sound", "echo"] }, async (rig) => {
  await rig.ready();
  await rig.lift();
  await rig.press("600");
  await rig.call("connected", 20_000);
  rig.ears.forget();
  await rig.until("three seconds of sound", async () => {
    const { streams } = await rig.show("rtp");
    return (streams[0]?.received ?? 0) > 150;
  });
  expect((await rig.show("rtp")).streams[0]?.lost).toBe(0);
  expectWell(rig.ears.echoes(), 5);
  await rig.hangUp();
  await rig.noCalls();
});
