// Nobody gives out addresses: the phone goes on asking, ever less often, and says since how many tries.
import { expect } from "vitest";
import { story } from "./kit/story.ts";

story(
  "START-006 no DHCP server: the phone stays and asks on with growing pauses, says so, and boots when one comes",
  { needs: ["lab"], fault: "dhcp-silent" },
  async (rig) => {
    await rig.reads("No answer from DHCP", "No server offers an address on VLAN 110.");
    await rig.wait(60_000);
    await rig.reads("No server offers an address on VLAN 110 after 4 tries.");
    expect((await rig.show("boot")).phase).toBe("ip");
    const asked = rig.saw({ by: "dhcp voice", what: "discover" }).map(({ atMs }) => atMs);
    const pauses = asked.slice(1).map((at, i) => Math.round((at - (asked[i] ?? 0)) / 1000));
    expect(pauses.length).toBeGreaterThanOrEqual(3);
    for (const [i, pause] of pauses.entries()) expect(Math.abs(pause - 4 * 2 ** i)).toBeLessThanOrEqual(1);
    rig.lab.setFault(undefined);
    await rig.ready(70_000);
    expect(await rig.shows("DHCP")).toBe(false);
    expect((await rig.line1())?.state).toBe("registered");
  },
);

story("a DHCP server that comes late is heard", { fault: "dhcp-silent" }, async (rig) => {
  await rig.reads("No answer from DHCP");
  expect((await rig.show("boot")).phase).toBe("ip");
  await rig.around.fault(undefined);
  await rig.ready(45_000);
  expect((await rig.show("network")).address).toContain(rig.around.place.network);
  expect(await rig.shows("DHCP")).toBe(false);
});
