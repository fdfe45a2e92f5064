// The boards this program can run on, by name. Each is loaded only when it is asked for.
import type { BoardFacts } from "#boards/schema/board.ts";
import type { DeviceOptions } from "#boards/schema/device.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import type { Hal } from "#hal/contract/hal.ts";

/** A board of a real device or host. */
export interface DeviceBoard {
  readonly facts: BoardFacts;
  open(options: DeviceOptions): Promise<Hal>;
}

const boards: Readonly<Record<string, () => Promise<DeviceBoard>>> = {
  linux: async () => (await import("#boards/linux/board.ts")).linuxBoard,
  "proto-a": async () => (await import("#boards/proto-a/board.ts")).protoABoard,
  "proto-b": async () => (await import("#boards/proto-b/board.ts")).protoBBoard,
  "qemu-virt": async () => (await import("#boards/qemu-virt/board.ts")).qemuVirtBoard,
  "qemu-raspi3": async () => (await import("#boards/qemu-raspi3/board.ts")).qemuRaspi3Board,
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
