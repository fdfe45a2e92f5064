// A call on hold: nobody hears anybody, until it is taken up again.
import { expect } from "vitest";
import { expectWell } from "#test/stories/kit/echo.ts";
import { story } from "#test/stories/kit/story.ts";

story(
  "hold and resume: silence for the other, then both hear each other again",
  { needs: ["other", "sound"] },
  async (rig) => {
    await rig.ready();
    const other = await rig.around.otherPhone();
    await rig.lift();
    await rig.press(other.number);
    await other.answer();
    await rig.call("connected");
    expect(await other.hearsUs()).toBe(true);
    await rig.softkey("Hold");
    await rig.call("hold");
    await rig.wait(300); // what was on its way
    expect(await other.hearsUs()).toBe(false);
    await rig.softkey("Resume");
    await rig.call("connected");
    await rig.wait(300);
    expectWell(await other.bothHear(), 3);
    await rig.hangUp();
    await rig.noCalls();
  },
);
