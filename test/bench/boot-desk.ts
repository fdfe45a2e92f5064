// Boots on the desk tier: many by the machine's clock, and some in virtual time with a slow cable, which counts the
// round trips: what a boot takes longer for each millisecond that an answer takes longer.
import { shownPhases } from "#firmware/bin/shown.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Clock, WallClock } from "#hal/contract/time.ts";
import { createRandom } from "#hal/linux/random.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { type DeskPhone, openDeskPhone } from "#test/lab/desk-phone.ts";
import { createLab, type Lab } from "#test/lab/lab.ts";
import { createRealClock } from "#test/lab/real-time.ts";
import { defaultSettings, type LabSettings } from "#test/lab/settings.ts";
import { type Spans, spansOf } from "./boot-figures.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A switch that says nothing: the phone waits for it as long as the reference demands. */
export const silentSwitch = (settings: LabSettings): LabSettings => ({
  ...settings,
  cdp: { ...settings.cdp, voices: [] },
});

interface Boot {
  readonly lab: Lab;
  readonly desk: DeskPhone;
}

async function begin(
  clock: Clock & WallClock,
  random: Random,
  settings: LabSettings,
): Promise<Boot & { close(): Promise<void> }> {
  const lab = await createLab({ clock, random, settings });
  const desk = await openDeskPhone({ clock, random, port: lab.phone });
  return {
    lab,
    desk,
    async close() {
      await desk.stop();
      lab.close();
    },
  };
}

const isRegistered = ({ desk }: Boot): boolean => desk.phone.boot.view().phase === "run";

/** One boot by the machine's clock. */
async function bootOnce(clock: Clock & WallClock, settings: LabSettings, withinMs: number): Promise<Spans> {
  const boot = await begin(clock, createRandom(), settings);
  try {
    const end = clock.now() + withinMs;
    while (!isRegistered(boot)) {
      if (clock.now() > end) throw new Error(`${boot.desk.phone.boot.view().phase}: not registered in time`);
      await pause(2);
    }
    return spansOf(shownPhases(boot.desk.phone));
  } finally {
    await boot.close();
  }
}

/** Many boots, one after the other: each a new phone in a new lab, in a process that has booted before. */
export async function bootsInTurn(count: number): Promise<readonly Spans[]> {
  const clock = createRealClock();
  const boots: Spans[] = [];
  for (let i = 0; i < count; i++) boots.push(await bootOnce(clock, defaultSettings, 10_000));
  clock.close();
  return boots;
}

/** The same where the switch is silent: begun one after the other, waiting side by side. */
export async function silentBoots(count: number, everyMs: number): Promise<readonly Spans[]> {
  const clock = createRealClock();
  const settings = silentSwitch(defaultSettings);
  const running: Promise<Spans>[] = [];
  for (let i = 0; i < count; i++) {
    running.push(bootOnce(clock, settings, 20_000));
    await pause(everyMs);
  }
  const boots = await Promise.all(running);
  clock.close();
  return boots;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Spans in virtual time with every frame `delayMs` late, each way. */
async function bootDelayed(delayMs: number, settings: LabSettings): Promise<Spans> {
  const clock = new VirtualClock({ settle });
  const boot = await begin(clock, createSeededRandom(1), { ...settings, cable: { delayMs } });
  await clock.runUntil("registered", () => isRegistered(boot), 60_000);
  const spans = spansOf(shownPhases(boot.desk.phone));
  await boot.close();
  return spans;
}

const delaysMs = { near: 2, far: 12 } as const;

/** Round trips of the whole boot and of each phase, from the difference of two delays. */
export async function roundTrips(settings: LabSettings = defaultSettings): Promise<Spans> {
  const near = await bootDelayed(delaysMs.near, settings);
  const far = await bootDelayed(delaysMs.far, settings);
  const more = 2 * (delaysMs.far - delaysMs.near);
  return Object.fromEntries(
    Object.entries(near).map(([name, ms]) => [name, ((far[name] ?? Number.NaN) - ms) / more]),
  );
}
