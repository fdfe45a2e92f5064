// A virtual handset plugged into the lab: board, firmware, the person's hands, ears and mouth. Stories and `npm start`
// use it, on virtual or wall time.
import { type DesktopHal, desktop7940, desktop7960, desktopBoard } from "#boards/desktop/desktop.ts";
import type { PhoneOptions } from "#firmware/bin/base.ts";
import { runCommand } from "#firmware/bin/command.ts";
import type { Phone } from "#firmware/bin/composed-phone.ts";
import { createConsolePort } from "#firmware/bin/console-port.ts";
import { bootPhone } from "#firmware/bin/phone.ts";
import { recordPhone } from "#firmware/bin/recording/phone.ts";
import type { Tape, TapeEntry } from "#firmware/bin/recording/tape.ts";
import type { ConsolePort } from "#firmware/console/port.ts";
import { createMediaEngine } from "#firmware/media/engine.ts";
import type { SimulatedSound } from "#hal/contract/audio.ts";
import type { LogLine } from "#hal/contract/log.ts";
import type { PowerState } from "#hal/contract/power.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Clock, WallClock } from "#hal/contract/time.ts";
import { unknownPower } from "#hal/sim/power.ts";
import { noSink, silence } from "#hal/sim/sound.ts";
import { createFlash, type SimFlash } from "#hal/sim/storage.ts";
import { type Handset, prepareFlash, spoilt } from "./handset.ts";
import type { SwitchPort } from "./switch.ts";

/** The version of the virtual handset's software. */
export const deskVersion = "0.1.0";

export interface DeskPhoneOptions {
  readonly clock: Clock & WallClock;
  readonly random: Random;
  /** The switch port it is plugged into. */
  readonly port: SwitchPort;
  readonly mac?: string;
  readonly model?: "7960" | "7940";
  /** What it kept from earlier boots; a new handset unless given. */
  readonly flash?: SimFlash;
  /** What is wrong with it; nothing unless given. */
  readonly handset?: Handset;
  readonly sound?: SimulatedSound;
  readonly power?: PowerState;
  readonly options?: Partial<PhoneOptions>;
  /** Everything that crosses the hardware contracts goes onto a tape, which names this seed of the lab. */
  readonly tapeSeed?: number;
  log?(line: LogLine): void;
  /** The firmware wants the board or itself started anew. */
  restarted?(what: "program" | "board"): void;
  fatal?(area: string, error: unknown): void;
}

/** A handset at work. */
export interface DeskPhone {
  readonly hal: DesktopHal;
  readonly phone: Phone;
  readonly console: ConsolePort;
  /** Where it was asked to be recorded: resolves when nothing waits to be handed on; what is on the tape. */
  readonly recorded: { idle(): Promise<void>; tape(): Tape } | undefined;
  /** One console command; rejects with ConfigError when it fails. */
  command(line: string): Promise<string>;
  /** Pulls the power: nothing is left running. */
  stop(): Promise<void>;
}

const nobody: SimulatedSound = { microphone: silence, speaker: noSink, ringer: noSink };

/** When the virtual handset's software was built. */
export const deskBuildUnixMs = Date.UTC(2026, 0, 1);

/** Opens the board and boots the phone. */
export async function openDeskPhone(options: DeskPhoneOptions): Promise<DeskPhone> {
  const { clock, random, handset } = options;
  const flash = options.flash ?? createFlash();
  if (handset !== undefined) prepareFlash(flash, handset);
  const board = desktopBoard(options.model === "7940" ? desktop7940 : desktop7960);
  const opened = await board.open({
    end: options.port.plug,
    clock,
    random,
    flash,
    mac: options.mac ?? "00:11:22:33:44:55",
    version: deskVersion,
    commit: "unknown",
    engine: createMediaEngine({ sampleRateHz: 8000, random }),
    sound: options.sound ?? nobody,
    log: { write: (line) => options.log?.(line) },
    power: options.power ?? unknownPower,
    restarted: (what) => options.restarted?.(what),
    bitten: () => options.restarted?.("board"),
  });
  const hal = handset === undefined ? opened : spoilt(opened, handset.settings);
  const phoneOptions: PhoneOptions = {
    profile: "auto",
    dhcpProfile: "own",
    isDevelopment: true,
    buildUnixMs: deskBuildUnixMs,
    fatal(area, error) {
      if (options.fatal === undefined) throw error;
      options.fatal(area, error);
    },
    ...options.options,
  };
  const life = new AbortController();
  const end = (): void => life.abort(new Error("the phone stops"));
  if (options.tapeSeed !== undefined) {
    const entries: TapeEntry[] = [];
    const recorded = recordPhone(board.facts, hal, phoneOptions, {
      seed: options.tapeSeed,
      keep: (entry) => void entries.push(entry),
    });
    return {
      hal,
      phone: recorded.phone,
      console: recorded.console,
      recorded: { idle: () => recorded.idle(), tape: () => ({ head: recorded.head, entries }) },
      command: (line) => recorded.command(line, life.signal),
      async stop() {
        end();
        await recorded.stop();
      },
    };
  }
  const phone = bootPhone(board.facts, hal, phoneOptions);
  const console = createConsolePort(phone);
  return {
    hal,
    phone,
    console,
    recorded: undefined,
    command: (line) => runCommand(console, line, life.signal),
    async stop() {
      end();
      await phone.stop();
    },
  };
}
