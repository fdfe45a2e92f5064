// Everything the firmware is given. A part that a board does not have is undefined; a part that is broken is a
// working object that shows its fault in `parts`.
import type { AudioMixer, HeadsetJack } from "./audio.ts";
import type { Identity, ImageSlots, Restarter } from "./identity.ts";
import type { LinkPort } from "./link.ts";
import type { LogSink } from "./log.ts";
import type { MediaHost } from "./media.ts";
import type { Digests, HttpClient, Resolver } from "./names.ts";
import type { NetworkConfig } from "./network.ts";
import type { Backlight, HookSwitch, Keypad, Lamps, Panel } from "./panel.ts";
import type { HealthMonitor, PcPort, PoePd, Watchdog } from "./power.ts";
import type { Prober } from "./probe.ts";
import type { Random } from "./random.ts";
import type { Sockets } from "./sockets.ts";
import type { CrashRecord, Storage } from "./storage.ts";
import type { Stream } from "./stream.ts";
import type { NetworkTables } from "./tables.ts";
import type { Clock, WallClock } from "./time.ts";

/** State of one part for `show hal`, LCD and console. */
export interface PartStatus {
  readonly part: string;
  /** How it is attached, e.g. `spi0.0`, `gpiochip "pinctrl-bcm2711" lines 5,6`, `simulated`. */
  readonly attached: string;
  readonly state: "working" | "degraded" | "missing";
  /** Why it does not work, and what to look at. */
  readonly detail: string | undefined;
}

export interface Hal {
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly random: Random;
  readonly identity: Identity;
  readonly log: LogSink;
  readonly storage: Storage;
  readonly crash: CrashRecord;
  readonly images: ImageSlots;
  readonly restarter: Restarter;
  readonly watchdog: Watchdog | undefined;
  readonly link: LinkPort;
  readonly network: NetworkConfig;
  readonly sockets: Sockets;
  readonly resolver: Resolver;
  readonly http: HttpClient;
  readonly digests: Digests;
  readonly prober: Prober;
  readonly tables: NetworkTables;
  readonly media: MediaHost;
  readonly panel: Panel;
  readonly backlight: Backlight | undefined;
  readonly keypad: Keypad;
  readonly hook: HookSwitch;
  readonly lamps: Lamps;
  readonly mixer: AudioMixer;
  readonly headset: HeadsetJack | undefined;
  readonly power: PoePd;
  readonly health: HealthMonitor;
  readonly pcPort: PcPort | undefined;
  /** Every part, how it is attached, its state now. */
  parts(): readonly PartStatus[];
  /** A part that is not what `parts` last said: one that is found missing late, one that stops working. */
  readonly partChanges: Stream<PartStatus>;
  /** Releases every handle; nothing may be used afterwards. */
  close(): Promise<void>;
}
