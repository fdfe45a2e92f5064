// A configuration names an image that cannot be had: the phone runs on with its own, and gives up after three boots.
import { expect } from "vitest";
import { createFlash } from "#hal/sim/storage.ts";
import { plugIn } from "./kit/files.ts";
import { deskTest } from "./kit/story.ts";

deskTest("BOOT-054 an unavailable load does not loop, and the running image goes on", async () => {
  const flash = createFlash();
  const files = {
    "SIP001122334455.cnf": 'line1_name: "1001"\nline1_password: "lab-1001"\nimage_version: "offhook-9.9.9"\n',
  };
  const ends: string[] = [];
  for (let boot = 0; boot < 4; boot++) {
    const t = await plugIn({ flash, files });
    await t.reach("run");
    await t.clock.advance(600_000);
    expect(t.phase()).toBe("run");
    expect(t.phone.view().lineKeys[0]?.state.kind).toBe("registered");
    const load = t.phone.boot.timeline().find(({ name }) => name === "load");
    ends.push(load?.endedBy ?? "");
    expect(t.reads().filter((name) => name === "SIP001122334455.cnf")).toHaveLength(1);
    await t.unplug();
    expect(t.fatal).toEqual([]);
  }
  expect(new Set(ends.slice(0, 3)).size).toBe(1);
  expect(ends[3]).not.toBe(ends[0]);
});
