// A phone that is recorded, and a phone that hears a tape.
import type { BoardFacts } from "#boards/schema/board.ts";
import type { PhoneOptions } from "#firmware/bin/base.ts";
import { runCommand } from "#firmware/bin/command.ts";
import type { Phone } from "#firmware/bin/composed-phone.ts";
import { createConsolePort } from "#firmware/bin/console-port.ts";
import { bootPhone } from "#firmware/bin/phone.ts";
import type { ConsolePort } from "#firmware/console/port.ts";
import type { Hal } from "#hal/contract/hal.ts";
import { playTape } from "./player.ts";
import { Recorder } from "./recorder.ts";
import { type Tape, tapeFormat } from "./tape.ts";

/** A phone whose tape runs. */
export interface RecordedPhone {
  readonly phone: Phone;
  readonly console: ConsolePort;
  /** One console line; on the tape like everything that comes in. */
  command(line: string, signal: AbortSignal): Promise<string>;
  stop(): Promise<void>;
  tape(): Tape;
  /** Resolves when nothing waits to be handed on: in virtual time, before the clock moves. */
  idle(): Promise<void>;
  /** The phone works on without a tape. */
  end(): void;
}

/** Boots a phone on this hardware and records it. */
export function recordPhone(
  facts: BoardFacts,
  hal: Hal,
  options: PhoneOptions,
  seed: number | null,
): RecordedPhone {
  const recorder = new Recorder(hal);
  const { version, commit } = hal.identity;
  const { fatal: _, ...kept } = options;
  const phone = bootPhone(facts, recorder.hal, options);
  const console = createConsolePort(phone);
  return {
    phone,
    console,
    async command(line, signal) {
      return await (
        await recorder.input({ in: "line", line }, () => ({ answer: runCommand(console, line, signal) }))
      ).answer;
    },
    async stop() {
      await (await recorder.input({ in: "stop" }, () => ({ done: phone.stop() }))).done;
    },
    tape: () => ({
      head: { offhookTape: tapeFormat, version, commit, facts, options: kept, seed },
      entries: recorder.entries(),
    }),
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
  const { facts, options } = tape.head;
  const never = new AbortController().signal;
  const uses = await playTape(tape, (hal) => {
    const phone = bootPhone(facts, hal, { ...options, fatal: () => undefined });
    const console = createConsolePort(phone);
    const isOnTape = (): undefined => undefined; // a failure now was a failure then, or the player tells the difference
    return {
      line: (line) => runCommand(console, line, never).then(isOnTape, isOnTape),
      stop: () => phone.stop().then(isOnTape, isOnTape),
    };
  });
  return { uses };
}
