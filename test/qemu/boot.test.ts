// The flashable image from power-on to a registered phone, in the lab's switch, and a call through the guest's own lines.
import { afterAll, beforeAll, expect, test } from "vitest";
import { splitTag } from "#hal/sim/net/ethernet.ts";
import { makeRig, type QemuRig, registered } from "./rig.ts";

let rig: QemuRig;
const voiceFrames: number[] = [];
beforeAll(async () => {
  rig = await makeRig();
  rig.lab.phone.inside.received.subscribe(
    (frame) => {
      const tag = splitTag(frame)?.tag;
      if (tag !== undefined) voiceFrames.push(tag.vlanId);
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
  expect(new Set(voiceFrames)).toEqual(new Set([110]));
});
