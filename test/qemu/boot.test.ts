// The flashable image from power-on to a registered phone, in the lab's switch.
import { afterAll, beforeAll, expect, test } from "vitest";
import { splitTag } from "#hal/sim/net/ethernet.ts";
import { makeRig, type QemuRig, registered } from "./rig.ts";

let rig: QemuRig;
const voiceFrames = new Set<number>();

beforeAll(async () => {
  rig = await makeRig();
  rig.lab.phone.inside.received.subscribe(
    (frame) => {
      const tag = splitTag(frame)?.tag;
      if (tag !== undefined) voiceFrames.add(tag.vlanId);
    },
    { signal: rig.lab.signal },
  );
  await registered(rig.machine);
});
afterAll(() => rig.close());

test("power-on, voice VLAN by CDP, tagged DHCP, files by TFTP, registered", async () => {
  const { lab, machine } = rig;
  const report = await registered(machine);
  expect(report.phases.find(({ name }) => name === "vlan")?.endedBy).toContain("110");
  expect(lab.log.lines({ by: "dhcp voice" }).length).toBeGreaterThan(0);
  expect(lab.log.entries.some(({ by, what }) => by.startsWith("tftp") && what === "read")).toBe(true);
  expect(lab.log.entries.some(({ what }) => what === "registered")).toBe(true);
  expect([...voiceFrames]).toEqual([110]);
});

test("every part of the board works, and the firmware is no root", async () => {
  const { machine } = rig;
  const hal = (await machine.console("show hal"))?.join("\n") ?? "";
  for (const part of ["panel", "keypad", "hook", "lamp", "sound", "storage", "supervisor"])
    expect(hal).toContain(part);
  expect(hal).not.toMatch(/missing|degraded/);
  const status = await machine.shell("cat /proc/$(cat /run/offhook.pid)/status");
  expect(status).toMatch(/Uid:\s+100\s+100\s+100\s+100/);
  expect(status).toMatch(/CapEff:\s+0000000002803000/); // NET_ADMIN, NET_RAW, SYS_NICE, SYS_TIME
});
