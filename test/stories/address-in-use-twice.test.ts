// Somebody sits on the address that is offered: DECLINE, ten seconds, another address; the screen names the other device.
import { expect } from "vitest";
import { story } from "./kit/story.ts";

story(
  "an address conflict: DECLINE, at least ten seconds of pause, told with the other's MAC, then the next address",
  { needs: ["lab"], fault: "address-conflict" },
  async (rig) => {
    await rig.reads("Address in use twice", "10.77.110.20 is also used by 00:11:22:33:44:66.", "Next try in");
    const [declined] = rig.saw({ by: "dhcp voice", what: "decline" });
    await rig.ready(20_000);
    const again = rig.saw({ by: "dhcp voice", what: "discover" })[1];
    expect((again?.atMs ?? 0) - (declined?.atMs ?? 0)).toBeGreaterThanOrEqual(10_000);
    expect((await rig.show("network")).address).toBe("10.77.110.21/24");
    expect(await rig.shows("Address in use")).toBe(false);
  },
);
