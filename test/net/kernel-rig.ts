// The kernel parts of hal/linux opened inside the phone's namespace of a net, as boards/linux opens them.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { usualHealthPaths } from "#hal/linux/health.ts";
import { type KernelParts, openKernelParts } from "#hal/linux/kernel-parts.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";
import { makeNet, type Net, phoneMac } from "./namespaces.ts";

export interface KernelRig {
  readonly net: Net;
  readonly kernel: KernelParts;
  close(): Promise<void>;
}

/** Makes a net, moves this process into the phone's side, opens the parts on its eth0. */
export async function openKernelRig(): Promise<KernelRig> {
  const net = makeNet();
  try {
    net.enterPhone();
    const stateDirectory = join(net.folder, "state");
    mkdirSync(stateDirectory);
    const kernel = await openKernelParts({
      interfaceName: "eth0",
      mac: phoneMac,
      stateDirectory,
      wallClock: "process",
      health: usualHealthPaths,
      workers: sourceWorkers(),
      product: { product: "Offhook", version: "0.0.0", commit: "unknown" },
      logDescriptor: 2,
      trusted: () => [],
      failed: (what, error) => {
        throw new Error(`${what} died`, { cause: error });
      },
    });
    const close = async (): Promise<void> => {
      await kernel.close();
      await net.close();
    };
    return { net, kernel, close };
  } catch (error) {
    await net.close();
    throw error;
  }
}
