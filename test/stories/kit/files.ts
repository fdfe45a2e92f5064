// A phone whose files are the story: what the servers hold, what it kept, which profile it has.
import type { PhoneOptions } from "#firmware/bin/base.ts";
import type { Phone } from "#firmware/bin/composed-phone.ts";
import { readAhead } from "#firmware/bin/recording/phone.ts";
import type { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { createFlash, type SimFlash } from "#hal/sim/storage.ts";
import { openDeskPhone } from "#test/lab/desk-phone.ts";
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
}

export interface FilePhone {
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
  /** Phases it was in, in order. */
  phases(): readonly string[];
  /** What the panel said while it booted, one text per picture. */
  shown(): string;
  /** What the firmware wanted started anew. */
  readonly restarts: readonly string[];
  /** Waits until the phone is in this phase. */
  reach(phase: string, withinMs?: number): Promise<void>;
  /** Takes the power away. */
  unplug(): Promise<void>;
}

/** Plugs a phone in. */
export async function plugIn(scene: Scene = {}): Promise<FilePhone> {
  await readAhead(); // as openDesk
  const clock = virtualClock();
  const lab = await createLab({
    clock,
    random: createSeededRandom(2),
    settings: { ...defaultSettings, ...scene.settings },
    ...(scene.fault === undefined ? {} : { fault: scene.fault }),
  });
  for (const [name, text] of Object.entries(scene.files ?? {})) {
    if (text === undefined) lab.files.delete(name);
    else lab.files.set(name, textFile(text));
  }
  const flash = scene.flash ?? createFlash();
  const fatal: string[] = [];
  const restarts: string[] = [];
  const desk = await openDeskPhone({
    clock,
    random: createSeededRandom(1),
    port: lab.phone,
    flash,
    options: { profile: scene.profile ?? "auto" },
    restarted: (what) => restarts.push(what),
    fatal: (area, error) => fatal.push(`${area}: ${String(error)}`),
  });
  const { phone } = desk;
  const phase = (): string => phone.boot.view().phase;
  const phases: string[] = [phase()];
  const shown = new Set<string>();
  phone.calls.views.subscribe(
    ({ boot }) => {
      if (boot.phase !== phases.at(-1)) phases.push(boot.phase);
      shown.add(phone.front.frame().text.rows.join("\n"));
    },
    { signal: phone.base.signal },
  );
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
    phases: () => phases,
    shown: () => [...shown].join("\n"),
    restarts,
    async reach(wanted, withinMs = 120_000) {
      await clock.runUntil(`phase ${wanted}`, () => phase() === wanted, withinMs);
    },
    async unplug() {
      await desk.stop();
      lab.close();
    },
  };
}
