// Opens a Linux host as a board: the kernel's network, clock and files; a front panel in memory that the console's
// `test` commands and the browser page press and read.
import { mkdirSync } from "node:fs";
import type { Board } from "#boards/schema/board.ts";
import type { DeviceOptions } from "#boards/schema/device.ts";
import type { Hal, PartStatus } from "#hal/contract/hal.ts";
import { usualHealthPaths } from "#hal/linux/health.ts";
import { type KernelParts, openKernelParts } from "#hal/linux/kernel-parts.ts";
import { createRestarter } from "#hal/linux/restarter.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";
import { createFrontPanel, type FrontPanelHands } from "#hal/sim/front-panel.ts";
import { createSimMixer, createSimPower, unknownPower } from "#hal/sim/power.ts";
import { createSingleSlot } from "#hal/sim/storage.ts";
import { facts } from "./facts.ts";

/** The Hal, with what only this board has. */
export interface LinuxHal extends Hal {
  /** Presses keys and reads the panel. */
  readonly hands: FrontPanelHands;
  readonly kernel: KernelParts;
}

const simulated = (part: string): PartStatus => ({
  part,
  attached: "simulated",
  state: "working",
  detail: undefined,
});

async function open(options: DeviceOptions): Promise<LinuxHal> {
  mkdirSync(options.stateDirectory, { recursive: true });
  const kernel = await openKernelParts({
    interfaceName: options.interfaceName,
    pcPortName: options.pcPortName,
    ...(options.mac === undefined ? {} : { mac: options.mac }),
    stateDirectory: options.stateDirectory,
    wallClock: "process", // the host keeps its own clock
    health: usualHealthPaths,
    workers: options.workers ?? sourceWorkers(),
    product: options.product,
    logDescriptor: process.stderr.fd,
    trusted: options.trusted ?? (() => []),
    failed: options.failed,
  });
  const media = await options.openMedia(kernel);
  const front = createFrontPanel({
    clock: kernel.clock,
    geometry: facts.panel,
    keys: facts.keys,
    lamps: facts.lamps,
  });
  const close = async (): Promise<void> => {
    await media.close();
    await kernel.close();
  };
  return {
    ...kernel,
    ...front.parts,
    kernel,
    hands: front.hands,
    media: media.host,
    images: createSingleSlot(options.product.version),
    restarter: createRestarter(close),
    watchdog: undefined,
    mixer: createSimMixer(),
    power: createSimPower(unknownPower).pd,
    parts: () => [
      ...kernel.parts(),
      ...media.parts,
      ...["panel", "keypad", "hook", "lamps", "backlight", "headset", "mixer"].map(simulated),
      { part: "power", attached: "nothing to read", state: "missing", detail: "a host tells no PoE grant" },
    ],
    partChanges: media.partChanges,
    close,
  };
}

/** `--board linux`. */
export const linuxBoard = {
  facts,
  open,
} satisfies Board<DeviceOptions>;
