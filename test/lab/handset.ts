// What can be wrong with the virtual handset itself: what it kept from before, its kernel, a part of it. Plain data, so
// that a fault is a function from settings to settings here too.

import type { DesktopHal } from "#boards/desktop/desktop.ts";
import { emptyMemory, memoryChanges } from "#firmware/config/memory.ts";
import { HalError } from "#hal/contract/errors.ts";
import { createSimStorage, type SimFlash } from "#hal/sim/storage.ts";
import type { Files } from "./files.ts";

/** A handset as it is plugged in. */
export interface HandsetSettings {
  readonly storage: SimFlash["fault"];
  /** It was used on this network before and kept its files. */
  readonly hasKeptFiles: boolean;
  /** Crashes in a row before this start. */
  readonly crashCount: number;
  /** Its kernel has 802.1Q. */
  readonly canTag: boolean;
  /** Its kernel takes the address it is given. */
  readonly takesAddress: boolean;
  readonly brokenPart: string | undefined;
  /** False: no certificate checks out (the simulated network has no TLS). */
  readonly trustsServers: boolean;
}

export const goodHandset: HandsetSettings = {
  storage: "none",
  hasKeptFiles: false,
  crashCount: 0,
  canTag: true,
  takesAddress: true,
  brokenPart: undefined,
  trustsServers: true,
};

/** A handset, and the files that one of the same network kept. */
export interface Handset {
  readonly settings: HandsetSettings;
  readonly files: Files;
}

/** What lies in the flash when the handset gets power. */
export function prepareFlash(flash: SimFlash, { settings, files }: Handset): void {
  const { storage, crashCount, hasKeptFiles } = settings;
  if (crashCount > 0) {
    flash.crashesInARow = crashCount;
    flash.crash = { reason: "main: the lab wants it so", stack: "", log: [], version: "0.1.0" };
  }
  if (hasKeptFiles && flash.shelves.get("config") === undefined) keepFiles(flash, files);
  if (storage !== "none") flash.fault = storage;
}

function keepFiles(flash: SimFlash, files: Files): void {
  const given = [...files]
    .filter(([name]) => name.endsWith(".cnf"))
    .map(([name, bytes]) => ({
      name,
      bytes,
      source: name.includes("Default") ? ("default-file" as const) : ("phone-file" as const),
      server: undefined,
    }));
  const kept = { ...emptyMemory, lastGood: { kind: "sip-text" as const, files: given } };
  void createSimStorage(flash).write(memoryChanges(emptyMemory, kept)); // durable at once in memory
}

const refused = (code: "unsupported" | "denied" | "io", device: string, operation: string): Promise<never> =>
  Promise.reject(new HalError(code, device, operation, "the lab wants it so"));

/** The same hardware with what is wrong about it. */
export function spoilt(hal: DesktopHal, settings: HandsetSettings): DesktopHal {
  const { canTag, takesAddress, brokenPart, trustsServers } = settings;
  if (canTag && takesAddress && trustsServers && brokenPart === undefined) return hal;
  const { network, sockets } = hal;
  return {
    ...hal,
    network: {
      ...network,
      setVlan: (tag) =>
        canTag || tag === undefined ? network.setVlan(tag) : refused("unsupported", "eth0", "set VLAN"),
      setAddress: (address) =>
        takesAddress || address === undefined
          ? network.setAddress(address)
          : refused("denied", "eth0", "set address"),
    },
    sockets: {
      ...sockets,
      connectTls: (to, tls) =>
        trustsServers ? sockets.connectTls(to, tls) : refused("denied", "eth0", "connect TLS"),
    },
    parts: () =>
      hal
        .parts()
        .map((part) =>
          part.part === brokenPart
            ? { ...part, state: "missing" as const, detail: "no answer on I2C" }
            : part,
        ),
  };
}
