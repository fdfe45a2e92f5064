// QEMU's `virt` machine: hook, 6, 0 and three more on the machine's own PL061 (driven from outside the guest), the other
// keys and the lamps on gpio-sim, the panel behind the kernel's virtio-gpu, sound through snd-aloop.
import type { Board } from "#boards/schema/board.ts";
import type { BoardDrivers, DeviceOptions } from "#boards/schema/device.ts";
import { type HandsetData, series } from "#boards/schema/handset-data.ts";
import { openHandset } from "#boards/schema/open-handset.ts";
import { loopSound } from "#boards/schema/shared-parts.ts";
import { digitKeys, functionKeys, lampIds, lineKeys, softKeys } from "#hal/contract/panel.ts";
import { openFramebufferPanel } from "#hal/linux/framebuffer.ts";

const pl061 = "9030000.pl061";
const sim = "offhook-front";
const geometry = { kind: "pixels", width: 320, height: 240, depthBits: 24 } as const;
const keys = [...digitKeys, ...lineKeys, ...softKeys, ...functionKeys] as const;
const outside = ["6", "0", "speaker", "soft1", "soft2"] as const;
const inside = keys.filter((key) => !(outside as readonly string[]).includes(key));

export const qemuVirt = {
  facts: {
    name: "qemu-virt",
    description: "QEMU virt: the kernel's own devices, driven from outside",
    lineKeyCount: 6,
    panel: geometry,
    keys,
    lamps: lampIds,
    hasHeadset: false,
    requestedMilliwatts: 6_300,
    networkInterface: "eth0",
    pcPortInterface: "eth1",
  },
  wiring: {
    lines: {
      hook: { chip: pl061, line: 0, direction: "in" },
      "key 6": { chip: pl061, line: 1, direction: "in" },
      "key 0": { chip: pl061, line: 2, direction: "in" },
      // line 3 is the machine's power button
      "key speaker": { chip: pl061, line: 4, direction: "in" },
      "key soft1": { chip: pl061, line: 5, direction: "in" },
      "key soft2": { chip: pl061, line: 6, direction: "in" },
      ...series(
        inside.map((key) => `key ${key}`),
        sim,
        0,
        { direction: "in", bias: "pull-down" },
      ),
      ...series(
        lampIds.map((lamp) => `lamp ${lamp}`),
        sim,
        inside.length,
        { direction: "out", isHighAtStart: false },
      ),
    },
    expanders: {},
    i2c: {},
    spi: {},
    kernel: { "power button": { chip: pl061, line: 3 } },
  },
  panelAttached: "/dev/fb0, virtio-gpu",
  matrix: undefined,
  direct: { keys, isHighWhenDown: true, debounceMs: 10 },
  hook: { isHighOffHook: true, settleMs: 40, flash: undefined },
  sound: loopSound,
  soundControls: undefined,
} as const satisfies HandsetData;

const drivers: BoardDrivers = {
  panel(kit, failed) {
    const panel = openFramebufferPanel({ path: "/dev/fb0", geometry, failed });
    kit.signal.addEventListener("abort", () => panel.close(), { once: true });
    return panel;
  },
  backlight: undefined,
  codec: undefined,
  power: () => [],
};

/** `--board qemu-virt`. */
export const qemuVirtBoard = {
  facts: qemuVirt.facts,
  open: (options) => openHandset(qemuVirt, drivers, options),
} satisfies Board<DeviceOptions>;
