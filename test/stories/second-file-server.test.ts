// The second TFTP server takes over after a time-out, for the rest of the boot, and never because a file is not there.
import { expect } from "vitest";
import { plugIn } from "./kit/files.ts";
import { deskTest } from "./kit/story.ts";

deskTest(
  "BOOT-052 a silent first server: the same files from the second, and everything after them",
  async () => {
    const t = await plugIn({ fault: "tftp-timeout" });
    await t.reach("run");
    const reads = t.reads();
    const moved = reads.findIndex((name) => name.startsWith("second:"));
    expect(moved).toBeGreaterThan(0);
    expect(reads.slice(moved).every((name) => name.startsWith("second:"))).toBe(true);
    expect(new Set(reads.slice(moved, moved + 3))).toEqual(
      new Set(reads.slice(0, 3).map((name) => `second: ${name}`)),
    );
    expect(t.statuses()).toContain("server-changed 10.77.110.1 10.77.110.2");
    await t.unplug();
    expect(t.fatal).toEqual([]);
  },
);

deskTest("BOOT-052 a file that is not on the first server is not asked of the second", async () => {
  const t = await plugIn({ fault: "file-not-found" });
  await t.clock.advance(30_000);
  expect(t.reads().filter((name) => name.startsWith("second:"))).toEqual([]);
  expect(t.statuses()).toContain("file-not-found SIP001122334455.cnf");
  await t.unplug();
  expect(t.fatal).toEqual([]);
});
