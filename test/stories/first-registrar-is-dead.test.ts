// The domain's first registrar is gone: the second one takes the phone; without any the phone waits and says so.
import { expect } from "vitest";
import { story } from "./kit/story.ts";

story(
  "a dead first registrar: the second of the domain registers the phone, and takes its calls",
  { needs: ["lab", "echo"], fault: "first-registrar-dead" },
  async (rig) => {
    await rig.ready(40_000);
    expect(await rig.line1()).toMatchObject({ state: "registered", server: "10.77.110.2:5060" });
    await rig.lift();
    await rig.press("600");
    await rig.call("connected", 40_000);
    await rig.hangUp();
    await rig.noCalls();
  },
);

story(
  "START-018 no registrar of a stand-alone phone answers: it tells which one, does not restart, and tries on",
  { needs: ["lab", "inside"], fault: "all-registrars-dead" },
  async (rig, { restarts }) => {
    await rig.untilPhase("register");
    await rig.wait(10_000);
    await rig.reads("Call server does not answer", "lab.example:5060 was asked to register this phone.");
    await rig.until("a pause", async () => (await rig.line1())?.state === "failed", 120_000);
    await rig.reads("Next try in");
    await rig.wait(600_000);
    expect((await rig.show("boot")).phase).toBe("register");
    expect(restarts).toEqual([]);
    rig.lab.setFault(undefined);
    await rig.ready(1_900_000);
    expect((await rig.line1())?.state).toBe("registered");
  },
);
