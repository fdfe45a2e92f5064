// A board without its panel, its watchdog, its sound card and its data partition: the phone registers all the same and names
// what is missing; without a watchdog a firmware that hangs is ended and started again.
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootMs, makeRig, partState, type QemuRig, registered, shown } from "./rig.ts";

let rig: QemuRig;
beforeAll(async () => {
  rig = await makeRig({
    without: ["panel", "watchdog"],
    dataPartition: "/dev/vda9",
    settings: "module_blacklist=snd_aloop",
  });
  await registered(rig.machine);
});
afterAll(() => rig.close());

const stateOf = (part: string): Promise<string> => partState(rig.machine, part);

test("without panel, sound card, watchdog and data partition the phone registers, and says what is missing", async () => {
  const parts = ["panel", "sound", "storage", "watchdog"];
  for (const part of parts) expect(await stateOf(part)).toContain("missing");
  for (const part of ["keypad", "hook", "lamp"]) expect(await stateOf(part)).toContain("working");
  expect(await shown(rig.machine, "show hal")).toContain("data partition absent: /dev/vda9");
  const boot = await shown(rig.machine, "show boot");
  for (const code of ["part-missing", "storage-absent"]) expect(boot).toContain(code);
  expect(boot).toMatch(/part-missing .*panel, .*sound/); // one warning, for the LCD keeps the newest of a kind
  const said = rig.machine.serial();
  for (const part of parts) expect(said.indexOf(`hal: ${part}: missing`), part).toBeGreaterThan(0);
  expect(said.indexOf("hal: sound: missing")).toBeLessThan(said.indexOf("register -> run"));
});

test("hung on a board without a watchdog, it is killed, and registers again", async () => {
  const { machine } = rig;
  const pid = "cat /run/offhook.pid";
  const before = await machine.shell(pid);
  const upSec = async (): Promise<number> => Number((await machine.shell("cat /proc/uptime")).split(" ")[0]);
  const stoppedSec = await upSec();
  await machine.shell(`kill -STOP ${before}`);
  await machine.until("init ends it", bootMs, async () =>
    (await machine.shell(pid)) === before ? undefined : true,
  );
  const [, killedSec] = /\[ *([\d.]+)\] init: .* there is no watchdog: killed/.exec(machine.serial()) ?? [];
  expect(Number(killedSec)).toBeGreaterThan(stoppedSec);
  expect(Number(killedSec)).toBeLessThan(stoppedSec + 20); // it had fed until then: one that never does has a minute
  await registered(machine);
});
