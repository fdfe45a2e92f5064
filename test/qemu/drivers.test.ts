// The drivers on the kernel's own interfaces: a simulated GPIO chip through the character device and through sysfs, and the
// native add-ons under the image's Node. The sound loop, the framebuffer and the watchdog are shown by the other stories.
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeGuestDisk } from "./guest-disk.ts";
import { makeRig, type QemuRig, registered, shown } from "./rig.ts";

const disk = makeGuestDisk(["drivers=test/qemu/guest/drivers.ts", "io-worker=hal/linux/io/io-worker.ts"]);
let rig: QemuRig;

beforeAll(async () => {
  rig = await makeRig({ plainDisks: [disk.path], dataPartition: "/dev/vda3" }); // where nothing was ever written
  await registered(rig.machine); // the shell is there, and the firmware has had its share of the processor
});
afterAll(async () => {
  await rig.close();
  disk.close();
});

test("a data partition of rubbish is made anew: the phone registers and says so", async () => {
  expect(await shown(rig.machine, "show hal")).toContain("data partition made anew");
});

test("gpio-sim through both back ends: each edge, its time, its level, and what an output drives; add-ons load on arm64", async () => {
  const { machine } = rig;
  const bank = "/sys/kernel/config/gpio-sim/check";
  await machine.shell(
    [
      `mkdir ${bank} ${bank}/front`,
      `echo 4 > ${bank}/front/num_lines; echo offhook-check > ${bank}/front/label; echo 1 > ${bank}/live`,
      "mkdir /run/check; mount -o ro /dev/vdb /run/check",
    ].join("; "),
  );
  const said = await machine.shell(
    `node /run/check/drivers.mjs offhook-check /sys/devices/platform/$(cat ${bank}/dev_name)/$(cat ${bank}/front/chip_name)`,
  );
  const edges = [true, false, true].map((isHigh) => ({ isHigh, isTimely: true }));
  const both = { edges, read: [true, false, true], driven: [true, false] };
  expect(JSON.parse(said)).toEqual({
    backEnds: [
      { kind: "character device", ...both },
      { kind: "sysfs", ...both },
    ],
    addons: ["onoff", "i2c-bus", "spi-device"],
    arch: "arm64",
  });
});
