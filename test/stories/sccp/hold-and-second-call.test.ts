// A call on hold, and another one beside it.
import { expect } from "vitest";
import { story } from "#test/stories/kit/story.ts";
import { hearsEcho, idle, loudest, manager, servers, site } from "./site.ts";

for (const [name, play] of servers) {
  const needs = { needs: ["lab", "sound"] as const, settings: site(play) };

  story(`${name}: SCCP-053 hold is silent, resume has the same call again`, needs, async (rig) => {
    await rig.ready();
    await rig.lift();
    await rig.press("600");
    await rig.call("connected");
    await hearsEcho(rig);
    await rig.softkey("Hold");
    await rig.call("hold");
    expect((await rig.show("lcd")).lamps["line1"]).toBe("wink");
    await rig.wait(100);
    expect(await loudest(rig)).toBe(0);
    await rig.softkey("Resume");
    await rig.call("connected");
    expect((await rig.show("lcd")).lamps["line1"]).toBe("on");
    await hearsEcho(rig);
    await rig.hangUp();
    await idle(rig);
  });

  story(`${name}: a second call waits, is taken, and the first one comes back`, needs, async (rig) => {
    await rig.ready();
    await rig.lift();
    await rig.press("600");
    await rig.call("connected");
    const caller = manager(rig).ring("1001", { number: "1009", name: "Ann" });
    await rig.reads("Ann");
    await rig.call("connected");
    await rig.softkey("Answer");
    await rig.call("hold");
    expect(await rig.call("connected")).toMatchObject({ number: "1009" });
    await hearsEcho(rig);
    caller?.hangUp();
    await rig.wait(200);
    await rig.softkey("Resume");
    expect(await rig.call("connected")).toMatchObject({ number: "600" });
    await hearsEcho(rig);
    await rig.hangUp();
    await idle(rig);
  });
}
