// NAK: the search begins anew, at once after the first, with growing pauses after more; the screen says who refused what.
import { expect } from "vitest";
import { story } from "./kit/story.ts";

story("one NAK costs one more round and nothing else", { needs: ["lab"], fault: "dhcp-nak" }, async (rig) => {
  await rig.ready();
  expect(rig.saw({ by: "dhcp voice" }).map(({ what }) => what)).toEqual([
    "discover",
    "offer",
    "request",
    "nak",
    "discover",
    "offer",
    "request",
    "ack",
  ]);
  expect((await rig.phase("ip")).endMs).toBeLessThan(1000);
});

story(
  "NAK after NAK: the address is never used, the pauses grow, the screen says who refused what",
  { needs: ["lab"], fault: "dhcp-nak-always" },
  async (rig) => {
    await rig.reads("DHCP refused the address", "10.77.110.1 does not let this phone use 10.77.110.20.");
    await rig.stays("no address", async () => (await rig.show("network")).address === null, 60_000, 1000);
    expect((await rig.show("boot")).phase).toBe("ip");
    const naks = rig.saw({ by: "dhcp voice", what: "nak" });
    expect(naks.length).toBeLessThanOrEqual(8);
    rig.lab.setFault(undefined);
    await rig.ready(70_000);
    expect(await rig.shows("refused")).toBe(false);
  },
);
