// The clock jumps by an hour while the phone is registered: nothing that waits is disturbed.
import { expect } from "vitest";
import { plugIn } from "./kit/files.ts";
import { deskTest } from "./kit/story.ts";

const protocols = [
  ["sip", "sip registration 1 refresh", undefined],
  // sent every 30 s: after the step by the same beat as before
  ["sccp", "sccp keepalive", 30_000],
] as const;

for (const [protocol, own, beatMs] of protocols)
  deskTest(`BOOT-069 a step of the clock disturbs no timer of DHCP or ${protocol}`, async () => {
    const t = await plugIn({ settings: { protocol } });
    await t.reach("run");
    await t.clock.advance(5000);
    const { timers } = t.phone.base.runtime;
    const due = (): Map<string, number> =>
      new Map(
        timers
          .list()
          .filter(({ area }) => !["sntp", "time", "cdp", "lldp"].includes(area))
          .map(({ area, name, dueInMs }) => [`${area} ${name}`, t.clock.now() + dueInMs]),
      );
    const before = due();
    const wallBefore = t.clock.wall() ?? 0;
    const monoBefore = t.clock.now();
    t.lab.change((settings) => ({
      ...settings,
      time: { ...settings.time, play: { kind: "wrong", offsetMs: 3_600_000 } },
    }));
    await t.clock.advance(65_000);
    const jumpedMs = (t.clock.wall() ?? 0) - wallBefore - (t.clock.now() - monoBefore);
    expect(Math.round(jumpedMs / 1000)).toBe(3600);
    const after = due();
    const now = t.clock.now();
    const kept = [...before].filter(([name, at]) => (at > now || name === own) && after.has(name));
    expect(kept.map(([name]) => name)).toEqual(expect.arrayContaining(["dhcp t1", own]));
    for (const [name, at] of kept) {
      const lateMs = (after.get(name) ?? 0) - at;
      expect([name, Math.round(name === own && beatMs !== undefined ? lateMs % beatMs : lateMs)]).toEqual([
        name,
        0,
      ]);
    }
    expect(t.phone.view().lineKeys[0]?.state.kind).toBe("registered");
    expect(t.fatal).toEqual([]);
    await t.unplug();
  });
