// The desk tier: handset, network and servers in this process, in virtual time.
import type { PhoneOptions } from "#firmware/bin/base.ts";
import { readAhead } from "#firmware/bin/recording/phone.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { speech } from "#hal/sim/speech.ts";
import { createFlash, type SimFlash } from "#hal/sim/storage.ts";
import { type DeskPhone, openDeskPhone } from "#test/lab/desk-phone.ts";
import type { FaultName } from "#test/lab/faults.ts";
import { textFile } from "#test/lab/files.ts";
import { createLab, type Lab } from "#test/lab/lab.ts";
import { defaultSettings, type LabSettings } from "#test/lab/settings.ts";
import { aroundDesk } from "./desk-around.ts";
import { openEars } from "./ears.ts";
import type { Capability, Drive } from "./rig.ts";

export interface DeskOptions {
  readonly seed?: number;
  readonly fault?: FaultName | undefined;
  readonly settings?: (settings: LabSettings) => LabSettings;
  /** A phone that was used before. */
  readonly flash?: SimFlash;
  readonly model?: "7960" | "7940";
  /** Which files it asks for; `auto` unless told. */
  readonly profile?: PhoneOptions["profile"];
  /** How it presents itself to DHCP servers; `own` unless told. */
  readonly dhcpProfile?: PhoneOptions["dhcpProfile"];
  /** How long a registration lasts. */
  readonly expiresSec?: number;
  /** Files added to those of the lab; undefined takes one away. */
  readonly files?: Readonly<Record<string, string | undefined>>;
}

/** What the desk has beside the drive, for stories about the inside. */
export interface DeskDrive extends Drive {
  readonly lab: Lab;
  readonly clock: VirtualClock;
  desk(): DeskPhone;
  /** What the firmware wanted started anew. */
  readonly restarts: readonly string[];
  /** What the handset keeps. */
  readonly flash: SimFlash;
  /** Errors nobody handled; a story expects none. */
  readonly fatal: readonly string[];
}

/** What this tier has. */
export const deskCan: ReadonlySet<Capability> = new Set([
  ...(["lab", "flash", "sound", "echo", "inside", "other", "cable"] as const),
]);

/** One turn of the host's event loop: microtasks, then what they queued. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Opens the lab and plugs a phone in; it boots from virtual time 0. */
export async function openDesk(options: DeskOptions = {}): Promise<DeskDrive> {
  await readAhead(); // virtual time does not wait for the disk: a call would, on a busy machine for longer than it may take
  const seed = options.seed ?? 1;
  const clock = new VirtualClock({ settle });
  const random = createSeededRandom(seed);
  const { expiresSec = defaultSettings.sip.expiresSec } = options;
  const base: LabSettings = { ...defaultSettings, sip: { ...defaultSettings.sip, expiresSec } };
  const settings = (options.settings ?? ((same) => same))(base);
  const lab = await createLab({
    clock,
    random: createSeededRandom(seed + 1),
    settings,
    ...(options.fault === undefined ? {} : { fault: options.fault }),
  });
  for (const [name, text] of Object.entries(options.files ?? {})) {
    if (text === undefined) lab.files.delete(name);
    else lab.files.set(name, textFile(text));
  }
  const flash = options.flash ?? createFlash();
  const restarts: string[] = [];
  const fatal: string[] = [];
  const { ears, sound } = openEars(speech({ random: createSeededRandom(seed + 2) }));
  const plugIn = (): Promise<DeskPhone> =>
    openDeskPhone({
      clock,
      random,
      port: lab.phone,
      handset: lab.handset(),
      flash,
      sound,
      model: options.model ?? "7960",
      options: { profile: options.profile ?? "auto", dhcpProfile: options.dhcpProfile ?? "own" },
      restarted: (what) => restarts.push(what),
      fatal: (area, error) =>
        fatal.push(`${area}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
    });
  let phone = await plugIn();
  return {
    tier: "desk",
    can: deskCan,
    lab,
    around: aroundDesk(lab, clock, ears),
    clock,
    ears,
    restarts,
    flash,
    fatal,
    desk: () => phone,
    command: (line) => phone.command(line),
    wait: (ms) => clock.advance(ms),
    now: () => clock.now(),
    async powerCycle() {
      await phone.stop();
      phone = await plugIn();
    },
    async close() {
      await phone.stop();
      lab.close();
    },
  };
}
