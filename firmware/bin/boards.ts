// The boards this program can run on, by name. Each is loaded only when it is asked for.
import type { OpenedMedia } from "#boards/linux/board.ts";
import type { BoardFacts } from "#boards/schema/board.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import type { Hal } from "#hal/contract/hal.ts";
import type { Mac } from "#hal/contract/link.ts";
import type { Product } from "#hal/linux/identity.ts";
import type { KernelParts } from "#hal/linux/kernel-parts.ts";
import type { WorkerPaths } from "#hal/linux/workers.ts";

/** What the command line and the composition root give any board; each takes what it needs. */
export interface DeviceOptions {
  readonly interfaceName: string;
  readonly mac?: Mac;
  readonly stateDirectory: string;
  readonly product: Product;
  readonly workers?: WorkerPaths;
  openMedia(kernel: KernelParts): Promise<OpenedMedia>;
  failed(what: string, error: unknown): void;
}

/** A board of a real device or host. */
export interface DeviceBoard {
  readonly facts: BoardFacts;
  open(options: DeviceOptions): Promise<Hal>;
}

const boards: Readonly<Record<string, () => Promise<DeviceBoard>>> = {
  linux: async () => (await import("#boards/linux/board.ts")).linuxBoard,
};

export const boardNames = Object.keys(boards);

/** Loads a board; ConfigError naming those there are. */
export function loadBoard(name: string): Promise<DeviceBoard> {
  const load = boards[name];
  if (load !== undefined) return load();
  const hint = name === "desktop" ? " (desktop is the virtual handset of npm start)" : "";
  throw new ConfigError(
    "bad-value",
    "command line",
    "--board",
    `is ${name}, one of ${boardNames.join(", ")} belongs${hint}`,
  );
}
