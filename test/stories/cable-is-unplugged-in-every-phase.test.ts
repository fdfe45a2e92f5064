// The cable is pulled for five seconds in each phase: the screen says so, and the boot goes on where it belongs.
import { expect } from "vitest";
import type { LabSettings } from "#test/lab/settings.ts";
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
