// The phone is told to stop in order while it talks: the other end hears BYE, the registrar forgets the phone at once.
import { expect } from "vitest";
import { story } from "#test/stories/kit/story.ts";

story(
  "REG-009 told to stop: the call is ended, the own binding released, and the phone is done within a second",
  { needs: ["lab", "echo", "inside"] },
  async (rig, { desk, clock }) => {
    await rig.ready();
    await rig.lift();
    await rig.press("600");
    await rig.call("connected");
    const server = rig.lab.registrars.first();
    let isDone = false;
    const farewell = desk()
      .phone.farewell()
      .then(() => {
        isDone = true;
      });
    await clock.advance(100);
    expect(server?.serviceCalls).toBe(0);
    expect(server?.bindingsOf("1001")).toEqual([]);
    expect(isDone, "a BYE may yet have to be repeated").toBe(false);
    await clock.advance(1000);
    expect(isDone).toBe(true);
    await farewell;
    const said = rig.saw({ by: "sip 1" }).map(({ what }) => what);
    expect(said.slice(said.indexOf("BYE"))).toEqual([
      "BYE",
      "REGISTER",
      "200 BYE",
      "200 REGISTER",
      "registered",
    ]);
  },
);

story(
  "told to stop without a call, the phone is done as soon as the registrar has answered",
  { needs: ["lab", "inside"] },
  async (rig, { desk, clock }) => {
    await rig.ready();
    let isDone = false;
    desk()
      .phone.farewell()
      .then(
        () => {
          isDone = true;
        },
        () => undefined,
      );
    await clock.advance(100);
    expect(isDone).toBe(true);
  },
);
