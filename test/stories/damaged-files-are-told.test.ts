// Files that are something else: a phone that was used before goes on with what it kept, a new one says what is wrong.
import { expect } from "vitest";
import { story } from "./kit/story.ts";

story(
  "the kept configuration registers the phone, and the screen says which file is damaged",
  { needs: ["lab", "flash"] },
  async (rig) => {
    await rig.ready();
    rig.lab.setFault("malformed-file");
    await rig.drive.powerCycle();
    await rig.ready(30_000);
    expect((await rig.phase("config")).endedBy).toBe("config: last good");
    expect((await rig.line1())?.state).toBe("registered");
    await rig.reads(
      "Configuration is damaged",
      "SIPDefault.cnf, 1: not well-formed. Correct the file; the last good one is used until then.",
    );
    rig.lab.setFault(undefined);
    await rig.until(
      "the good files are in force",
      async () => (await rig.show("boot")).warnings.length === 0,
      130_000,
    );
  },
);

story(
  "a new phone says which file and line, and goes on asking",
  { needs: ["lab"], fault: "malformed-file" },
  async (rig) => {
    await rig.reads("Configuration is damaged", "SIPDefault.cnf, 1: not well-formed.", "Next try in");
    expect((await rig.show("boot")).phase).toBe("config");
  },
);
