// A second call comes while one is up.
import { expect } from "vitest";
import { expectWell } from "#test/stories/kit/echo.ts";
import { story } from "#test/stories/kit/story.ts";

story(
  "call waiting: the second call is taken, the first one waits and is taken up again",
  { needs: ["other", "sound", "echo"] },
  async (rig) => {
    await rig.ready();
    const other = await rig.around.otherPhone();
    await rig.lift();
    await rig.press("600");
    const first = await rig.call("connected", 20_000);
    await other.call(rig.around.place.user);
    const second = await rig.call("ring-in");
    await rig.reads(other.number);
    await rig.softkey("Answer");
    await rig.call("hold");
    expect((await rig.call("connected")).call).toBe(second.call);
    expectWell(await other.bothHear(), 3);
    await rig.softkey("EndCall");
    await rig.until("one call is left", async () => (await rig.show("calls")).calls.length === 1);
    await rig.softkey("Resume");
    expect((await rig.call("connected")).call).toBe(first.call);
    rig.ears.forget();
    await rig.wait(4000);
    expectWell(rig.ears.echoes(), 5);
    await rig.hangUp();
    await rig.noCalls();
  },
);
