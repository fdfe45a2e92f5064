// The virtual handset: a 7960-like front, everything simulated. It opens on one end of a simulated cable, on whatever
// clock it is given, and shares nothing with the world but that cable, the hands and the sound.

import type { Board, BoardFacts } from "#boards/schema/board.ts";
import type { SimulatedSound } from "#hal/contract/audio.ts";
import type { Hal, PartStatus } from "#hal/contract/hal.ts";
import type { LogSink } from "#hal/contract/log.ts";
import type { MediaEngine } from "#hal/contract/media.ts";
import { digitKeys, functionKeys, lineKeys, softKeys } from "#hal/contract/panel.ts";
import type { PowerState } from "#hal/contract/power.ts";
import type { Random } from "#hal/contract/random.ts";
import { Emitter } from "#hal/contract/stream.ts";
import type { Clock, WallClock } from "#hal/contract/time.ts";
import { digests } from "#hal/linux/digests.ts";
import { createFrontPanel, type FrontPanelHands } from "#hal/sim/front-panel.ts";
import { createSimSlots, startSlot } from "#hal/sim/image-slots.ts";
import { createInlineMediaHost } from "#hal/sim/media-host.ts";
import { type Cable, type CableEnd, createCable } from "#hal/sim/net/cable.ts";
import { createProber } from "#hal/sim/net/prober.ts";
import { createThreePortSwitch } from "#hal/sim/net/three-port.ts";
import { createSimulatedNetwork } from "#hal/sim/network.ts";
import {
  createSimHealth,
  createSimMixer,
  createSimPower,
  createSimWatchdog,
  type SimMixer,
} from "#hal/sim/power.ts";

import {
  createSimCrashRecord,
  createSimRestarter,
  createSimStorage,
  type SimFlash,
} from "#hal/sim/storage.ts";

/** A 7960-like handset: six line keys, a 240 × 120 panel of four greys. */
export const desktop7960: BoardFacts = {
  name: "desktop",
  description: "virtual handset like a 7960",
  lineKeyCount: 6,
  panel: { kind: "pixels", width: 240, height: 120, depthBits: 2 },
  keys: [...digitKeys, ...lineKeys, ...softKeys, ...functionKeys],
  lamps: ["message", "mute", "headset", "speaker", ...lineKeys],
  hasHeadset: true,
  requestedMilliwatts: 6300,
  networkInterface: undefined,
  pcPortInterface: undefined,
};

const twoLineKeys = lineKeys.slice(0, 2);

/** The same with two line keys. */
export const desktop7940: BoardFacts = {
  ...desktop7960,
  description: "virtual handset like a 7940",
  lineKeyCount: 2,
  keys: [...digitKeys, ...twoLineKeys, ...softKeys, ...functionKeys],
  lamps: ["message", "mute", "headset", "speaker", ...twoLineKeys],
};

export interface DesktopOptions {
  /** The phone's plug of a cable; the other end is in a switch. */
  readonly end: CableEnd;
  readonly clock: Clock & WallClock;
  readonly random: Random;
  /** What it keeps over restarts; give it the same one again. */
  readonly flash: SimFlash;
  readonly mac: string;
  readonly version: string;
  readonly commit: string;
  readonly engine: MediaEngine;
  readonly sound: SimulatedSound;
  readonly log: LogSink;
  readonly power: PowerState;
  /** The firmware wants to be started anew. */
  restarted(what: "program" | "board"): void;
  /** The watchdog was not fed. */
  bitten(): void;
}

/** What a person, or a test, has in hand beside the Hal. */
export interface DesktopHal extends Hal {
  readonly hands: FrontPanelHands;
  readonly simMixer: SimMixer;
  /** The cable of the computer's port, unplugged: the computer is at end `b`. */
  readonly computer: Cable;
  /** Changes what the power supply says. */
  setPower(state: PowerState): void;
}

const watchdogMs = 10_000;

function openDesktop(facts: BoardFacts, options: DesktopOptions): DesktopHal {
  const { clock, random, flash, end, mac } = options;
  const life = new AbortController();
  const computer = createCable({ clock, random, isPlugged: false });
  const { signal } = life;
  const { inside, pcPort } = createThreePortSwitch({ uplink: end, jack: computer.a, mac, signal });
  const network = createSimulatedNetwork({ name: "eth0", mac, end: inside, clock, random });
  const media = createInlineMediaHost({
    clock,
    sockets: network.sockets,
    engine: options.engine,
    sound: options.sound,
  });
  const front = createFrontPanel({ clock, geometry: facts.panel, keys: facts.keys, lamps: facts.lamps });
  const power = createSimPower(options.power);
  const mixer = createSimMixer();
  const watchdog = createSimWatchdog(clock, watchdogMs, options.bitten);
  const { commit } = options;
  const running = startSlot(flash.images, options.version, digests);
  const { version } = running;
  return {
    clock,
    wallClock: clock,
    random,
    identity: {
      mac,
      serial: `SIM${mac.replaceAll(":", "").toUpperCase()}`,
      hardwareRevision: facts.name,
      product: "Offhook",
      version,
      commit,
    },
    log: options.log,
    storage: createSimStorage(flash),
    crash: createSimCrashRecord(flash),
    images: createSimSlots(flash.images, running, { board: facts.name, digests }),
    restarter: createSimRestarter(options.restarted),
    watchdog,
    link: network.link,
    network: network.network,
    sockets: network.sockets,
    resolver: network.resolver,
    http: network.http,
    digests,
    prober: createProber(network.stack),
    tables: network.stack.tables,
    media,
    ...front.parts,
    mixer,
    power: power.pd,
    health: createSimHealth().monitor,
    pcPort,
    parts: () =>
      ["panel", "keypad", "hook", "lamps", "codec", "network", "pc port", "power"].map((part) => ({
        part,
        attached: "simulated",
        state: "working",
        detail: undefined,
      })),
    partChanges: new Emitter<PartStatus>(),
    close() {
      watchdog.disarm();
      media.close();
      network.close();
      computer.close();
      life.abort();
      return Promise.resolve();
    },
    hands: front.hands,
    simMixer: mixer,
    computer,
    setPower: power.set,
  };
}

/** A board that opens in memory. */
export interface DesktopBoard extends Board<DesktopOptions> {
  open(options: DesktopOptions): Promise<DesktopHal>;
}

/** The board with these facts. */
export function desktopBoard(facts: BoardFacts): DesktopBoard {
  return { facts, open: (options) => Promise.resolve(openDesktop(facts, options)) };
}
