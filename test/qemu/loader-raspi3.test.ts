// The card under U-Boot for the Raspberry Pi, on QEMU's raspi3b: read by its SD controller, started with its device tree.
import { afterAll, beforeAll, expect, test } from "vitest";
import { guestMacOnUsb, makeRig, type QemuRig, registeredAt, shown } from "./rig.ts";

let rig: QemuRig;

beforeAll(async () => {
  rig = await makeRig({ kind: "raspi3b", startedBy: "loader" }, (settings) => ({
    ...settings,
    phoneMac: guestMacOnUsb,
  }));
});
afterAll(() => rig.close());

test("the slot that starts on virt starts through U-Boot on raspi3b, and registers", async () => {
  await registeredAt(rig.machine);
  expect(rig.machine.serial()).toContain("offhook: slot A, confirmed=1, starts left 0, other bad, pi3");
  expect(JSON.parse(await shown(rig.machine, "show version json"))).toMatchObject({
    slots: [
      { name: "A", state: "good", isRunning: true },
      { name: "B", state: "bad", isRunning: false },
    ],
  });
});
