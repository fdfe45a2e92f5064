// The lock of the two configuration menus: by password, by the key sequence of older releases, and when it closes.
import { expect } from "vitest";
import { textFile } from "#test/lab/files.ts";
import { choose, edit, openSettings, rows, spell, unlock } from "#test/stories/kit/menus.ts";
import type { Rig } from "#test/stories/kit/rig.ts";
import { story } from "#test/stories/kit/story.ts";

const needs = { needs: ["lab"] } as const;

/** What the keys below a changeable row of the menu with this number offer. */
async function offers(rig: Rig, menu: "3" | "4"): Promise<readonly string[]> {
  await rig.press(menu);
  await choose(rig, menu === "3" ? "Admin. VLAN Id" : "Phone Label");
  const { softkeys } = await rig.show("lcd");
  await rig.softkey("Back");
  return softkeys.filter((label) => label !== "");
}

const locked = ["Back"];
const open = ["Edit", "Back"];

story(
  "SET-008 CFG-055 Unlock Config asks for the password, cisco unless the file names another",
  needs,
  async (rig) => {
    await rig.ready();
    await openSettings(rig);
    expect(await offers(rig, "3")).toEqual(locked);
    expect(await offers(rig, "4")).toEqual(locked);
    await rig.press("9");
    await spell(rig, "abc");
    expect(await rows(rig)).toContain("***");
    await rig.softkey("Accept");
    await rig.reads("Wrong password");
    expect(await offers(rig, "3")).toEqual(locked);
    await unlock(rig, "cisco");
    await rig.reads("Settings are unlocked");
    expect(await offers(rig, "3")).toEqual(open);
    expect(await offers(rig, "4")).toEqual(open);
  },
);

story(
  "a password of the file's own is the only one, and no key sequence goes around it",
  needs,
  async (rig) => {
    const name = "SIPDefault.cnf";
    const text = new TextDecoder().decode(rig.lab.files.get(name));
    rig.lab.files.set(name, textFile(`${text}phone_password: "opens"\n`));
    await rig.ready();
    await openSettings(rig);
    await unlock(rig, "cisco");
    expect(await offers(rig, "3")).toEqual(locked);
    await rig.press("**#");
    expect(await offers(rig, "3")).toEqual(locked);
    await unlock(rig, "opens");
    expect(await offers(rig, "3")).toEqual(open);
  },
);

story("SET-009 Lock Config locks; so does leaving the menus", needs, async (rig) => {
  await rig.ready();
  await openSettings(rig);
  await unlock(rig, "cisco");
  await rig.press("10");
  expect(await offers(rig, "4")).toEqual(locked);
  await unlock(rig, "cisco");
  expect(await offers(rig, "4")).toEqual(open);
  await rig.button("settings");
  await openSettings(rig);
  expect(await offers(rig, "4")).toEqual(locked);
});

story("SET-010 where no password is set, **# opens and closes the lock", needs, async (rig) => {
  await rig.ready();
  await openSettings(rig);
  await rig.press("**#");
  expect(await offers(rig, "4")).toEqual(open);
  await rig.press("**#");
  expect(await offers(rig, "4")).toEqual(locked);
});

story(
  "SK-014 soft keys of menus: Select, Exit, Back, Save, Cancel, Edit, Yes, No, Validate, Lock and more do what they say",
  needs,
  async (rig) => {
    const keys = async (): Promise<readonly string[]> =>
      (await rig.show("lcd")).softkeys.filter((label) => label !== "");
    const title = async (): Promise<string | undefined> => (await rows(rig))[0];
    await rig.ready();
    await openSettings(rig);
    expect(await keys()).toEqual(["Select", "Exit"]);
    await rig.softkey("Select");
    expect([await title(), await keys()]).toEqual(["Contrast", ["Up", "Down", "Save", "Cancel"]]);
    await rig.softkey("Cancel");
    expect(await title()).toBe("Settings");
    await unlock(rig, "cisco");
    expect(await keys()).toEqual(["Select", "Exit", "Lock"]);
    await rig.press("4");
    const before = await choose(rig, "Register with Proxy");
    const other = before === "Yes" ? "No" : "Yes";
    expect(await keys()).toEqual(["Yes", "No", "Back"]);
    await rig.softkey(other);
    expect(await keys()).toEqual(["Yes", "No", "Save", "Cancel"]);
    expect(await choose(rig, "Register with Proxy")).toBe(other);
    await rig.softkey("Cancel"); // nothing of it was taken
    await rig.press("4");
    expect(await choose(rig, "Register with Proxy")).toBe(before);
    await choose(rig, "Phone Label");
    expect(await keys()).toEqual(["Edit", "Back"]);
    await rig.softkey("Edit");
    expect(await keys()).toEqual(["Validate", "<<", "Number", "Cancel"]);
    await rig.softkey("<<");
    await rig.softkey("Validate");
    expect(await keys()).toEqual(["Edit", "Save", "Cancel"]);
    await rig.softkey("Cancel");
    await rig.press("6");
    await rig.softkey("Back");
    expect(await title()).toBe("Settings");
    await rig.softkey("Lock");
    await rig.reads("Settings are locked");
    expect(await keys()).toEqual(["Select", "Exit"]);
    expect(await offers(rig, "4")).toEqual(locked);
    await rig.softkey("Exit");
    await rig.reads("Your current options");
    await rig.button("directories");
    await rig.press("4");
    await rig.softkey("New");
    await edit(rig, "Number", "600");
    await rig.softkey("Save");
    expect(await keys()).toEqual(["Dial", "EditDial", "Exit", "more"]);
    await rig.drive.command("test softkey 4");
    expect(await keys()).toEqual(["New", "Edit", "Delete", "more"]);
  },
);
