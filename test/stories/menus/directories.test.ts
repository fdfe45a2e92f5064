// Directories: the call logs and the personal one, filled by calls and keys alone.
import { expect } from "vitest";
import { addSecondPhone } from "#test/lab/second-phone.ts";
import { edit, rows } from "#test/stories/kit/menus.ts";
import type { Rig } from "#test/stories/kit/rig.ts";
import { story } from "#test/stories/kit/story.ts";

const needs = { needs: ["lab"] } as const;

async function callEcho(rig: Rig): Promise<void> {
  await rig.lift();
  await rig.press("600");
  await rig.call("connected");
  await rig.hangUp();
  await rig.noCalls();
}

async function openDirectory(rig: Rig, number: string): Promise<void> {
  await rig.button("directories");
  await rig.press(number);
}

story("DIR-003 calls missed, received and placed are kept with name and time", needs, async (rig) => {
  await rig.ready();
  const second = addSecondPhone(rig.lab);
  await rig.until("the other phone is registered", async () => second.phone.isRegistered);
  const missed = second.phone.call("1001");
  await rig.call("ring-in");
  second.phone.hangUp(missed);
  await rig.noCalls();
  await rig.reads("1 missed call");
  await rig.wait(60_000);
  const received = second.phone.call("1001");
  await rig.call("ring-in");
  await rig.lift();
  await rig.call("connected");
  second.phone.hangUp(received);
  await rig.hangUp();
  await rig.noCalls();
  await callEcho(rig);
  await openDirectory(rig, "1");
  expect((await rows(rig)).slice(0, 2)).toEqual(["Missed Calls", "Lab 1002  01:00"]);
  await rig.button("directories");
  await openDirectory(rig, "2");
  expect((await rows(rig)).slice(0, 2)).toEqual(["Received Calls", "Lab 1002  01:01"]);
  await rig.button("directories");
  await openDirectory(rig, "3");
  expect((await rows(rig))[1]).toMatch(/600 {2}01:01$/);
  expect((await rig.show("lcd")).softkeys.slice(0, 3)).toEqual(["Dial", "EditDial", "Exit"]);
});

story(
  "DIR-001 SK-016 CLI-045 a number is kept from a call, named, changed, dialled and deleted; 32 fit",
  needs,
  async (rig) => {
    await rig.ready();
    await callEcho(rig);
    await openDirectory(rig, "3");
    await rig.softkey("EditDial");
    await rig.softkey("more");
    await rig.softkey("Keep");
    await edit(rig, "Name", "echo");
    await rig.softkey("Save");
    await rig.button("directories");
    await openDirectory(rig, "4");
    expect((await rows(rig)).slice(0, 2)).toEqual(["Personal Directory", "1 echo  600"]);
    expect((await rig.show("lcd")).softkeys).toEqual(["Dial", "EditDial", "Exit", "more"]);
    await rig.drive.powerCycle();
    await rig.ready();
    await openDirectory(rig, "4");
    expect(await rows(rig)).toContain("1 echo  600");
    expect(JSON.parse(await rig.drive.command("show personaldir json"))).toMatchObject([
      { name: "echo", number: "600" },
    ]);
    for (let n = 2; n <= 33; n++) {
      await rig.softkey("more");
      await rig.softkey("New");
      await edit(rig, "Number", `70${String(n).padStart(2, "0")}`);
      await rig.softkey("Save");
    }
    await rig.reads("The directory is full");
    await rig.softkey("more");
    await rig.softkey("Delete");
    expect(await rows(rig)).not.toContain("1 echo  600");
    await rig.softkey("more");
    await rig.softkey("Dial");
    expect((await rig.show("calls")).calls[0]?.number).toBe("7002");
  },
);

story("DIR-005 the line is chosen by its key, digits are put before the number", needs, async (rig) => {
  await rig.ready();
  await callEcho(rig);
  await openDirectory(rig, "3");
  await rig.softkey("EditDial");
  expect((await rows(rig)).slice(0, 2)).toEqual(["Edit Number  123", "600"]);
  await rig.press("1");
  await rig.softkey("<<");
  await rig.line(1);
  await rig.reads("Line 1");
  await rig.softkey("Dial");
  expect(await rig.call("connected")).toMatchObject({ number: "600", line: 1 });
});

story("DIR-006 show personaldir lists names and numbers of the personal directory", needs, async (rig) => {
  await rig.ready();
  expect(JSON.parse(await rig.drive.command("show personaldir json"))).toEqual([]);
  await openDirectory(rig, "4");
  for (const [name, number] of [
    ["ada", "600"],
    ["ben", "1002"],
  ] as const) {
    await rig.softkey("New");
    await edit(rig, "Name", name);
    await edit(rig, "Number", number);
    await rig.softkey("Save");
  }
  const lines = (await rig.drive.command("show personaldir")).split("\n").map((line) => line.trim());
  expect(lines.some((line) => /\bada\b.*\b600\b/.test(line))).toBe(true);
  expect(lines.some((line) => /\bben\b.*\b1002\b/.test(line))).toBe(true);
});
