// No usable time: the phone registers all the same, leaves date and time blank, and says whose time is missing and why.
import { expect } from "vitest";
import type { FaultName } from "#test/lab/faults.ts";
import { story } from "./kit/story.ts";

const cases: readonly (readonly [FaultName, string, string])[] = [
  ["ntp-absent", "No time from the network", "The time server 10.77.110.1 does not answer;"],
  ["ntp-unsynchronised", "Time server is not believed", "10.77.110.1 has no time itself."],
  ["ntp-absurd", "Time server is not believed", "10.77.110.1 tells a time that cannot be."],
  ["ntp-kiss-of-death", "Time server refuses this phone", "10.77.110.1 asks not to be asked."],
];

for (const [fault, what, why] of cases)
  story(
    `START-012 ${fault}: registered, date and time blank, and the screen says why`,
    { needs: ["lab"], fault },
    async (rig) => {
      await rig.ready();
      await rig.reads(what, why, "ate and time stay blank.");
      expect((await rig.line1())?.state).toBe("registered");
      expect((await rig.phase("time")).endMs).toBeNull();
      expect(await rig.shows("01/01/26")).toBe(false);
      if (fault === "ntp-kiss-of-death") return;
      rig.lab.setFault(undefined);
      await rig.until("the clock", () => rig.shows("01/01/26"), 200_000);
      expect(await rig.shows(what)).toBe(false);
    },
  );

story("a time server that is lost later is no news: the clock runs on", { needs: ["lab"] }, async (rig) => {
  await rig.ready();
  await rig.until("the clock", () => rig.shows("01/01/26"));
  rig.lab.setFault("ntp-absent");
  await rig.wait(7_200_000);
  expect((await rig.show("boot")).warnings).toEqual([]);
  expect(await rig.shows("01/01/26  03:00")).toBe(true);
});
