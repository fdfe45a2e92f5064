// Storage, crash record and image slots in memory. The same object survives a simulated restart: hand it to the
// next boot. Faults can be switched on: full, absent, corrupt.
import { HalError } from "#hal/contract/errors.ts";
import type { ImageSlot, ImageSlots, Restarter } from "#hal/contract/identity.ts";
import type {
  CrashRecord,
  CrashReport,
  Shelf,
  Storage,
  StorageChange,
  StorageTrouble,
} from "#hal/contract/storage.ts";
import { Emitter } from "#hal/contract/stream.ts";
import type { StoredImages } from "./image-slots.ts";

/** What the flash holds between boots. */
export interface SimFlash {
  readonly shelves: Map<Shelf, Map<string, Uint8Array>>;
  crash: CrashReport | undefined;
  crashesInARow: number;
  /** Image slots; none yet in a new handset: the boot loader makes the first. */
  readonly images: StoredImages;
  /** A fault of the next boot or of now. */
  fault: "none" | "full" | "absent" | "corrupt";
}

/** Empty flash of a new handset. */
export function createFlash(): SimFlash {
  return { shelves: new Map(), crash: undefined, crashesInARow: 0, images: { slots: [] }, fault: "none" };
}

function troubleAtStart(flash: SimFlash): StorageTrouble | undefined {
  switch (flash.fault) {
    case "corrupt":
      flash.shelves.clear();
      flash.fault = "none";
      return { kind: "corrupt", setAsideAs: "store.corrupt" };
    case "absent":
      return { kind: "absent" };
    case "full":
    case "none":
      return undefined;
  }
}

/** Storage over the flash; durable at once. */
export function createSimStorage(flash: SimFlash): Storage {
  const troubles = new Emitter<StorageTrouble>();
  const trouble = troubleAtStart(flash);
  const shelf = (name: Shelf): Map<string, Uint8Array> => {
    const present = flash.shelves.get(name);
    if (present !== undefined) return present;
    const made = new Map<string, Uint8Array>();
    flash.shelves.set(name, made);
    return made;
  };
  const apply = ({ shelf: name, key, value }: StorageChange): void => {
    if (value === undefined) shelf(name).delete(key);
    else shelf(name).set(key, value.slice());
  };
  return {
    trouble,
    troubles,
    read: (name, key) => (flash.fault === "absent" ? undefined : shelf(name).get(key)?.slice()),
    keys: (name) => [...shelf(name).keys()].sort(),
    write(changes) {
      if (flash.fault === "full") {
        troubles.emit({ kind: "full" });
        return Promise.reject(new HalError("io", "storage", "write", "no space left"));
      }
      for (const change of changes) apply(change);
      return Promise.resolve();
    },
    erase(names) {
      for (const name of names) flash.shelves.delete(name);
      return Promise.resolve();
    },
  };
}

/** The crash record over the flash. */
export function createSimCrashRecord(flash: SimFlash): CrashRecord {
  const previous = flash.crash;
  const countInARow = flash.crashesInARow;
  flash.crash = undefined;
  return {
    previous,
    countInARow,
    write(report) {
      flash.crash = report;
      flash.crashesInARow = countInARow + 1;
    },
    clear() {
      flash.crashesInARow = 0;
      return Promise.resolve();
    },
  };
}

/** One good slot that runs, as on every tier without an image. */
export function createSingleSlot(version: string): ImageSlots {
  const slot: ImageSlot = { name: "A", version, state: "good", isRunning: true };
  return {
    list: () => [slot],
    confirm: () => Promise.resolve(),
    install: () =>
      Promise.reject(new HalError("unsupported", "image slots", "install", "this tier has one slot only")),
  };
}

/** Tells whoever runs the simulation; nothing ends by itself. */
export function createSimRestarter(restarted: (what: "program" | "board") => void): Restarter {
  return {
    restart(what) {
      restarted(what);
      return Promise.resolve();
    },
  };
}
