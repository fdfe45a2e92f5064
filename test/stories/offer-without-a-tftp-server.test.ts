// Offers name no TFTP server: a new phone refuses them and says what is missing; one that kept a configuration goes on.
import { expect } from "vitest";
import { faults } from "#test/lab/faults.ts";
import { openDesk } from "./kit/desk.ts";
import { Rig } from "./kit/rig.ts";
import { story } from "./kit/story.ts";

story(
  "an offer without option 150 or 66 is refused, with a sentence; the first offer with one is taken",
  { needs: ["lab"], fault: "no-option-150" },
  async (rig) => {
    await rig.reads(
      "DHCP names no TFTP server",
      "The offer of 10.77.110.1 has neither option 150 nor 66.",
      "Add option 150 at the DHCP server or set Alternate TFTP.",
    );
    await rig.wait(30_000);
    expect((await rig.show("boot")).phase).toBe("ip");
    expect(rig.saw({ by: "dhcp voice", what: "request" })).toEqual([]);
    rig.lab.setFault(undefined);
    await rig.ready(70_000);
    expect((await rig.show("network")).dhcp.tftpServers).toEqual(["10.77.110.1", "10.77.110.2"]);
  },
);

story(
  "a phone with a kept configuration takes an offer without option 150, registers, and says what it misses",
  { needs: ["lab", "flash"] },
  async (rig, { flash }) => {
    await rig.ready();
    const later = await openDesk({ flash, settings: faults["no-option-150"].play });
    try {
      const again = new Rig(later);
      await again.ready(20_000);
      expect((await again.line1())?.state).toBe("registered");
      await again.reads("Using the kept configuration");
      await again.reads("No TFTP server known");
    } finally {
      await later.close();
    }
  },
);
