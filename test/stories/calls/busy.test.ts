// The other phone is busy: the word for it, and no call.
import { expect } from "vitest";
import { story } from "#test/stories/kit/story.ts";

story(
  "a call to somebody who is busy: told with tone and word, gone with on-hook",
  { needs: ["other"] },
  async (rig) => {
    await rig.ready();
    const other = await rig.around.otherPhone();
    await rig.lift();
    await rig.press(other.number);
    await other.refuse();
    const { failureStatus } = await rig.call("busy");
    expect(failureStatus).toBe(486);
    await rig.reads("Busy");
    await rig.hangUp();
    await rig.noCalls();
  },
);
