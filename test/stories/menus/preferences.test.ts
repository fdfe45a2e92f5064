// Call Preferences and Date and Time: nobody unlocks them, nothing restarts, the phone is so at once.
import { expect } from "vitest";
import { addSecondPhone } from "#test/lab/second-phone.ts";
import { answer, choice, choose, configured, edit, openSettings, rows } from "#test/stories/kit/menus.ts";
import type { Rig } from "#test/stories/kit/rig.ts";
import { story } from "#test/stories/kit/story.ts";

const needs = { needs: ["lab"] } as const;

/** Answers rows of the open menu and saves; the phone stays what it is. */
async function set(rig: Rig, label: string, wanted: "Yes" | "No"): Promise<void> {
  await answer(rig, label, wanted);
  await rig.softkey("Save");
  expect((await rig.show("boot")).phase).toBe("run");
}

async function prefer(rig: Rig, label: string, wanted: "Yes" | "No", expected: string): Promise<void> {
  await openSettings(rig, "6");
  expect((await rows(rig))[0]).toBe("Call Preferences");
  await set(rig, label, wanted);
  expect(await configured(rig, expected.split(" ")[0] ?? "")).toBe(expected);
  await rig.button("settings");
}

story(
  "SET-006 PREF-001 Do Not Disturb from the menu: the panel says so, callers find it busy",
  needs,
  async (rig) => {
    await rig.ready();
    const second = addSecondPhone(rig.lab);
    await rig.until("the other phone is registered", async () => second.phone.isRegistered);
    await prefer(rig, "Do Not Disturb", "Yes", "dnd_control : 1");
    await rig.reads("Do Not Disturb");
    second.phone.call("1001");
    await rig.wait(2000);
    const ends = second.phone.notices.filter(({ kind }) => kind === "ended");
    expect(JSON.stringify(ends)).toContain("486");
  },
);

story("PREF-002 PREF-003 numbers completed, calls knocking", needs, async (rig) => {
  await rig.ready();
  await prefer(rig, "Auto-Complete Numbers", "No", "autocomplete : 0");
  await prefer(rig, "Auto-Complete Numbers", "Yes", "autocomplete : 1");
  await prefer(rig, "Call Waiting", "No", "call_waiting : 0");
});

story(
  "PREF-004 PREF-005 PREF-006 hidden numbers, hidden callers, a call that was held",
  needs,
  async (rig) => {
    await rig.ready();
    await prefer(rig, "Caller ID Blocking", "Yes", "callerid_blocking : 1");
    await prefer(rig, "Anonymous Call Block", "Yes", "anonymous_call_block : 1");
    await prefer(rig, "Call Hold Ringback", "Yes", "call_hold_ringback : 1");
  },
);

story("PREF-007 a line that answers by itself, as chosen for it alone", needs, async (rig) => {
  await rig.ready();
  const second = addSecondPhone(rig.lab);
  await rig.until("the other phone is registered", async () => second.phone.isRegistered);
  await openSettings(rig, "6");
  await choose(rig, "Auto-Answer (Intercom)");
  await rig.softkey("Select");
  await answer(rig, "Line 2", "Yes");
  await set(rig, "Line 1", "Yes");
  expect(await configured(rig, "auto_answer")).toBe("auto_answer : 3");
  await choose(rig, "Auto-Answer (Intercom)");
  await rig.softkey("Select");
  await set(rig, "Line 2", "No");
  expect(await configured(rig, "auto_answer")).toBe("auto_answer : 1");
  const call = second.phone.call("1001");
  await rig.call("connected");
  second.phone.hangUp(call);
  await rig.noCalls();
});

story("PREF-008 a free key dials what was typed for it, under the label typed", needs, async (rig) => {
  await rig.ready();
  await openSettings(rig, "6");
  await choose(rig, "Speed Dials");
  await rig.softkey("Select");
  await edit(rig, "Key 3 Label", "echo");
  await edit(rig, "Key 3 Number", "600");
  await rig.softkey("Save");
  await rig.button("settings");
  expect((await rig.show("lcd")).lines[2]).toBe("echo");
  await rig.line(3);
  expect((await rig.call("connected")).number).toBe("600");
  await rig.drive.powerCycle();
  await rig.ready();
  expect((await rig.show("lcd")).lines[2]).toBe("echo");
});

story("SET-007 date and time: 12 hours and another order are seen at once", needs, async (rig) => {
  await rig.ready();
  const files = rig.lab.files;
  expect(files.has("SIPDefault.cnf")).toBe(true);
  expect((await rig.show("lcd")).rows[0]).toMatch(/^01\/01\/26 {2}01:00/);
  await openSettings(rig, "7");
  await answer(rig, "24-Hour Clock", "No");
  await choice(rig, "Date Format", "Y-M-D");
  await rig.softkey("Save");
  expect((await rig.show("lcd")).rows[0]).toMatch(/^2026-01-01|^26-01-01/);
  expect((await rig.show("lcd")).rows[0]).toMatch(/01:0\da/);
});
