// The switch speaks CDP and names no voice VLAN: LLDP has its chance, then voice goes untagged and the screen says so.
import { expect } from "vitest";
import { story } from "./kit/story.ts";

story(
  "no voice VLAN: untagged after three seconds, told with the switch's name, and no news any more after a minute",
  { needs: ["lab"], fault: "no-voice-vlan" },
  async (rig) => {
    await rig.reads("Switch names no voice VLAN", "lab-switch answers without one. Voice goes untagged.");
    await rig.ready();
    const vlan = await rig.phase("vlan");
    expect(vlan).toMatchObject({ endMs: 3000, endedBy: "cdp: no voice VLAN, and none by lldp" });
    expect(await rig.show("network")).toMatchObject({ vlan: null, address: "10.77.1.20/24" });
    expect((await rig.line1())?.state).toBe("registered");
    await rig.reads("Switch names no voice VLAN", "lab-switch answers without one. Voice goes untagged.");
    await rig.wait(60_000);
    expect(await rig.shows("Switch names no voice VLAN")).toBe(false);
  },
);
