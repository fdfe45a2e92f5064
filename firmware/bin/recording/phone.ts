// A phone that is recorded, and a phone that hears a tape.
import type { BoardFacts } from "#boards/schema/board.ts";
import type { PhoneOptions } from "#firmware/bin/base.ts";
import { runCommand } from "#firmware/bin/command.ts";
import type { Phone } from "#firmware/bin/composed-phone.ts";
import { createConsolePort } from "#firmware/bin/console-port.ts";
import { type ConsoleDoors, type DoorPaths, openDoors } from "#firmware/bin/console-ways.ts";
import { bootPhone } from "#firmware/bin/phone.ts";
import type { ConsolePort } from "#firmware/console/port.ts";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import type { Hal } from "#hal/contract/hal.ts";
import { type Beside, type PlayedPhone, playTape } from "./player.ts";
import { Recorder } from "./recorder.ts";
import { type Tape, type TapeEntry, type TapeHead, tapeFormat } from "./tape.ts";

/** What is recorded beside the phone, and where to. */
export interface Recording {
  /** Seed of the lab; null on a real network. */
  readonly seed: number | null;
  /** The ways into its console that its process opens, and what opens them. */
  readonly doors?: { readonly paths: DoorPaths; readonly open: ConsoleDoors };
  /** Each line of the tape as it comes, after its head. */
  keep(entry: TapeEntry): void;
}

/** A phone whose tape runs. */
export interface RecordedPhone {
  readonly phone: Phone;
  readonly console: ConsolePort;
  /** Resolves when the doors are open; rejects as `openDoors`. */
  readonly opened: Promise<void>;
  /** First line of the tape. */
  readonly head: TapeHead;
  /** One console line; on the tape like everything that comes in. */
  command(line: string, signal: AbortSignal): Promise<string>;
  farewell(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when nothing waits to be handed on: in virtual time, before the clock moves. */
  idle(): Promise<void>;
  /** The phone works on without a tape. */
  end(): void;
}

/** What a first phone of a process reads from the disk, at a moment that no tape knows. */
export const readAhead = loadSipJs;

/** Boots a phone on this hardware and records it; after `readAhead`. */
export function recordPhone(
  facts: BoardFacts,
  hal: Hal,
  options: PhoneOptions,
  { seed, doors, keep }: Recording,
): RecordedPhone {
  const { version, commit } = hal.identity;
  const { fatal: _, ...kept } = options;
  const paths = doors?.paths ?? { socket: undefined, serial: undefined };
  const recorder = new Recorder(hal, keep);
  const phone = bootPhone(facts, recorder.hal, options);
  const console = createConsolePort(phone);
  const opened =
    doors === undefined ? Promise.resolve() : openDoors(phone, paths, recorder.beside("doors", doors.open));
  return {
    phone,
    console,
    opened,
    head: { offhookTape: tapeFormat, version, commit, facts, options: kept, seed, doors: paths },
    async command(line, signal) {
      return await (
        await recorder.input({ in: "line", line }, () => ({ answer: runCommand(console, line, signal) }))
      ).answer;
    },
    async farewell() {
      await (await recorder.input({ in: "farewell" }, () => ({ done: phone.farewell() }))).done;
    },
    async stop() {
      await (await recorder.input({ in: "stop" }, () => ({ done: phone.stop() }))).done;
    },
    idle: () => recorder.idle(),
    end: () => recorder.end(),
  };
}

/** What came of playing a tape. */
export interface Played {
  /** How many uses of the hardware were held against the tape, each the same as then. */
  readonly uses: number;
}

/** Boots a phone that hears this tape. Rejects with TapeDiffers at the first thing it does otherwise. */
export async function playPhone(tape: Tape): Promise<Played> {
  await readAhead();
  return { uses: await playTape(tape, (hal, beside) => bootPlayed(tape, hal, beside)) };
}

function bootPlayed({ head }: Tape, hal: Hal, beside: Beside): PlayedPhone {
  const never = new AbortController().signal;
  const phone = bootPhone(head.facts, hal, { ...head.options, fatal: () => undefined });
  const console = createConsolePort(phone);
  const isOnTape = (): undefined => undefined; // a failure now was a failure then, or the player tells the difference
  const { socket, serial } = head.doors;
  if (socket !== undefined || serial !== undefined)
    openDoors(phone, head.doors, beside("doors") as ConsoleDoors).then(isOnTape, isOnTape); // recorded as such
  return {
    line: (line) => runCommand(console, line, never).then(isOnTape, isOnTape),
    farewell: () => phone.farewell().then(isOnTape, isOnTape),
    stop: () => phone.stop().then(isOnTape, isOnTape),
  };
}
