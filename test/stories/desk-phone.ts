// One whole phone in the lab, in virtual time: the firmware that runs on a device, on the desktop board, at the lab's
// switch. What stories about booting ask of it.
import { desktop7960, desktopBoard } from "#boards/desktop/desktop.ts";
import type { PhoneOptions } from "#firmware/bin/base.ts";
import { bootPhone, type Phone } from "#firmware/bin/phone.ts";
import { createMediaEngine } from "#firmware/media/engine.ts";
import type { VirtualClock } from "#hal/sim/clock.ts";
import { unknownPower } from "#hal/sim/power.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { noSink, silence } from "#hal/sim/sound.ts";
import { createFlash, type SimFlash } from "#hal/sim/storage.ts";
import type { FaultName } from "#test/lab/faults.ts";
import { textFile } from "#test/lab/files.ts";
import { createLab, type Lab } from "#test/lab/lab.ts";
import { defaultSettings, type LabSettings, place } from "#test/lab/settings.ts";
import { virtualClock } from "#test/unit/hal/sim-net-rig.ts";

/** What a story sets before the phone gets power. */
export interface Scene {
  readonly settings?: Partial<LabSettings>;
  readonly fault?: FaultName;
  readonly profile?: PhoneOptions["profile"];
  /** What the phone kept from an earlier boot. */
  readonly flash?: SimFlash;
  /** Files added to those of the lab; undefined takes one away. */
  readonly files?: Readonly<Record<string, string | undefined>>;
  readonly version?: string;
}

export interface DeskPhone {
  readonly clock: VirtualClock;
  readonly lab: Lab;
  readonly phone: Phone;
  readonly flash: SimFlash;
  /** Errors nobody handled; a story expects none. */
  readonly fatal: readonly string[];
  /** Files read, in order: `SIPDefault.cnf`; `second: …` from the second server, `http …` by HTTP. */
  reads(): readonly string[];
  /** Status messages in short: `file-not-found SIPDefault.cnf`. */
  statuses(): readonly string[];
  phase(): string;
  /** Waits until the phone is in this phase. */
  reach(phase: string, withinMs?: number): Promise<void>;
  /** Takes the power away. */
  unplug(): Promise<void>;
}

export const labMac = defaultSettings.phoneMac;

/** Plugs a phone in. */
export async function plugIn(scene: Scene = {}): Promise<DeskPhone> {
  const clock = virtualClock();
  const random = createSeededRandom(1);
  const lab = await createLab({
    clock,
    random,
    settings: { ...defaultSettings, ...scene.settings },
    ...(scene.fault === undefined ? {} : { fault: scene.fault }),
  });
  for (const [name, text] of Object.entries(scene.files ?? {})) {
    if (text === undefined) lab.files.delete(name);
    else lab.files.set(name, textFile(text));
  }
  const flash = scene.flash ?? createFlash();
  const fatal: string[] = [];
  const hal = await desktopBoard(desktop7960).open({
    end: lab.phone.plug,
    clock,
    random,
    flash,
    mac: labMac,
    version: scene.version ?? "0.1.0",
    commit: "unknown",
    engine: createMediaEngine({ sampleRateHz: 8000, random }),
    sound: { microphone: silence, speaker: noSink, ringer: noSink },
    log: { write: () => undefined },
    power: unknownPower,
    restarted: () => undefined,
    bitten: () => fatal.push("watchdog"),
  });
  const phone = bootPhone(desktop7960, hal, {
    profile: scene.profile ?? "auto",
    dhcpProfile: "own",
    isDevelopment: true,
    buildUnixMs: defaultSettings.time.unixMsAtZero - 86_400_000,
    fatal: (area, error) => fatal.push(`${area}: ${String(error)}`),
  });
  const phase = (): string => phone.boot.view().phase;
  return {
    clock,
    lab,
    phone,
    flash,
    fatal,
    reads: () =>
      lab.log.entries
        .filter(({ what, by }) => what === "read" && /^(tftp|http)/.test(by))
        .map(({ by, facts }) => {
          const server = by.includes(place.second) ? "second: " : "";
          return `${server}${by.startsWith("http") ? "http " : ""}${facts["file"]}`;
        }),
    statuses: () =>
      phone.menu.statusMessages().map(({ code, facts }) => [code, ...Object.values(facts)].join(" ")),
    phase,
    async reach(wanted, withinMs = 120_000) {
      await clock.runUntil(`phase ${wanted}`, () => phase() === wanted, withinMs);
    },
    async unplug() {
      await phone.stop();
      lab.close();
    },
  };
}
