// How a handset's board is opened: what the composition root gives, what the board's own drivers are given.

import type { I2cBus, InputLine, OutputLine, SpiBus } from "#hal/contract/bus.ts";
import type { HalError } from "#hal/contract/errors.ts";
import type { Hal, PartStatus } from "#hal/contract/hal.ts";
import type { Mac } from "#hal/contract/link.ts";
import type { MediaHost } from "#hal/contract/media.ts";
import type { Backlight, Panel } from "#hal/contract/panel.ts";
import type { Stream } from "#hal/contract/stream.ts";
import type { Clock } from "#hal/contract/time.ts";
import type { Codec } from "#hal/drivers/codec-tables.ts";
import type { PowerSensor } from "#hal/drivers/power-sensors.ts";
import type { Product } from "#hal/linux/identity.ts";
import type { KernelParts } from "#hal/linux/kernel-parts.ts";
import type { SoundCardSpec } from "#hal/linux/media-protocol.ts";
import type { WorkerPaths } from "#hal/linux/workers.ts";

/** The media host, made from what the kernel parts offer. */
export interface OpenedMedia {
  readonly host: MediaHost;
  readonly parts: readonly PartStatus[];
  readonly partChanges: Stream<PartStatus>;
  close(): Promise<void>;
}

/** What every board on the Linux kernel is opened with. */
export interface DeviceOptions {
  /** The network interface: its address, route and VLAN links become the phone's. */
  readonly interfaceName: string;
  /** The port for a computer behind the phone. */
  readonly pcPortName?: string | undefined;
  /** For a card without a permanent address. */
  readonly mac?: Mac;
  /** Mounted, or made, before: settings, the crash record, the call logs. */
  readonly stateDirectory: string;
  /** Socket of the image's init; without one there is neither watchdog nor slots. */
  readonly supervisor?: string;
  readonly product: Product;
  /** Bundled workers; the sources beside hal/linux unless given. */
  readonly workers?: WorkerPaths;
  /** Certificates that HTTPS trusts beside the built-in set; none unless given. */
  trusted?(): readonly string[];
  /** Opens the media host on this board's card, where it has one; firmware/bin knows the engine's worker. */
  openMedia(kernel: KernelParts, card?: SoundCardSpec): Promise<OpenedMedia>;
  /** A thread of ours died: ends the process. */
  failed(what: string, error: unknown): void;
}

/** The Hal and what it stands on, for tests and benches. */
export interface DeviceHal extends Hal {
  readonly kernel: KernelParts;
}

/** The wiring by name, for the drivers a board chooses. Each call opens; HalError when that fails. */
export interface Kit {
  input(name: string): InputLine;
  output(name: string): OutputLine;
  i2c(bus: number): I2cBus;
  spi(name: string): SpiBus;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

type Failed = (error: HalError) => void;

/** The drivers of one board, chosen by import. */
export interface BoardDrivers {
  panel(kit: Kit, failed: Failed): Panel;
  backlight: ((kit: Kit, panel: Panel, failed: Failed) => Backlight) | undefined;
  /** Controls of the sound card; undefined: as loud as it is. */
  readonly codec: Codec | undefined;
  /** What can be read of the supply; an empty list says `unknown`. */
  power(kit: Kit): readonly PowerSensor[];
}
