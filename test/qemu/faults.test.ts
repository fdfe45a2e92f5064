// What goes wrong with a device that runs: cable, power, the firmware itself, the data partition; and what the phone is
// then. One board for all of it, the worst comes last.
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  bootMs,
  firmwareEnded,
  makeRig,
  type QemuRig,
  registered,
  registeredAt,
  shown,
  starts,
} from "./rig.ts";

/** Moments of a boot as the lab's log has them: the phone asks for its VLAN, an address, a file, to be registered. */
const moments = ["cdp query", "discover", "read", "REGISTER"] as const;
const noticedMs = 60_000;

let rig: QemuRig;
const pulledAt: string[] = [];
const pulls: Promise<void>[] = [];

/** How often the boot went back to waiting for a link. */
const timesLost = (): number => rig.machine.serial().split("-> link (carrier lost)").length - 1;

/** Pulls the cable, and puts it in when the phone has seen it. */
async function pull(): Promise<void> {
  const before = timesLost();
  await rig.setCable(false);
  await rig.machine.until("carrier lost", noticedMs, () =>
    Promise.resolve(timesLost() > before ? true : undefined),
  );
  await rig.setCable(true);
}

/** Does so the first time each moment is seen, one after the other. */
function pullInEveryPhase({ lab }: QemuRig): void {
  lab.log.added.subscribe(
    ({ what }) => {
      if (what !== moments[pulledAt.length]) return;
      pulledAt.push(what);
      pulls.push(pull());
    },
    { signal: lab.signal },
  );
}

beforeAll(async () => {
  rig = await makeRig();
  pullInEveryPhase(rig);
  await registered(rig.machine);
  await Promise.all(pulls);
});
afterAll(() => rig.close());

const pid = (): Promise<string> => rig.machine.shell("cat /run/offhook.pid");
const kill = (signal: string): Promise<string> =>
  rig.machine.shell(`kill -${signal} $(cat /run/offhook.pid)`);
const says = (what: string, command: string, words: string, isThere = true): Promise<true> =>
  rig.machine.until(what, noticedMs, async () =>
    (await shown(rig.machine, command)).includes(words) === isThere ? true : undefined,
  );
const setBudget = (availableMilliwatts: number): void =>
  rig.lab.change((settings) => ({ ...settings, cdp: { ...settings.cdp, availableMilliwatts } }));

test("the cable pulled in every phase of the boot: registered at the end, and never restarted", async () => {
  expect(pulledAt).toEqual(moments);
  expect(timesLost()).toBe(moments.length);
  expect(await shown(rig.machine, "show network")).toContain("10.77.110.20/24");
  expect(rig.machine.serial()).not.toContain("firmware: ended");
});

test("the cable pulled from a registered phone: told on the panel, and the phone goes on when it is back", async () => {
  const before = await pid();
  await rig.setCable(false);
  await says("the panel says so", "show lcd", "No network link");
  await rig.setCable(true);
  await says("the panel has forgotten it", "show lcd", "No network link", false);
  await registeredAt(rig.machine);
  expect(await pid()).toBe(before);
});

test("a PoE grant below what the board asks for is told, until there is enough", async () => {
  setBudget(4000);
  await says("too little power", "show boot json", '"power-short"');
  setBudget(15_400);
  await says("enough power", "show boot json", '"power-short"', false);
});

test("killed, on a data partition without a free byte: started again, registered again, and says that it is full", async () => {
  const { machine } = rig;
  const before = await pid();
  expect(await machine.shell("dd if=/dev/zero of=/data/filler bs=4k; df -k /data | tail -n 1")).toMatch(
    /\s0\s+100%/,
  );
  await kill("KILL");
  await machine.until("started again", bootMs, async () => ((await pid()) === before ? undefined : true));
  await registered(machine);
  expect(machine.serial()).toContain("ended by signal 9");
  expect(starts(machine)).toBe(2);
  expect(await shown(machine, "show boot")).toContain("storage-full");
  await machine.shell("rm /data/filler");
});

test("hung, it no longer feeds: the watchdog resets the board, and it registers again", async () => {
  const { machine } = rig;
  const before = await machine.outside.countResets();
  const startsBefore = starts(machine);
  await kill("STOP");
  await machine.until("the watchdog bites", 120_000, async () =>
    (await machine.outside.countResets()) > before ? true : undefined,
  );
  await machine.until("the firmware is started", bootMs, async () =>
    starts(machine) > startsBefore ? true : undefined,
  );
  await registered(machine);
});

test("three starts that crash in a row: safe mode with its reason on the panel, the console still there; a restart leaves it", async () => {
  const { machine } = rig;
  await rig.setCable(false); // no start gets as far as being healthy
  for (let crash = 0; crash <= 3; crash++) await firmwareEnded(machine, () => kill("SEGV")); // the first ends a healthy run, which is no failed start
  await rig.setCable(true);
  await says("safe mode on the panel", "show lcd", "Safe mode");
  expect(await shown(machine, "show boot")).toContain("safe-mode");
  expect(await shown(machine, "show abort_vector")).toContain("ended without a word");
  await machine.console("restart");
  await registeredAt(machine);
});

test("on trial, three starts that crash in a row restart the board: the boot loader has its next start", async () => {
  const trial = await makeRig({ settings: "offhook.confirmed=0 offhook.program=/none" });
  try {
    const before = await trial.machine.outside.countResets();
    await trial.machine.until("the board restarts", bootMs, async () =>
      (await trial.machine.outside.countResets()) > before ? true : undefined,
    );
    expect(trial.machine.serial()).toContain("ended 3 times in a row, and slot A is on trial");
    expect(starts(trial.machine)).toBe(3);
  } finally {
    await trial.close();
  }
});
