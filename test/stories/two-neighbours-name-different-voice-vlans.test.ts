// Two answers about the voice VLAN: the first one counts, the screen names both, and nothing goes to and fro.
import { expect } from "vitest";
import type { FaultName } from "#test/lab/faults.ts";
import { story } from "./kit/story.ts";

const contradictions: readonly (readonly [FaultName, string])[] = [
  ["two-voice-vlans", "two CDP neighbours"],
  ["cdp-against-lldp", "CDP against LLDP-MED"],
];

for (const [fault, who] of contradictions)
  story(
    `BOOT-020 ${who}: VLAN 110 came first and stays for an hour, with a warning and no restart`,
    { needs: ["lab", "inside"], fault },
    async (rig, { restarts }) => {
      await rig.ready();
      await rig.reads(
        "Two voice VLANs offered",
        "The switch says both 110 and 120. The first one is used.",
        "Make everything on this port name the same VLAN.",
      );
      const { startMs } = await rig.phase("run");
      await rig.stays("VLAN 110", async () => (await rig.show("network")).vlan === 110, 3_600_000, 60_000);
      expect((await rig.phase("run")).startMs).toBe(startMs);
      expect(rig.saw({ by: "dhcp voice", what: "discover" })).toHaveLength(1);
      expect(restarts).toEqual([]);
    },
  );
