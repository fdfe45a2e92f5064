// The clock jumps by an hour while the phone is registered: nothing that waits is disturbed.
import { expect, test } from "vitest";
import { plugIn } from "./kit/files.ts";

test("a step of the clock disturbs no timer of DHCP, SIP or anything else", async () => {
  const t = await plugIn();
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
  const kept = [...before].filter(([name, at]) => at > t.clock.now() && after.has(name));
  expect(kept.map(([name]) => name)).toEqual(
    expect.arrayContaining(["dhcp t1", "sip registration 1 refresh"]),
  );
  for (const [name, at] of kept)
    expect([name, Math.round(after.get(name) ?? 0)]).toEqual([name, Math.round(at)]);
  expect(t.phone.view().lineKeys[0]?.state.kind).toBe("registered");
  expect(t.fatal).toEqual([]);
  await t.unplug();
});
