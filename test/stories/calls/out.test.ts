// Somebody else is called: they answer, or let it ring.
import { expect } from "vitest";
import { expectWell } from "#test/stories/kit/echo.ts";
import { story } from "#test/stories/kit/story.ts";

story(
  "a call out: it rings, they answer, both hear each other, and we hang up",
  { needs: ["other", "sound"] },
  async (rig) => {
    await rig.ready();
    const other = await rig.around.otherPhone();
    await rig.lift();
    await rig.press(other.number);
    await rig.call("ring-out");
    await other.answer();
    const { direction, number } = await rig.call("connected");
    expect({ direction, number }).toEqual({ direction: "out", number: other.number });
    await rig.reads(other.number);
    expectWell(await other.bothHear(), 3);
    await rig.hangUp();
    await rig.noCalls();
    await rig.until("the call is over there too", async () => (await other.calls()) === 0);
  },
);

story(
  "a call out that nobody takes: on-hook ends it, and it stops ringing there",
  { needs: ["other"] },
  async (rig) => {
    await rig.ready();
    const other = await rig.around.otherPhone();
    await rig.lift();
    await rig.press(other.number);
    await rig.call("ring-out");
    await rig.until("it rings there", async () => (await other.calls()) === 1);
    await rig.hangUp();
    await rig.noCalls();
    await rig.until("it rings no more", async () => (await other.calls()) === 0);
  },
);
