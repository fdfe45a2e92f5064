// Boots of the desk tier, recorded and played again: the lab of a seed, with or without a fault, for a while.
import { type Played, playPhone, readAhead } from "#firmware/bin/recording/phone.ts";
import { parseTape, printTape, type Tape } from "#firmware/bin/recording/tape.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { createFlash, type SimFlash } from "#hal/sim/storage.ts";
import { type DeskPhone, openDeskPhone } from "#test/lab/desk-phone.ts";
import type { FaultName } from "#test/lab/faults.ts";
import { createLab, type Lab } from "#test/lab/lab.ts";
import { defaultSettings, type LabSettings } from "#test/lab/settings.ts";

/** One boot to record. */
export interface BootSpec {
  readonly seed: number;
  readonly fault?: FaultName | undefined;
  readonly protocol?: LabSettings["protocol"];
  /** How long it is watched; a boot without a fault takes less than a second. */
  readonly forMs: number;
  readonly flash?: SimFlash;
  /** Done with the lab before the phone is plugged in. */
  prepare?(lab: Lab): Promise<void>;
  /** Done with the phone at the end, before the power goes. */
  use?(phone: DeskPhone, clock: VirtualClock): Promise<void>;
}

/** What was recorded, and how far the phone came. */
export interface RecordedBoot {
  readonly tape: Tape;
  readonly phase: string;
  /** When it registered; undefined: it did not. */
  readonly registeredMs: number | undefined;
}

/** Records one boot, from power on to the power going. */
export async function recordBoot(spec: BootSpec): Promise<RecordedBoot> {
  await readAhead();
  let desk: DeskPhone | undefined;
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const clock = new VirtualClock({ settle: () => desk?.recorded?.idle() ?? turn() });
  const lab = await createLab({
    clock,
    random: createSeededRandom(spec.seed + 1),
    settings: { ...defaultSettings, protocol: spec.protocol ?? defaultSettings.protocol },
    ...(spec.fault === undefined ? {} : { fault: spec.fault }),
  });
  await spec.prepare?.(lab);
  desk = await openDeskPhone({
    clock,
    random: createSeededRandom(spec.seed),
    port: lab.phone,
    flash: spec.flash ?? createFlash(),
    tapeSeed: spec.seed,
    fatal: () => undefined,
  });
  await clock.advance(spec.forMs);
  await spec.use?.(desk, clock);
  const { phase } = desk.phone.boot.view();
  const register = desk.phone.boot.timeline().find(({ name }) => name === "register");
  const recorded = desk.recorded;
  await desk.stop();
  lab.close();
  if (recorded === undefined) throw new Error("asked to be recorded above");
  return { tape: recorded.tape(), phase, registeredMs: phase === "run" ? register?.endMs : undefined };
}

/** Plays a tape that went through its text form, as a file would. */
export function playAgain(tape: Tape): Promise<Played> {
  return playPhone(parseTape("tape", printTape(tape)));
}
