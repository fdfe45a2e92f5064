// A switch that speaks neither CDP nor LLDP: six seconds of asking, then untagged; a switch that speaks up later counts.
import { expect } from "vitest";
import { defaultSettings } from "#test/lab/settings.ts";
import { story } from "./kit/story.ts";

story(
  "BOOT-021 a silent switch: untagged after six seconds, told; a VLAN named later is taken with RELEASE and RESET",
  { needs: ["lab"], fault: "silent-switch" },
  async (rig) => {
    await rig.reads("This takes longer than usual", "Waiting for the voice VLAN since 3 s.");
    await rig.ready();
    expect(await rig.phase("vlan")).toMatchObject({ endMs: 6000, endedBy: "nobody answered in 6 s" });
    await rig.reads("No answer from the switch", "No CDP or LLDP answer in 6 s; going on untagged.");
    expect(await rig.show("network")).toMatchObject({ vlan: null, address: "10.77.1.20/24" });
    await rig.wait(70_000);
    expect(await rig.shows("No answer from the switch")).toBe(false);

    rig.lab.setFault(undefined);
    rig.lab.change(() => defaultSettings);
    await rig.until("the voice VLAN is in use", async () => (await rig.show("network")).vlan === 110, 70_000);
    expect(rig.saw({ by: "dhcp data", what: "release" })).toHaveLength(1);
    await rig.ready();
    expect(await rig.show("network")).toMatchObject({ vlan: 110, address: "10.77.110.20/24" });
    expect((await rig.line1())?.state).toBe("registered");
  },
);
