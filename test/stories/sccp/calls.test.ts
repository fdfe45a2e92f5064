// Calls as a person makes and takes them, at both captured servers.
import { expect } from "vitest";
import { story } from "#test/stories/kit/story.ts";
import { hearsEcho, idle, loudest, manager, servers, site } from "./site.ts";

const ann = { number: "1009", name: "Ann" };

for (const [name, play] of servers) {
  const needs = { needs: ["lab", "sound"] as const, settings: site(play) };

  story(`${name}: SCCP-051 lift, press 600, hear the echo, hang up`, needs, async (rig) => {
    await rig.ready();
    await rig.wait(6000); // a greeting of the server is over
    await rig.lift();
    await rig.reads("Enter number");
    expect(await loudest(rig)).toBeGreaterThan(1000); // dial tone
    await rig.press("6");
    await rig.wait(50);
    expect(await loudest(rig)).toBe(0);
    await rig.press("00");
    await rig.call("connected");
    await hearsEcho(rig);
    await rig.hangUp();
    await idle(rig);
  });

  story(`${name}: SCCP-054 EndCall and the other one's hang-up leave nothing behind`, needs, async (rig) => {
    await rig.ready();
    await rig.softkey("NewCall");
    await rig.press("600");
    await rig.call("connected");
    await rig.softkey("EndCall");
    await idle(rig);
    await rig.button("speaker");
    await rig.press("608"); // hangs up after 2 s
    await rig.call("connected");
    await rig.noCalls();
    await rig.wait(100);
    if ((await rig.show("lcd")).lamps["speaker"] !== "off") await rig.button("speaker");
    await idle(rig);
  });

  story(`${name}: busy and congestion sound as such and end by hanging up`, needs, async (rig) => {
    await rig.ready();
    for (const [number, state] of [
      ["604", "busy"],
      ["605", "failed"],
    ] as const) {
      await rig.lift();
      await rig.press(number);
      await rig.call(state);
      expect(await loudest(rig, 1000)).toBeGreaterThan(1000);
      await rig.hangUp();
      await idle(rig);
    }
  });

  const answers: readonly (readonly [string, (rig: Parameters<typeof idle>[0]) => Promise<unknown>])[] = [
    ["the handset", (rig) => rig.lift()],
    ["the speaker key", (rig) => rig.button("speaker")],
    ["the Answer key", (rig) => rig.softkey("Answer")],
    ["the line key", (rig) => rig.line(1)],
  ];
  for (const [how, answer] of answers)
    story(`${name}: SCCP-052 a call comes, rings, and is answered by ${how}`, needs, async (rig) => {
      await rig.ready();
      await rig.wait(6000);
      const caller = manager(rig).ring("1001", ann);
      await rig.reads("Ann");
      await rig.reads("1009");
      await rig.wait(500);
      expect(rig.ears.ringing().some((sample) => Math.abs(sample) > 1000)).toBe(true);
      await answer(rig);
      await rig.call("connected");
      await hearsEcho(rig);
      caller?.hangUp();
      await rig.noCalls();
      await rig.hangUp();
      if ((await rig.show("lcd")).lamps["speaker"] !== "off") await rig.button("speaker");
      await idle(rig);
    });

  story(`${name}: a call nobody takes leaves nothing but who it was`, needs, async (rig) => {
    await rig.ready();
    const caller = manager(rig).ring("1001", ann);
    await rig.call("ring-in");
    caller?.hangUp();
    await rig.noCalls();
    await rig.wait(5000); // who called stays readable as long as the server said
    await idle(rig);
  });
}
