// Every file of the server turns into something else: the phone registers with what it kept, and says so.
import { expect } from "vitest";
import { plugIn } from "./kit/files.ts";
import { deskTest } from "./kit/story.ts";

deskTest(
  "malformed files are refused whole, the kept ones register the phone, and good ones are taken when they come",
  async () => {
    const good = await plugIn();
    await good.reach("run");
    await good.unplug();
    const t = await plugIn({ flash: good.flash, fault: "malformed-file" });
    await t.reach("run");
    expect(t.phone.view().lineKeys[0]?.state.kind).toBe("registered");
    expect(t.phone.config()?.files.every(({ server }) => server === undefined)).toBe(true);
    expect(t.statuses().join("\n")).toContain("file-malformed");
    expect(t.phone.boot.view().warnings.map(({ code }) => code)).toEqual(["config-malformed"]);
    t.lab.setFault(undefined);
    await t.clock.advance(60_000);
    expect(t.phone.config()?.files.every(({ server }) => server !== undefined)).toBe(true);
    expect(t.phone.view().lineKeys[0]?.state.kind).toBe("registered");
    expect(t.fatal).toEqual([]);
    await t.unplug();
  },
);

deskTest(
  "without a kept configuration the phone stays in its configuration phase, asks again, and says why",
  async () => {
    const t = await plugIn({ fault: "malformed-file" });
    await t.clock.advance(25_000);
    expect(t.phase()).toBe("config");
    expect(t.phone.boot.view().trouble?.code).toBe("config-malformed");
    t.lab.setFault(undefined);
    await t.reach("run");
    expect(t.fatal).toEqual([]);
    await t.unplug();
  },
);
