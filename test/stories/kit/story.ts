// A story is told once and runs on every tier that has what it needs. The tier of a run comes from the vitest project;
// a tier that cannot tell a story prints why, and `.ci/run` compares that with test/skips.json.
import { test } from "vitest";
import { type DeskOptions, openDesk } from "./desk.ts";
import { type Capability, Rig, type Tier } from "./rig.ts";

/** What a story needs, and how its network is set. */
export interface StoryNeeds extends DeskOptions {
  readonly needs?: readonly Capability[];
}

const tier = (process.env["OFFHOOK_TIER"] ?? "desk") as Tier;

/** Registers the story with the test runner. */
export function story(name: string, needs: StoryNeeds, tell: (rig: Rig) => Promise<void>): void {
  test(name, async (context) => {
    if (tier !== "desk") {
      context.skip(`tier ${tier} has no drive in this run`);
      return;
    }
    const drive = await openDesk(needs);
    const missing = (needs.needs ?? []).filter((capability) => !drive.can.has(capability));
    if (missing.length > 0) {
      await drive.close();
      context.skip(`the ${tier} tier has no ${missing.join(", ")}`);
      return;
    }
    try {
      await tell(new Rig(drive));
    } finally {
      await drive.close();
    }
  });
}
