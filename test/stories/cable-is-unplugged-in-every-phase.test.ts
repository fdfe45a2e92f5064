// The cable is pulled for five seconds in each phase: the screen says so, and the boot goes on where it belongs.
import { expect } from "vitest";
import type { LabSettings } from "#test/lab/settings.ts";
import { expectWell } from "./kit/echo.ts";
import { story } from "./kit/story.ts";

const downMs = 5000;
const moments: readonly (readonly [string, Partial<LabSettings["flap"]> & object])[] = [
  ["at power-up", { at: "start" }],
  ["asking for the VLAN", { at: "cdp query" }],
  ["asking for an address", { at: "discover" }],
  ["reading files", { at: "read" }],
  ["registering", { at: "REGISTER" }],
  ["registered", { at: "registered", afterMs: 5000 }],
];

for (const [when, flap] of moments)
  story(
    `a cable unplugged for five seconds ${when}: told, then on to registered with the same address`,
    {
      needs: ["lab", "inside"],
      settings: (s) => ({ ...s, flap: { at: "start", afterMs: 0, downMs, ...flap } }),
    },
    async (rig, { restarts }) => {
      await rig.until("unplugged", async () => rig.saw({ by: "cable", what: "unplugged" }).length > 0);
      await rig.reads(
        "No network link",
        "Nothing answers on the network port.",
        "Check the cable and the switch port.",
      );
      await rig.until("plugged", async () => rig.saw({ by: "cable", what: "plugged" }).length > 0);
      await rig.ready(30_000);
      expect(await rig.show("network")).toMatchObject({ vlan: 110, address: "10.77.110.20/24" });
      await rig.until("registered", async () => (await rig.line1())?.state === "registered", 60_000);
      expect(await rig.shows("No network link")).toBe(false);
      expect(restarts).toEqual([]);
    },
  );

story(
  "a cable pulled from a registered phone: told, then registered at the same address",
  { needs: ["cable"] },
  async (rig) => {
    await rig.ready();
    const { address } = await rig.show("network");
    await rig.around.cable("unplugged");
    await rig.reads("No network link", "Check the cable and the switch port.");
    await rig.around.cable("plugged");
    await rig.until("the link is told to be back", async () => !(await rig.shows("No network link")));
    await rig.ready();
    expect((await rig.show("network")).address).toBe(address);
    await rig.until("registered", async () => (await rig.line1())?.state === "registered");
  },
);

story(
  "a cable that is out for two seconds ends no call",
  { needs: ["cable", "sound", "echo"] },
  async (rig) => {
    await rig.ready();
    await rig.lift();
    await rig.press("600");
    const { call } = await rig.call("connected", 20_000);
    await rig.around.cable("unplugged");
    await rig.wait(2000);
    await rig.around.cable("plugged");
    await rig.wait(1500);
    rig.ears.forget();
    await rig.wait(4000);
    expectWell(rig.ears.echoes(), 5);
    expect((await rig.show("calls")).calls).toMatchObject([{ call, state: "connected" }]);
    await rig.hangUp();
    await rig.noCalls();
  },
);
