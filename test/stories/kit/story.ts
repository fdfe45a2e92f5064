// A story is told once and runs on every tier that has what it needs. The tier of a run comes from the vitest project;
// a tier that cannot tell a story prints why, and `.ci/run` compares that with test/skips.json.
import { expect, test } from "vitest";
import { type DeskDrive, type DeskOptions, openDesk } from "./desk.ts";
import { type Capability, Rig, type Tier } from "./rig.ts";

/** What a story needs, and how its network is set. */
export interface StoryNeeds extends DeskOptions {
  readonly needs?: readonly Capability[];
}

const tier = (process.env["OFFHOOK_TIER"] ?? "desk") as Tier;

/**
 * Registers the story with the test runner. Beside what it tells, it fails when an error was left to nobody, or when an
 * alarm is still set once handset and network are gone.
 */
export function story(
  name: string,
  needs: StoryNeeds,
  tell: (rig: Rig, desk: DeskDrive) => Promise<void>,
): void {
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
      await tell(new Rig(drive), drive);
    } finally {
      await drive.close();
    }
    expect(drive.fatal).toEqual([]);
    expect(drive.clock.alarmCount, "alarms left").toBe(0);
  });
}
