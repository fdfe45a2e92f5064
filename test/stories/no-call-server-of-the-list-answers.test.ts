// A phone with a list of call servers: the list is walked, then everything begins anew after a pause that grows.
import { expect } from "vitest";
import { story } from "./kit/story.ts";

story(
  "BOOT-062 START-017 the list is walked within its budget, told, and after a pause the phone resets from its VLAN on",
  { needs: ["lab", "inside"], fault: "call-servers-dead" },
  async (rig, { restarts }) => {
    await rig.untilPhase("register");
    const { startMs } = await rig.phase("register");
    const exhausted = await rig.trouble("server-list-exhausted", 95_000);
    expect(rig.drive.now() - startMs).toBeLessThanOrEqual(90_000);
    expect(exhausted.phase).toBe("register");
    await rig.reads("No call server answers", "All servers of the list have failed", "Next try in");
    const seenBefore = rig.saw({ by: "dhcp voice", what: "request" }).length;
    await rig.until(
      "RESET",
      async () => rig.saw({ by: "dhcp voice", what: "request" }).length > seenBefore,
      60_000,
    );
    expect(restarts).toEqual([]);
    rig.lab.change((settings) => settings);
    rig.lab.setFault(undefined);
    await rig.ready(200_000);
  },
);
