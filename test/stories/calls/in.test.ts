// Somebody else calls: the phone rings and says who it is.
import { expect } from "vitest";
import { expectWell } from "#test/stories/kit/echo.ts";
import { story } from "#test/stories/kit/story.ts";

story(
  "a call in: it rings, says who, we lift, both hear each other, and they hang up",
  { needs: ["other", "sound"] },
  async (rig) => {
    await rig.ready();
    const other = await rig.around.otherPhone();
    await other.call(rig.around.place.user);
    const { direction, number } = await rig.call("ring-in");
    expect({ direction, number }).toEqual({ direction: "in", number: other.number });
    await rig.reads(other.number);
    await rig.lift();
    await rig.call("connected");
    expectWell(await other.bothHear(), 3);
    await other.hangUp();
    await rig.reads("Call Ended");
    await rig.hangUp();
    await rig.noCalls();
  },
);

story(
  "a call in that nobody takes: it stops ringing when they give up, and is told as missed",
  { needs: ["other"] },
  async (rig) => {
    await rig.ready();
    const other = await rig.around.otherPhone();
    await other.call(rig.around.place.user);
    await rig.call("ring-in");
    await other.hangUp();
    await rig.noCalls();
    await rig.reads("1 missed call");
  },
);
