// The first TFTP server does not answer: the screen names it and the file, the second server boots the phone.
import { expect } from "vitest";
import { story } from "./kit/story.ts";

story(
  "a silent first TFTP server is told with its address and the file; the second one gives the same files",
  { needs: ["lab"], fault: "tftp-timeout" },
  async (rig) => {
    await rig.untilPhase("config");
    await rig.wait(10_000);
    await rig.reads("No answer from TFTP", "10.77.110.1 was asked for SEP001122334455.cnf.xml.");
    await rig.ready(30_000);
    expect((await rig.phase("config")).endMs).toBeLessThan(17_000);
    expect(rig.saw({ by: "tftp 10.77.110.2", what: "served" }).length).toBeGreaterThan(0);
    expect(await rig.shows("TFTP")).toBe(false);
  },
);

story(
  "both silent: the screen names both and counts down to the next try; the phone boots when one is back",
  { needs: ["lab"], fault: "tftp-dead" },
  async (rig) => {
    await rig.untilPhase("config");
    await rig.wait(30_000);
    await rig.reads("10.77.110.1, 10.77.110.2 was asked for SEP001122334455.cnf.xml.", "Next try in");
    expect((await rig.show("boot")).phase).toBe("config");
    rig.lab.setFault(undefined);
    await rig.ready(130_000);
  },
);
