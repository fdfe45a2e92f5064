// A lab in real time and a machine in its switch: what every story of this tier begins with.
import { createRandom } from "#hal/linux/random.ts";
import { type CableEnd, createCable } from "#hal/sim/net/cable.ts";
import { splitTag } from "#hal/sim/net/ethernet.ts";
import { createLab, type Lab } from "#test/lab/lab.ts";
import { createRealClock } from "#test/lab/real-time.ts";
import { defaultSettings, type LabSettings } from "#test/lab/settings.ts";
import { type Machine, type MachineOptions, startMachine } from "./machine.ts";

/** The guest's hardware address: the one the lab's files are made for. */
export const guestMac = "00:11:22:33:44:55";
/** What the guest of raspi3b sees of it: QEMU's card on USB has a first octet of its own. */
export const guestMacOnUsb = "40:11:22:33:44:55";

export interface QemuRig {
  readonly lab: Lab;
  readonly machine: Machine;
  /** The computer's plug of a cable in the phone's second port. */
  readonly computer: CableEnd;
  /** Pulls the cable between switch and card, and puts it in again: both ends lose their carrier. */
  setCable(isIn: boolean): Promise<void>;
  close(): Promise<void>;
}

/** How long a cold start may take until the phone is registered: an emulated processor on a shared machine. */
export const bootMs = 480_000;

/** Starts both. */
export async function makeRig(
  options: Omit<MachineOptions, "plug" | "computer" | "mac"> = {},
  edit: (settings: LabSettings) => LabSettings = (settings) => settings,
): Promise<QemuRig> {
  const clock = createRealClock();
  const settings = edit({
    ...defaultSettings,
    time: { ...defaultSettings.time, unixMsAtZero: Date.now() - clock.now() },
  });
  const random = createRandom();
  const lab = await createLab({ clock, random, settings });
  const { a: jack, b: computer } = createCable({ clock, random });
  const machine = await startMachine({ ...options, plug: lab.phone.plug, computer: jack, mac: guestMac });
  return {
    lab,
    machine,
    computer,
    async setCable(isIn) {
      lab.change((present) => ({ ...present, hasCable: isIn }));
      await machine.outside.setCable(isIn);
    },
    async close() {
      await machine.stop();
      lab.close();
      clock.close();
    },
  };
}

/** VLANs of the tags on the phone's cable from now on. */
export function taggedVlans(lab: Lab): ReadonlySet<number> {
  const vlans = new Set<number>();
  lab.phone.inside.received.subscribe(
    (frame) => {
      const tag = splitTag(frame)?.tag;
      if (tag !== undefined) vlans.add(tag.vlanId);
    },
    { signal: lab.signal },
  );
  return vlans;
}

interface BootReport {
  readonly phases: readonly {
    readonly name: string;
    readonly endedBy: string | null;
    readonly startMs: number;
  }[];
}

/** `show boot json`, while a firmware answers. */
export async function bootReport(machine: Machine): Promise<BootReport | undefined> {
  const lines = await machine.console("show boot json");
  return lines === undefined ? undefined : (JSON.parse(lines.join("\n")) as BootReport); // the phone's own report
}

/** Waits until the phone has registered and runs. */
export function registered(machine: Machine, withinMs = bootMs): Promise<BootReport> {
  return machine.until("the phone registers", withinMs, async () => {
    const report = await bootReport(machine);
    return report?.phases.some(({ name }) => name === "run") === true ? report : undefined;
  });
}

/** The calls as `show calls json` has them; none while no firmware answers. */
async function callStates(machine: Machine): Promise<readonly string[]> {
  const { calls } = JSON.parse(await shown(machine, "show calls json")) as {
    readonly calls: readonly { readonly state: string }[]; // the phone's own report
  };
  return calls.map(({ state }) => state);
}

/** Waits until the states of the calls are as wanted. */
export const callsAre = (
  machine: Machine,
  what: string,
  isSo: (states: readonly string[]) => boolean,
): Promise<true> =>
  machine.until(what, 60_000, async () => (isSo(await callStates(machine)) ? true : undefined));

/** What the console of a phone that runs answers. */
export async function shown(machine: Machine, command: string): Promise<string> {
  return (await machine.console(command))?.join("\n") ?? "";
}

/** The lines of `show hal` that begin with the part's name. */
export async function partState(machine: Machine, part: string): Promise<string> {
  const lines = (await shown(machine, "show hal")).split("\n").map((line) => line.trim());
  return lines.filter((line) => line.startsWith(`${part} `)).join("\n");
}

/** Waits until line 1 is registered, at that server if one is named: the timeline of an earlier boot does not count. */
export function registeredAt(machine: Machine, server?: string): Promise<true> {
  return machine.until(`line 1 is registered at ${server ?? "its server"}`, bootMs, async () => {
    const text = await shown(machine, "show register json");
    if (text === "") return undefined;
    const { lines } = JSON.parse(text) as {
      lines: readonly { line: number; state: string; server?: string }[];
    }; // the phone's own report
    const isSo = lines.some(
      (line) =>
        line.line === 1 && line.state === "registered" && (server === undefined || line.server === server),
    );
    return isSo ? true : undefined;
  });
}

/** How often init has started the firmware, as the serial port has it. */
export const starts = (machine: Machine): number =>
  machine.serial().split("init: firmware: started").length - 1;

/** Ends the firmware and waits until its successor has begun: it has counted its start, and boots. */
export async function firmwareEnded(machine: Machine, end: () => Promise<unknown>): Promise<void> {
  const before = starts(machine);
  await end();
  await machine.until("the firmware boots again", bootMs, async () => {
    const since = machine.serial().split("init: firmware: started")[before + 1];
    return since?.includes(" boot: ") === true ? true : undefined;
  });
}
